#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of the fuzz targets to corpus/: small valid files, from which a fuzzer goes on."""
import base64
import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus"


def put(target, name, data):
    path = FOLDER / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def safetensors(entries, space=""):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, dtype, shape, size in entries:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + size]}
        data += bytes(range(size))
    text = (space + json.dumps(header)).encode()
    return struct.pack("<Q", len(text)) + text + data


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def pair(key, kind, value):
    return text(key) + struct.pack("<I", kind) + value


def u32(key, value):
    return pair(key, 4, struct.pack("<I", value))


def f32(key, value):
    return pair(key, 6, struct.pack("<f", value))


def string(key, value):
    return pair(key, 8, text(value))


def array(key, kind, values):
    return pair(key, 9, struct.pack("<IQ", kind, len(values)) + b"".join(values))


def gguf(pairs, tensors):
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(pairs)
    data = b""
    for name, shape, kind, size in tensors:
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}q", *shape)
        head += struct.pack("<IQ", kind, len(data))
        data += (bytes(i % 60 for i in range(size)) + bytes(31))[: (size + 31) // 32 * 32]
    return head + bytes(-len(head) % 32) + data


LLAMA = [string("general.architecture", "llama"), u32("llama.block_count", 2), u32("llama.embedding_length", 32),
         u32("llama.attention.head_count", 4), u32("llama.attention.head_count_kv", 2), u32("llama.context_length", 64),
         u32("llama.feed_forward_length", 64), f32("llama.attention.layer_norm_rms_epsilon", 1e-5),
         f32("llama.rope.freq_base", 10000.0), u32("llama.rope.dimension_count", 8), u32("llama.vocab_size", 16)]

# Number in GGUF, values and bytes of a block.
TYPES = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22),
         "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q2_K": (10, 256, 84), "Q3_K": (11, 256, 110),
         "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210), "IQ4_NL": (20, 32, 18),
         "IQ4_XS": (23, 256, 136), "BF16": (30, 1, 2)}


