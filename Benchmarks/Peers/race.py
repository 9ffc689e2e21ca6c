#!/usr/bin/env python3
"""Runs Kilim and its peers in turn, several rounds, and writes Docs/performance-race.csv and the table of it in
Docs/performance.md.

    race.py DIVAR [--rounds 3] [--steps 20] [--peers torch,onnxruntime,…] [--races train-32-2,start,…]

DIVAR is the built command. Of the races, all are run unless some are named; the rows of the others stay as they are in
the table. A contender's figure is the median of its rounds' medians: a shared machine drifts, but all
contenders of a round see the same hours of it. In the race of the start a figure is the time of a whole process that
makes one training step. A peer that fails is named under the table, and the race goes on.
"""

import argparse
import csv
import pathlib
import re
import statistics
import subprocess
import sys
import time

TRAINERS = ["torch", "torch-channels-last", "torch-compile", "keras-tensorflow", "keras-jax", "keras-torch"]
RUNTIMES = ["onnxruntime", "openvino", "openvino-f32", "torch-compile"]
START = "start of the process to the end of its first training step"
# By name: title, work, batch, threads, peers.
RACES = {
    "train-32-2": ("training step, batch 32, two threads", "train", 32, 2, TRAINERS),
    "train-32-1": ("training step, batch 32, one thread", "train", 32, 1,
                   ["torch", "torch-channels-last", "keras-tensorflow"]),
    "predict-32-2": ("inference, batch 32, two threads", "predict", 32, 2, RUNTIMES),
    "predict-1-2": ("inference, batch 1, two threads", "predict", 1, 2, RUNTIMES),
    "predict-32-1": ("inference, batch 32, one thread", "predict", 32, 1, RUNTIMES),
    "predict-1-1": ("inference, batch 1, one thread", "predict", 1, 1, RUNTIMES),
    "start": (START, "train", 32, 2, ["torch", "keras-tensorflow", "keras-jax", "keras-torch"]),
}
# Seconds that a contender may take: compilers need a minute.
PATIENCE = 600
HERE = pathlib.Path(__file__).parent
DOCS = HERE.parent.parent / "Docs"


def command(contender, divar, work, batch, threads, steps, warm_up):
    start = [divar, "bench"] if contender == "kilim" else [sys.executable, str(HERE / "peers.py"), contender]
    return start + [work, "--batch-size" if contender == "kilim" else "--batch", str(batch), "--threads", str(threads), "--steps", str(steps),
                    "--warm-up", str(warm_up)]


def figures(line):
    return {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", line)}


def run(arguments):
    """The line of figures that a contender prints, or `None`; and why there is none."""
    try:
        process = subprocess.run(arguments, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, f"not done after {PATIENCE} s"
    lines = [line for line in process.stdout.splitlines() if "median_ms=" in line]
    if process.returncode == 0 and lines:
        return lines[-1], ""
    # The end of a traceback may be advice; what was raised stands in a line "SomeError: …".
    said = [line.strip() for line in process.stderr.splitlines() if line.strip()] or [f"exit {process.returncode}"]
    return None, next((line for line in reversed(said) if re.match(r"[\w.]+(Error|Exception)\b", line)), said[-1])[:200]


def run_race(title, work, batch, threads, peers, options):
    """The figures of each contender's rounds, and a note on each that failed."""
    results, notes = {contender: [] for contender in ["kilim", *peers]}, {}
    steps, warm_up = (1, 0) if title == START else (options.steps * (10 if batch == 1 else 1), 5)
    for round_number in range(options.rounds):
        for contender in results:
            if contender in notes:
                continue
            start = time.perf_counter()
            line, reason = run(command(contender, options.divar, work, batch, threads, steps, warm_up))
            whole = (time.perf_counter() - start) * 1e3
            if line is None:
                notes[contender] = f"{title}: {contender} failed ({reason})"
                print(notes[contender], file=sys.stderr, flush=True)
                continue
            found = figures(line)
            if title == START:
                found["median_ms"] = found["min_ms"] = whole
            print(f"[{title}, round {round_number + 1}] {contender} median_ms={found['median_ms']:.2f} "
                  f"min_ms={found['min_ms']:.2f} peak_mb={found['peak_mb']:.0f}", flush=True)
            results[contender].append(found)
    if not results["kilim"]:
        sys.exit(notes["kilim"])
    return {contender: rounds for contender, rounds in results.items() if rounds}, list(notes.values())


def rows(title, results):
    ours = statistics.median(run["median_ms"] for run in results["kilim"])
    for contender, rounds in results.items():
        median = statistics.median(run["median_ms"] for run in rounds)
        yield {"race": title, "contender": contender, "median_ms": f"{median:.2f}",
               "min_ms": f"{min(run['min_ms'] for run in rounds):.2f}",
               "peak_mb": f"{max(run['peak_mb'] for run in rounds):.0f}", "ratio": f"{median / ours:.2f}"}


def table(all_rows, notes):
    lines = ["| race | contender | median ms | best ms | peak MB | time against Kilim's |", "|---|---|---|---|---|---|"]
    lines += ["| {race} | {contender} | {median_ms} | {min_ms} | {peak_mb} | {ratio} |".format(**row) for row in all_rows]
    return "\n".join(lines + ["", *(f"* {note}" for note in notes)] if notes else lines)


class Results:
    """Rows and notes by the titles of their races, as they stand in the table and on the page."""

    CSV, PAGE = DOCS / "performance-race.csv", DOCS / "performance.md"

    def __init__(self):
        self.rows, self.notes = {}, {}
        with open(self.CSV, newline="") as file:
            for row in csv.DictReader(file):
                self.rows.setdefault(row["race"], []).append(row)
        self.before, rest = self.PAGE.read_text().split("<!-- race -->\n", 1)
        old_table, self.after = rest.split("<!-- end of race -->", 1)
        for note in re.findall(r"^\* (.*)$", old_table, re.MULTILINE):
            self.notes.setdefault(note.split(": ")[0], []).append(note)

    def write(self):
        titles = [race[0] for race in RACES.values()]
        all_rows = [row for title in titles for row in self.rows.get(title, [])]
        notes = [note for title in titles for note in self.notes.get(title, [])]
        with open(self.CSV, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=all_rows[0].keys())
            writer.writeheader()
            writer.writerows(all_rows)
        self.PAGE.write_text(
            f"{self.before}<!-- race -->\n{table(all_rows, notes)}\n<!-- end of race -->{self.after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("divar")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peers", default="", help="the peers to race, all of them unless given")
    parser.add_argument("--races", default="", help=f"the races to run, of {', '.join(RACES)}; all unless given")
    options = parser.parse_args()
    wanted = options.peers.split(",") if options.peers else TRAINERS + RUNTIMES
    chosen = options.races.split(",") if options.races else list(RACES)
    for name in set(chosen) - set(RACES) | set(wanted) - set(TRAINERS + RUNTIMES):
        parser.error(f"there is no race or peer {name}")
    results = Results()
    for name in chosen:
        title, work, batch, threads, peers = RACES[name]
        peers = [peer for peer in peers if peer in wanted]
        figures_of_race, results.notes[title] = run_race(title, work, batch, threads, peers, options)
        results.rows[title] = list(rows(title, figures_of_race))
        # Written after each race, so that one which is broken off loses nothing.
        results.write()


main()
