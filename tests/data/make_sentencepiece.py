#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes sentencepiece/: models with character maps as sentencepiece trains them, and what sentencepiece and tokenizers
make of texts with them. Needs sentencepiece, protobuf and tokenizers."""
import io
import itertools
import json
import pathlib
import random
import tempfile
import unicodedata

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import normalizers

FOLDER = pathlib.Path(__file__).resolve().parent / "sentencepiece"

# Everything that a rule can do: more or fewer characters, none, spaces at either end, keys that begin with others.
RULES = {"a": "bc", "fi": "fxy", "ﬁ": "fi", "\u0301": "", "\t": " ", "\r": " ", "\r\n": " ", "\u200b": "", "　": " ",
         "q": " q", "z": "z ", "é": "e\u0301", "e\u0308": "ë", "ee": "i", "eee": "ii", "ß": "s s", "😀": ":)",
         "x\u0302": "ŝ", "क्": "k", "W": "▁w"}
USER_DEFINED = ["<sep>", "  two", "fire", "ﬁx", "á", "▁t", "[ ]", "é"]

# add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces
USUAL_FLAGS = [(True, True, True), (True, False, True)]
ALL_FLAGS = list(itertools.product((True, False), repeat=3))


def compatibility_rules():
    """What NFKC does to ligatures, wide and half-wide, circled, roman, accented and Hangul characters."""
    sources = [chr(c) for block in ((0xFB00, 0xFB06), (0xFF01, 0xFFDC), (0x2460, 0x24EA), (0x2160, 0x2188),
                                    (0x2000, 0x200A), (0xA0, 0xFF), (0x3300, 0x3357), (0x1D400, 0x1D433))
               for c in range(block[0], block[1] + 1)]
    marks = (0x300, 0x301, 0x302, 0x303, 0x308, 0x30C, 0x327)
    sources += [letter + chr(mark) for letter in "aceinosuz" for mark in marks]
    sources += [chr(c) + mark for c in range(0xFF66, 0xFF9E) for mark in "ﾞﾟ"]
    sources += [chr(0x1100 + i) + chr(0x1161 + j) for i in range(19) for j in (0, 4, 20)]
    pairs = {s: unicodedata.normalize("NFKC", s) for s in sources}
    return {s: t for s, t in pairs.items() if s != t}


def words(generator, count):
    parts = "the re fi on er ing st an qu ex wo ld é ü カ ル 가 x z 7".split()
    return " ".join("".join(generator.choices(parts, k=generator.randint(1, 3))) for _ in range(count))


def train(rules, size, **more):
    generator = random.Random(size)
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        for source, target in rules.items():
            file.write("\t".join(" ".join(f"{ord(c):X}" for c in side) for side in (source, target)) + "\n")
        file.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([words(generator, 12) for _ in range(300)]), model_writer=model, vocab_size=size,
            model_type="bpe", character_coverage=1.0, normalization_rule_tsv=file.name, minloglevel=2, num_threads=1,
            **more)
    result = proto.ModelProto()
    result.ParseFromString(model.getvalue())
    result.normalizer_spec.normalization_rule_tsv = "rules.tsv"  # and not the name of this run's file
    result.trainer_spec.ClearField("input")
    return result


def texts(generator, rules, count):
    pieces = list(rules) + list(rules.values()) + USER_DEFINED
    pieces += [" ", " ", "  ", "\r\n", "\n"] + "▁ the re fi on e a f \u0300 \u0301 가 漢 𝒜 0".split()
    return [""] + ["".join(generator.choices(pieces, k=generator.randint(1, 12))) for _ in range(count)]


def write(name, model, rules, count, all_flags):
    (FOLDER / f"{name}.model").write_bytes(model.SerializeToString())
    sample = texts(random.Random(count), rules, count)
    encoded = []
    for flags in all_flags:
        spec = model.normalizer_spec
        spec.add_dummy_prefix, spec.remove_extra_whitespaces, spec.escape_whitespaces = flags
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
        encoded.append({"flags": flags, "ids": [processor.encode(text) for text in sample]})
    precompiled = normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
    document = {"sentencepiece": sentencepiece.__version__, "texts": sample, "encoded": encoded,
                "precompiled": [precompiled.normalize_str(text) for text in sample]}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main():
    FOLDER.mkdir(exist_ok=True)
    write("rules", train(RULES, 160, user_defined_symbols=USER_DEFINED), RULES, 120, ALL_FLAGS)
    rules = compatibility_rules()
    write("compatibility", train(rules, 420, byte_fallback=True), rules, 80, USUAL_FLAGS)


if __name__ == "__main__":
    main()
