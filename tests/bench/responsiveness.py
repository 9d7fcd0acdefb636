#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast `rankscope analyze` stops when told to, and how honest its time left is, at the size of a 7B model.

    pip install numpy
    responsiveness.py BUILD_FOLDER [--preset llama-2-7b] [--tries 20] [--full] [--folder WHERE]

Makes a random checkpoint of 4 layers (with --full the whole model, 13.5 GB) in a temporary folder. One run is left to end:
its stated time left is compared with what was really left, from a fifth of the time on (contract: within 30 %, or 1 s,
the unit it is stated in). Then --tries runs are interrupted at moments spread over it: time from SIGINT to the
end of the process (contract: 0.5 s). Exit status 1 if a contract is broken.
"""
import argparse
import os
import pathlib
import pty
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import make_random_checkpoint as checkpoints

SHARE, SLACK, START = 0.30, 1.0, 0.2
STOP = 0.5
TIME_LEFT = re.compile(rb"(?:(\d+):)?(\d+):(\d\d) left")


class Run:
    """An analysis on a terminal of its own; statements: (moment, stated seconds left)."""

    def __init__(self, build, folder, length):
        master, terminal = pty.openpty()
        self.begin, self.statements, self.master = time.monotonic(), [], master
        self.process = subprocess.Popen(
            [build / "bin/rankscope", "analyze", folder, "--tokens", folder / "tokens.json", "--length", str(length),
             "--windows", "1", "--output", folder / "session.h5", "--force"],
            stdout=subprocess.DEVNULL, stderr=terminal,
            # Under nohup, or in the background of a script, SIGINT would be ignored, as it should.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        os.close(terminal)

    def read_to_end(self):
        rest = b""
        while True:
            try:
                rest += os.read(self.master, 4096)
            except OSError:  # the other side is closed
                break
            *lines, rest = rest.split(b"\r\x1b[K")
            for line in lines:
                if found := TIME_LEFT.search(line):
                    hours, minutes, seconds = (int(part or 0) for part in found.groups())
                    self.statements.append((time.monotonic() - self.begin, hours * 3600 + minutes * 60 + seconds))
        os.close(self.master)
        self.process.wait()
        return time.monotonic() - self.begin

    def interrupt_at(self, moment):
        """Seconds from the signal to the end, or None if it ended before."""
        time.sleep(moment)
        if self.process.poll() is not None:
            os.close(self.master)
            return None
        sent = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        os.close(self.master)
        return time.monotonic() - sent


def check_time_left(run, total):
    late = [(moment, stated, total - moment) for moment, stated in run.statements if moment >= START * total]
    if not late:
        sys.exit("no time left was stated after a fifth of the run")
    moment, stated, real = max(late, key=lambda row: abs(row[1] - row[2]) - SLACK - SHARE * row[2])
    print(f"time left: {total:.1f} s in all, {len(late)} statements after a fifth; worst at {moment:.1f} s: "
          f"stated {stated:.0f} s, really {real:.1f} s")
    return abs(stated - real) <= max(SHARE * real, SLACK)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--preset", choices=checkpoints.PRESETS, default="llama-2-7b")
    parser.add_argument("--length", type=int, default=1024)
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--full", action="store_true", help="the whole model, not 4 layers of it")
    parser.add_argument("--folder", help="where the temporary folder is made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as top:
        folder = pathlib.Path(top) / "model"
        checkpoints.make_checkpoint(folder, options.preset, None if options.full else 4)
        run = Run(options.build, folder, options.length)
        total = run.read_to_end()
        good = check_time_left(run, total)
        rng, waits = random.Random(1), []
        for index in range(options.tries):
            waited = Run(options.build, folder, options.length).interrupt_at((index + rng.random()) / options.tries * total)
            waits += [] if waited is None else [waited]
        if waits:
            print(f"SIGINT to the end of the process: {len(waits)} times, median {sorted(waits)[len(waits) // 2]:.2f} s, "
                  f"longest {max(waits):.2f} s")
    sys.exit(0 if good and max(waits, default=0) <= STOP else 1)


if __name__ == "__main__":
    main()
