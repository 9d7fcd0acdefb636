#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a checkpoint of random weights with the exact shapes of a published model, for measuring time and memory.

    pip install numpy
    make_random_checkpoint.py FOLDER [--preset llama-2-7b] [--layers N]

float16 safetensors shards, index and config.json, as Hugging Face folders have them, and tokens.json: random token ids
for `rankscope analyze --tokens`. Weights are Gaussian with standard deviation 0.02: one random block, read from another
place for every tensor, so that 13.5 GB take as long as the disk needs. Norm gains are 1.
"""
import argparse
import json
import pathlib

import numpy as np

PRESETS = {
    "llama-2-7b": dict(model_type="llama", hidden_size=4096, intermediate_size=11008, num_hidden_layers=32,
                       num_attention_heads=32, num_key_value_heads=32, vocab_size=32000,
                       max_position_embeddings=4096, rms_norm_eps=1e-5, rope_theta=10000.0),
    "mistral-7b": dict(model_type="mistral", hidden_size=4096, intermediate_size=14336, num_hidden_layers=32,
                       num_attention_heads=32, num_key_value_heads=8, vocab_size=32000,
                       max_position_embeddings=32768, rms_norm_eps=1e-5, rope_theta=10000.0, sliding_window=4096),
    "small": dict(model_type="llama", hidden_size=512, intermediate_size=1376, num_hidden_layers=8,
                  num_attention_heads=8, num_key_value_heads=4, vocab_size=4096,
                  max_position_embeddings=4096, rms_norm_eps=1e-5, rope_theta=10000.0),
}
ARCHITECTURES = {"llama": "LlamaForCausalLM", "mistral": "MistralForCausalLM"}
TOKENS = 1 << 16


def tensors_of(config):
    """Names and shapes, in the order of the file; None where the next shard begins."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    yield "model.embed_tokens.weight", (config["vocab_size"], hidden)
    for layer in range(config["num_hidden_layers"]):
        if layer % 12 == 0 and layer > 0:
            yield None
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", (hidden,)
        yield prefix + "self_attn.q_proj.weight", (hidden, hidden)
        yield prefix + "self_attn.k_proj.weight", (keys, hidden)
        yield prefix + "self_attn.v_proj.weight", (keys, hidden)
        yield prefix + "self_attn.o_proj.weight", (hidden, hidden)
        yield prefix + "post_attention_layernorm.weight", (hidden,)
        yield prefix + "mlp.gate_proj.weight", (inner, hidden)
        yield prefix + "mlp.up_proj.weight", (inner, hidden)
        yield prefix + "mlp.down_proj.weight", (hidden, inner)
    yield "model.norm.weight", (hidden,)
    yield "lm_head.weight", (config["vocab_size"], hidden)


def shards_of(config):
    shards = [[]]
    for entry in tensors_of(config):
        if entry is None:
            shards.append([])
        else:
            shards[-1].append(entry)
    return shards


def write_values(file, shape, block, start):
    """The block again and again from `start` on."""
    count = int(np.prod(shape))
    if len(shape) == 1:
        file.write(np.ones(count, np.float16).tobytes())
        return
    while count > 0:
        part = block[start : start + count]
        file.write(part.data)
        count -= part.size
        start = 0


def write_shard(path, entries, block, random):
    header, offset = {}, 0
    for name, shape in entries:
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb", buffering=0) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, shape in entries:
            write_values(file, shape, block, int(random.integers(block.size)))
    return offset


def make_checkpoint(folder, preset, layers=None, seed=1):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = dict(PRESETS[preset], hidden_act="silu", tie_word_embeddings=False, torch_dtype="float16")
    config["architectures"] = [ARCHITECTURES[config["model_type"]]]
    config["num_hidden_layers"] = layers or config["num_hidden_layers"]
    random = np.random.default_rng(seed)
    block = (random.standard_normal(1 << 24, np.float32) * np.float32(0.02)).astype(np.float16)
    shards = shards_of(config)
    weight_map, total = {}, 0
    for number, entries in enumerate(shards, 1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        total += write_shard(folder / name, entries, block, random)
        weight_map.update({tensor: name for tensor, _ in entries})
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": total}, "weight_map": weight_map}, indent=1))
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    (folder / "tokens.json").write_text(json.dumps(random.integers(config["vocab_size"], size=TOKENS).tolist()))
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--preset", choices=PRESETS, default="llama-2-7b")
    parser.add_argument("--layers", type=int, help="fewer layers than the model has")
    arguments = parser.parse_args()
    size = make_checkpoint(arguments.folder, arguments.preset, arguments.layers)
    print(f"{arguments.folder}: {size / 1e9:.2f} GB")
