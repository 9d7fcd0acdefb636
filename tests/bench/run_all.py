#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every benchmark of a build and prints its processor time beside the one recorded in baselines.json.

    run_all.py BUILD_FOLDER [--record] [--filter REGEX] [--min-time SECONDS]

Times of two machines differ: the ratio column is for the machine that the first line names, and for comparing two states of the
code by --record before and a run after. More than 1.3 times the recorded time is marked. --record replaces what it has run.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

BASELINES = pathlib.Path(__file__).with_name("baselines.json")
UNITS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
SLOWER = 1.3


def machine_facts(build):
    """What a time depends on besides the code."""
    model = platform.processor()
    with open("/proc/cpuinfo", encoding="utf-8") as cpus:
        model = next((line.split(":", 1)[1].strip() for line in cpus if line.startswith("model name")), model)
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    build_type = next((line.split("=", 1)[1] for line in cache.splitlines() if line.startswith("CMAKE_BUILD_TYPE:")), "")
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "system": f"{platform.system()} {platform.machine()}",
            "build": build_type}


def run_benchmark(program, options):
    """{"bench_x/name": milliseconds of processor time}"""
    command = [str(program), "--benchmark_format=json", f"--benchmark_min_time={options.min_time}"]
    if options.filter:
        command.append(f"--benchmark_filter={options.filter}")
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    if result.returncode != 0:
        sys.exit(f"{program}: exit status {result.returncode}: {result.stderr.strip()}")
    if not result.stdout.strip():  # the filter leaves nothing
        return {}
    return {f"{program.name.removeprefix('bench_')}/{run['name']}": run["cpu_time"] * UNITS[run["time_unit"]]
            for run in json.loads(result.stdout)["benchmarks"] if not run.get("error_occurred")}


def print_row(name, now, before):
    ratio = now / before if before else None
    mark = "  slower" if ratio and ratio > SLOWER else ""
    print(f"{name:<58}{now:>12.3f}" + (f"{before:>12.3f}{ratio:>8.2f}{mark}" if ratio else f"{'new':>12}"), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--record", action="store_true", help="write the times to baselines.json")
    parser.add_argument("--filter", help="regular expression of benchmarks")
    parser.add_argument("--min-time", type=float, default=0.2, help="seconds that each benchmark runs at least [0.2]")
    options = parser.parse_args()
    programs = sorted((options.build / "bin").glob("bench_*"))
    if not programs:
        sys.exit(f"{options.build}/bin: expected benchmarks, found none: cmake --preset bench && cmake --build --preset bench")
    recorded = json.loads(BASELINES.read_text(encoding="utf-8")) if BASELINES.exists() else {"machine": {}, "ms": {}}
    facts = machine_facts(options.build)
    print("recorded on: " + ", ".join(f"{key} {value}" for key, value in recorded["machine"].items()))
    print("this run on: " + ", ".join(f"{key} {value}" for key, value in facts.items()))
    print(f"{'processor time in ms':<58}{'now':>12}{'recorded':>12}{'ratio':>8}")
    for program in programs:
        times = run_benchmark(program, options)
        for name, now in times.items():
            print_row(name, now, recorded["ms"].get(name))
        if options.record:
            recorded["machine"] = facts
            recorded["ms"].update({name: round(now, 4) for name, now in times.items()})
            BASELINES.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
