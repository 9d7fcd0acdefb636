#!/usr/bin/env python3
"""Writes GGUF twins of families for which llama.cpp's converter gave none here, in that converter's layout and keys.

    pip install numpy gguf        (made with gguf 0.19.0)
    python make_twins.py MODELS_DIR GGUF_DIR

The reference.h5 of the model of the same name must hold for the twin. Weights are float32.
"""
import json, os, struct, sys
import gguf, numpy as np


def load(folder):
    with open(os.path.join(folder, "config.json")) as f:
        config = json.load(f)
    with open(os.path.join(folder, "model.safetensors"), "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    types = {"F32": np.float32, "F16": np.float16}
    tensors = {}
    for name, info in header.items():
        if name != "__metadata__":
            begin, end = info["data_offsets"]
            tensors[name] = np.frombuffer(data[begin:end], types[info["dtype"]]).reshape(info["shape"]).astype(np.float32)
    return config, tensors


def rename(name, table):
    for old, new in table:
        name = name.replace(old, new)
    return name


def gpt_neox(config, tensors, writer):
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(hidden)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_rope_dimension_count(int(config["rope_parameters"]["partial_rotary_factor"] * (hidden // heads)))
    writer.add_head_count(heads)
    writer.add_parallel_residual(config["use_parallel_residual"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    table = [("gpt_neox.layers.", "blk."), ("gpt_neox.final_layer_norm", "output_norm"), ("gpt_neox.embed_in", "token_embd"),
             ("embed_out", "output"), ("attention.query_key_value", "attn_qkv"), ("attention.dense", "attn_output"),
             ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"), ("mlp.dense_h_to_4h", "ffn_up"), ("mlp.dense_4h_to_h", "ffn_down")]
    for name, x in tensors.items():
        if "query_key_value" in name:       # head by head -> all queries, all keys, all values
            x = np.moveaxis(x.reshape(heads, 3, hidden // heads, *x.shape[1:]), 1, 0).reshape(x.shape)
        yield rename(name, table), x


def mpt(config, tensors, writer):
    attention = config["attn_config"]
    writer.add_context_length(config["max_seq_len"])
    writer.add_embedding_length(config["d_model"])
    writer.add_block_count(config["n_layers"])
    writer.add_feed_forward_length(4 * config["d_model"])
    writer.add_head_count(config["n_heads"])
    writer.add_layer_norm_eps(1e-5)
    if attention["clip_qkv"] is not None:
        writer.add_clamp_kqv(attention["clip_qkv"])
    writer.add_max_alibi_bias(attention["alibi_bias_max"] if attention["alibi"] else 0.0)
    table = [("transformer.blocks.", "blk."), ("transformer.norm_f", "output_norm"), ("transformer.wte", "token_embd"), ("attn.Wqkv", "attn_qkv"),
             ("attn.out_proj", "attn_output"), ("norm_1", "attn_norm"), ("norm_2", "ffn_norm"), ("ffn.up_proj", "ffn_up"), ("ffn.down_proj", "ffn_down")]
    for name, x in tensors.items():
        yield rename(name, table), x


def gemma3(config, tensors, writer):
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["full_attention"]["rope_theta"])
    writer.add_sliding_window(config["sliding_window"])
    table = [("model.layers.", "blk."), ("model.norm", "output_norm"), ("model.embed_tokens", "token_embd"), ("self_attn.q_norm", "attn_q_norm"),
             ("self_attn.k_norm", "attn_k_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
             ("self_attn.o_proj", "attn_output"), ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "post_attention_norm"),
             ("pre_feedforward_layernorm", "ffn_norm"), ("post_feedforward_layernorm", "post_ffw_norm"), ("mlp.gate_proj", "ffn_gate"),
             ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down")]
    for name, x in tensors.items():
        yield rename(name, table), x + 1 if name.endswith("norm.weight") else x


if __name__ == "__main__":
    models, out = sys.argv[1:3]
    for name, arch, convert in (("gpt_neox", "gptneox", gpt_neox), ("gpt_neox-sequential", "gptneox", gpt_neox), ("mpt", "mpt", mpt), ("gemma3", "gemma3", gemma3)):
        config, tensors = load(os.path.join(models, name))
        writer = gguf.GGUFWriter(os.path.join(out, name + ".gguf"), arch)
        for tensor, x in convert(config, tensors, writer):
            writer.add_tensor(tensor, np.ascontiguousarray(x))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        print(name)
