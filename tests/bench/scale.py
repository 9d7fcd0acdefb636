#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and memory of `rankscope analyze` at the size of a 7B model, beside the matrix product rate of this machine.

    pip install numpy
    scale.py BUILD_FOLDER [--preset llama-2-7b] [--full] [--device cpu] [--threads N] [--folder WHERE]

BUILD_FOLDER holds bin/rankscope and bin/bench_analysis. Makes a random checkpoint of 4 layers (2.1 GB) in a temporary
folder and runs windows of 256 … 4096 tokens, several windows, and 1, 2, 4 layers; with --full also the whole model
(13.5 GB) over 1 × 1024 tokens. Everything is deleted afterwards.

Columns: seconds by the wall clock; "GEMM" is what the forward pass' matrix products (and nothing else) would take at the
measured rate; "cpu" is user + system time of the run by that of as many products in the benchmark: the one to read where
other programs compete for the cores. The first run of a checkpoint finds it in the page cache, --cold drops it first.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import make_random_checkpoint as checkpoints

WINDOWS = {"T": [(1, 256), (1, 512), (1, 1024), (1, 2048), (1, 4096)], "B": [(2, 512), (4, 512), (8, 512)]}
LAYERS = [1, 2]
COLUMNS = ("run", "layers", "B", "T", "loss", "peak MB", "load", "forward", "spectra", "total", "GFLOP", "GEMM",
           "/GEMM", "cpu")
WIDTHS = (12, 7, 3, 5, 5, 8, 6, 8, 8, 7, 8, 7, 6, 5)


def run_measured(command):
    """Standard output, and the resource usage of the process alone."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
        output.seek(0)
        return output.read(), usage


def gemm_rate(build, threads):
    """(GFLOP/s by the clock on all threads, GFLOP/s of one thread by its CPU time), products of 7B shapes."""
    command = [build / "bin/bench_analysis", "--benchmark_filter=^gemm/512/4096/4096", "--benchmark_format=json"]
    rows = json.loads(run_measured(command)[0])["benchmarks"]
    return rows[0]["GFLOP/s"], rows[0]["GFLOP/s of one thread's CPU time"]


def operations(config, layers, windows, length, loss):
    """Of the matrix products, a multiplication and an addition being two; keys that a query does not see not counted."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    rows, pairs = windows * length, windows * length * (length + 1) / 2
    projections = 2 * rows * hidden * (hidden + 2 * keys)
    rest = 4 * pairs * hidden + 2 * rows * hidden * (hidden + 3 * inner)
    head = 2 * rows * hidden * config["vocab_size"] if loss else 0
    return layers * projections + (layers if loss else layers - 1) * rest + head


def drop_from_cache(folder):
    for path in folder.glob("*.safetensors"):
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def row_text(values):
    return "  ".join(str(value).rjust(width) for value, width in zip(values, WIDTHS))


class Sweep:
    def __init__(self, options, rate):
        self.options, self.rate = options, rate

    def analyze(self, name, folder, layers, windows, length, loss=False):
        if self.options.cold:
            drop_from_cache(folder)
        config = json.loads((folder / "config.json").read_text())
        output = folder / "session.h5"
        command = [self.options.build / "bin/rankscope", "analyze", folder, "--tokens", folder / "tokens.json",
                   "--length", length, "--windows", windows, "--layers", f"0-{layers - 1}", "--output", output,
                   "--device", self.options.device, "--quiet", "--json"]
        command += ["--loss"] if loss else []
        command += ["--threads", self.options.threads] if self.options.threads else []
        text, usage = run_measured([str(part) for part in command])
        seconds = json.loads(text)["seconds"]
        work = operations(config, layers, windows, length, loss) / 1e9
        gemm = work / self.rate[0]
        cpu = usage.ru_utime + usage.ru_stime
        print(row_text((name, layers, windows, length, "yes" if loss else "no", round(usage.ru_maxrss / 1024),
                        *(f"{seconds[key]:.2f}" for key in ("load", "forward", "spectra", "total")),
                        f"{work:.0f}", f"{gemm:.2f}", f"{seconds['total'] / gemm:.2f}",
                        f"{cpu / (work / self.rate[1]):.2f}")), flush=True)


def make(options, folder, layers):
    start = time.monotonic()
    size = checkpoints.make_checkpoint(folder, options.preset, layers)
    print(f"{options.preset}, {layers or 'all'} layers: {size / 1e9:.2f} GB written in "
          f"{time.monotonic() - start:.0f} s", flush=True)
    return pathlib.Path(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--preset", choices=checkpoints.PRESETS, default="llama-2-7b")
    parser.add_argument("--full", action="store_true", help="also the whole model, 1 × 1024 tokens")
    parser.add_argument("--full-only", action="store_true", help="only that")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--cold", action="store_true", help="drop the checkpoint from the page cache before every run")
    parser.add_argument("--folder", help="where the temporary folder is made")
    options = parser.parse_args()
    rate = gemm_rate(options.build, options.threads)
    print(f"fp32 matrix products: {rate[0]:.0f} GFLOP/s, one thread {rate[1]:.0f} GFLOP/s of its CPU time")
    sweep = Sweep(options, rate)
    with tempfile.TemporaryDirectory(dir=options.folder) as top:
        if not options.full_only:
            folder = make(options, pathlib.Path(top) / "short", 4)
            print(row_text(COLUMNS))
            for name, runs in WINDOWS.items():
                for windows, length in runs:
                    sweep.analyze(f"by {name}", folder, 4, windows, length)
            for layers in LAYERS:
                sweep.analyze("by layers", folder, layers, 1, 1024)
            sweep.analyze("with loss", folder, 4, 1, 1024, loss=True)
            shutil.rmtree(folder)
        if options.full or options.full_only:
            folder = make(options, pathlib.Path(top) / "full", None)
            layers = json.loads((folder / "config.json").read_text())["num_hidden_layers"]
            print(row_text(COLUMNS))
            sweep.analyze("whole model", folder, layers, 1, 1024)


if __name__ == "__main__":
    main()
