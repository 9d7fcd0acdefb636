#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes initialisers.json: how transformers draws the weights of every model of tests/data/models before training.

    make_initialisers.py            # needs torch and transformers (5.24)

For each folder: the standard deviation where config.json states none, the value of gains, the largest bias, and the ratio of
the measured deviation to the stated one of each matrix whose ratio is not 1 within six standard errors.
"""
import json
import os
import tempfile

import torch
from transformers import AutoConfig, AutoModelForCausalLM

here = os.path.dirname(os.path.abspath(__file__))


def without_deviation(config):
    for key in ("initializer_range", "init_std"):
        config.pop(key, None)
        config.get("text_config", {}).pop(key, None)
    return config


def facts(folder):
    with tempfile.TemporaryDirectory() as temporary:
        with open(os.path.join(folder, "config.json")) as source:
            config = without_deviation(json.load(source))
        with open(os.path.join(temporary, "config.json"), "w") as target:
            json.dump(config, target)
        config = AutoConfig.from_pretrained(temporary)
    text = config.get_text_config()
    deviation = getattr(text, "initializer_range", None) or text.init_std
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    gains, biases, ratios = set(), 0.0, {}
    for name, values in model.named_parameters():
        if name.endswith("bias"):
            biases = max(biases, values.abs().max().item())
        elif values.ndim < 2 or "norm" in name:
            gains.update((values.min().item(), values.max().item()))
        else:
            ratio = values.std().item() / deviation
            if abs(ratio - 1) > 6 / (2 * values.numel()) ** 0.5:
                ratios[name] = round(ratio, 3)
    return {"deviation": deviation, "gains": sorted(gains), "largest_bias": biases, "ratios": ratios}


def main():
    models = os.path.join(here, "models")
    result = {name: facts(os.path.join(models, name)) for name in sorted(os.listdir(models))}
    with open(os.path.join(here, "initialisers.json"), "w") as target:
        json.dump(result, target, indent=1)
        target.write("\n")


main()
