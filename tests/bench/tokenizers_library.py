#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of the tokenizers library on one thread, to be read beside bench_tokenizer on the same text.

    pip install tokenizers
    tokenizers_library.py TOKENIZER.json TEXT [REPEATS]
"""
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers

path, text_path = sys.argv[1:3]
repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
start = time.perf_counter()
tokenizer = tokenizers.Tokenizer.from_file(path)
print(f"tokenizers {tokenizers.__version__}: opened in {time.perf_counter() - start:.3f} s")
with open(text_path, encoding="utf-8", newline="") as file:
    text = file.read()
size = len(text.encode())
for _ in range(repeats):
    start = time.perf_counter()
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    print(f"{len(ids)} tokens, {size / (time.perf_counter() - start) / 1e6:.2f} MB/s")