def alphabet():
    letters, extra = [], 256
    for byte in range(256):
        shown = 32 < byte < 127 or (byte > 160 and byte != 173)
        letters.append(chr(byte if shown else extra))
        extra += not shown
    return letters


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def blob(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def number(field, value):
    return varint(field << 3) + varint(value)


def piece(value, score, kind):
    return blob(1, blob(1, value.encode()) + varint(2 << 3 | 5) + struct.pack("<f", score) + number(3, kind))


def character_map():
    """A double-array trie of the keys "a" and "T" with targets "e" and " h"."""
    units = [0] * 256  # the root's children lie at their bytes
    for byte, leaf, target in ((ord("a"), 1, 0), (ord("T"), 2, 2)):
        units[byte] = byte | 1 << 8 | (byte ^ leaf) << 10
        units[leaf] = 1 << 31 | target
    return struct.pack("<257I", 4 * 256, *units) + b"e\0 h\0"


def main():
    put("safetensors", "two", safetensors([("w", "F32", [2, 2], 16), ("v", "BF16", [3], 6)]))
    put("safetensors", "kinds", safetensors([("a", "F64", [1], 8), ("b", "F16", [2, 1], 4), ("c", "I8", [3], 3)], "  "))
    put("safetensors", "empty", safetensors([("a", "F32", [0, 7], 0)]))
    for name, (kind, values, size) in TYPES.items():
        put("gguf", name, gguf(LLAMA[:1], [("w", [values, 2], kind, 2 * size)]))
    put("gguf", "llama", gguf(LLAMA, [("token_embd.weight", [32, 16], 0, 2048)]))
    bytes_tokens = [f"<0x{i:02X}>" for i in range(256)]
    spm = ["<unk>", "<s>", "</s>"] + bytes_tokens + ["▁a", "a", "▁"]
    put("gguf", "pieces", gguf(LLAMA[:1] + [
        string("tokenizer.ggml.model", "llama"), array("tokenizer.ggml.tokens", 8, [text(t) for t in spm]),
        array("tokenizer.ggml.scores", 6, [struct.pack("<f", -i) for i in range(len(spm))]),
        array("tokenizer.ggml.token_type", 5, [struct.pack("<i", k) for k in [2, 3, 3] + [6] * 256 + [1] * 3]),
        u32("tokenizer.ggml.bos_token_id", 1)], []))
    bpe = alphabet() + ["aa", "th", "the"]
    put("gguf", "bytes", gguf(LLAMA[:1] + [
        string("tokenizer.ggml.model", "gpt2"), string("tokenizer.ggml.pre", "gpt-2"),
        array("tokenizer.ggml.tokens", 8, [text(t) for t in bpe]),
        array("tokenizer.ggml.token_type", 5, [struct.pack("<i", 1)] * len(bpe)),
        array("tokenizer.ggml.merges", 8, [text(t) for t in ("a a", "t h", "th e")])], []))
    model = {"type": "BPE", "vocab": {t: i for i, t in enumerate(bpe)}, "merges": ["a a", "t h", "th e"]}
    added = [{"id": len(bpe), "content": "<s>", "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True}]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    split = {"type": "Split", "pattern": {"Regex": r"\p{N}{1,3}|\s+(?!\S)|\p{L}+|[^\s\p{L}\p{N}]+"},
             "behavior": "Isolated", "invert": False}
    for name, before, norm in (("level", level, None), ("digits", {"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": True}, level]}, {"type": "NFC"}),
            ("split", {"type": "Sequence", "pretokenizers": [split, dict(level, use_regex=False)]},
             {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]})):
        put("tokenizer_json", name, json.dumps({
            "version": "1.0", "added_tokens": added, "normalizer": norm, "pre_tokenizer": before,
            "post_processor": level, "decoder": level, "model": model}))
    pieces = piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("</s>", 0, 3)
    pieces += b"".join(piece(t, 0, 6) for t in bytes_tokens)
    words = b"".join(piece(t, -i, 1) for i, t in enumerate(["he", "ll", "hello", "▁hello", "▁", "h", "e", "l", "o"]))
    trainer = number(3, 2) + number(35, 1)
    put("tokenizer_model", "bpe", pieces + words + blob(2, trainer) + blob(3, number(3, 1) + number(4, 0)))
    put("tokenizer_json", "mapped", json.dumps({
        "version": "1.0", "added_tokens": added, "pre_tokenizer": level, "model": model, "normalizer": {
            "type": "Precompiled", "precompiled_charsmap": base64.b64encode(character_map()).decode()}}))
    put("tokenizer_model", "mapped", pieces + words + blob(2, trainer) + blob(3, blob(2, character_map())))
    put("tokenizer_model", "unigram", pieces + words + blob(2, number(3, 1)) + blob(3, number(3, 1) + number(4, 1)))
    # Of fuzz_model_path: what to make, in which folder, under which name, with which content.
    for name, actions in (
            ("folder", [(2, 1, 0, 2), (2, 1, 1, 9)]),
            ("shards", [(2, 1, 0, 2), (2, 1, 2, 4), (2, 1, 12, 9), (2, 2, 7, 9)]),
            ("entry", [(2, 4, 6, 6), (2, 7, 0, 2), (2, 7, 1, 9), (2, 8, 0, 2), (2, 8, 1, 9)]),
            ("partial", [(2, 4, 6, 6), (2, 7, 0, 2), (2, 8, 0, 2), (2, 8, 1, 9), (2, 5, 14, 0)]),
            ("gguf", [(2, 1, 3, 10), (2, 1, 5, 10), (2, 1, 8, 10)]),
            ("ollama", [(2, 10, 9, 10), (2, 11, 13, 11)]),
            ("links", [(2, 1, 0, 2), (0, 1, 1, 0x13), (1, 1, 4, 1), (0, 1, 3, 0x31)]),
            ("other", [(2, 1, 0, 8), (2, 1, 10, 1), (2, 1, 11, 0), (2, 2, 15, 0), (2, 2, 1, 8)])):
        put("model_path", name, bytes(byte for action in actions for byte in action))
    put("corpus", "text", "The quick brown fox, 3.14 times: it's the café's 東京 \U0001f600\r\n\r\n  two\tspaces  \n")
    put("corpus", "mark", b"\xef\xbb\xbfmarked\x00text")
    put("corpus", "broken", b"a\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xff")
    put("corpus", "wide", "text".encode("utf-16"))
    put("corpus", "ids", "[[1,2,3,4],[5,6,7,8]]")
    put("corpus", "long", "a" * 2000)
    llama = {"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
             "intermediate_size": 16, "vocab_size": 32}
    put("leftover", "config", "0" + json.dumps({
        **llama, "rope_scaling": {"factor": 8, "rope_theta": 5e5}, "residual_multiplier": 0.5}))
    put("leftover", "config-nested", "0" + json.dumps({
        **llama, "attn_config": {"causal": True}, "layer_types": ["full_attention"] * 2,
        "rope_scaling": {"rope_type": "yarn", "factor": 4, "mscale": 1, "original_max_position_embeddings": 64}}))

    def pairs(family, **more):
        values = {"block_count": 4, "embedding_length": 8, "feed_forward_length": 16, "attention.head_count": 2,
                  "attention.layer_norm_rms_epsilon": 1e-5}
        return json.dumps({"general.architecture": family} | {f"{family}.{k}": v for k, v in (values | more).items()})
    put("leftover", "gguf", "1" + pairs("llama", **{"rope.scaling.factor": 4.0, "logit_scale": 2.0}))
    put("leftover", "gguf-windows", "1" + pairs("olmo2", **{
        "attention.sliding_window": 4, "attention.sliding_window_pattern": [True, True, True, False]}))
    put("leftover", "tokenizer", "2" + json.dumps({
        "version": "1.0", "truncation": {"max_length": 8}, "added_tokens": [{"id": 0, "content": "<s>"}],
        "model": {"type": "BPE", "dropout": 0.1, "vocab": {}, "merges": []}, "normalizer": {"type": "NFC", "odd": 1}}))
    for action in range(6):
        put("session", f"action{action}", b"".join(
            struct.pack("<BHBHQ", action, index, index // 2, index, 0x7FF8000000000000) for index in (3, 17, 40)))


if __name__ == "__main__":
    main()
