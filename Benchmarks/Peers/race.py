#!/usr/bin/env python3
"""Runs Kilim and its peers in turn, several rounds, and writes Docs/performance-race.csv and the table of it in
Docs/performance.md.

    race.py DIVAR [--rounds 3] [--steps 20] [--peers torch,onnxruntime,…]

DIVAR is the built command. A contender's figure is the median of its rounds' medians: a shared machine drifts, but all
contenders of a round see the same hours of it.
"""

import argparse
import csv
import pathlib
import re
import statistics
import subprocess
import sys

TRAINERS = ["torch", "torch-channels-last", "torch-compile", "keras-tensorflow", "keras-jax", "keras-torch"]
RUNTIMES = ["onnxruntime", "openvino", "openvino-f32", "torch-compile"]
# Title, work, batch, threads, peers.
RACES = [
    ("training step, batch 32, two threads", "train", 32, 2, TRAINERS),
    ("training step, batch 32, one thread", "train", 32, 1, ["torch", "torch-channels-last", "keras-tensorflow"]),
    ("inference, batch 32, two threads", "predict", 32, 2, RUNTIMES),
    ("inference, batch 1, two threads", "predict", 1, 2, RUNTIMES),
]
HERE = pathlib.Path(__file__).parent
DOCS = HERE.parent.parent / "Docs"


def command(contender, divar, work, batch, threads, steps):
    start = [divar, "bench"] if contender == "kilim" else [sys.executable, str(HERE / "peers.py"), contender]
    return start + [work, "--batch", str(batch), "--threads", str(threads), "--steps", str(steps)]


def figures(line):
    return {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", line)}


def run_race(title, work, batch, threads, peers, options):
    results = {contender: [] for contender in ["kilim", *peers]}
    for round_number in range(options.rounds):
        for contender in results:
            steps = options.steps * (10 if batch == 1 else 1)
            process = subprocess.run(command(contender, options.divar, work, batch, threads, steps),
                                     capture_output=True, text=True)
            lines = [line for line in process.stdout.splitlines() if "median_ms=" in line]
            if not lines:
                print(f"{contender} gave no figure: {process.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            print(f"[{title}, round {round_number + 1}] {lines[-1]}", flush=True)
            results[contender].append(figures(lines[-1]))
    return {contender: rounds for contender, rounds in results.items() if rounds}


def rows(title, results):
    ours = statistics.median(run["median_ms"] for run in results["kilim"])
    for contender, rounds in results.items():
        median = statistics.median(run["median_ms"] for run in rounds)
        yield {"race": title, "contender": contender, "median_ms": f"{median:.2f}",
               "min_ms": f"{min(run['min_ms'] for run in rounds):.2f}",
               "peak_mb": f"{max(run['peak_mb'] for run in rounds):.0f}", "ratio": f"{median / ours:.2f}"}


def table(all_rows):
    lines = ["| race | contender | median ms | best ms | peak MB | time against Kilim's |", "|---|---|---|---|---|---|"]
    lines += ["| {race} | {contender} | {median_ms} | {min_ms} | {peak_mb} | {ratio} |".format(**row) for row in all_rows]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("divar")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peers", default="", help="the peers to race, all of them unless given")
    options = parser.parse_args()
    wanted = options.peers.split(",") if options.peers else TRAINERS + RUNTIMES
    all_rows = []
    for title, work, batch, threads, peers in RACES:
        peers = [peer for peer in peers if peer in wanted]
        all_rows += rows(title, run_race(title, work, batch, threads, peers, options))

    with open(DOCS / "performance-race.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=all_rows[0].keys())
        writer.writeheader()
        writer.writerows(all_rows)
    page = DOCS / "performance.md"
    before, rest = page.read_text().split("<!-- race -->\n", 1)
    after = rest.split("<!-- end of race -->", 1)[1]
    page.write_text(f"{before}<!-- race -->\n{table(all_rows)}\n<!-- end of race -->{after}")


main()
