#!/usr/bin/env python3
"""Runs Kilim and its peers in turn, several rounds, and writes Docs/performance-race.csv (the original network),
Docs/performance-networks.csv (others) and their tables in Docs/performance.md.

    race.py DIVAR [--rounds 3] [--steps 20] [--peers torch,onnxruntime,…] [--races train-32-2,start,…]

DIVAR is the built command. Of the races, all are run unless some are named, or a part of their names, such as `resnet50`;
the rows of the others stay as they are in the table. A contender's figure is the median of its rounds' medians: a shared
machine drifts, but all contenders of a round see the same hours of it. In the race of the start a figure is the time of a
whole process that makes one training step. A peer that fails is named under the table, and the race goes on.
"""

import argparse
import collections
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
Race = collections.namedtuple("Race", "title work batch threads peers network size", defaults=["original", 64])
# By name.
RACES = {
    "train-32-2": Race("training step, batch 32, two threads", "train", 32, 2, TRAINERS),
    "train-32-1": Race("training step, batch 32, one thread", "train", 32, 1,
                       ["torch", "torch-channels-last", "keras-tensorflow"]),
    "predict-32-2": Race("inference, batch 32, two threads", "predict", 32, 2, RUNTIMES),
    "predict-1-2": Race("inference, batch 1, two threads", "predict", 1, 2, RUNTIMES),
    "predict-32-1": Race("inference, batch 32, one thread", "predict", 32, 1, RUNTIMES),
    "predict-1-1": Race("inference, batch 1, one thread", "predict", 1, 1, RUNTIMES),
    "start": Race(START, "train", 32, 2, ["torch", "keras-tensorflow", "keras-jax", "keras-torch"]),
}
# The image side and the batch of a training step. Inference takes images of 224×224.
NETWORKS = {"ResNet50": (128, 16), "EfficientNetB0": (128, 16), "MobileNetV2": (128, 32), "VGG16": (64, 32),
            "DenseNet121": (64, 16), "ConvNeXtTiny": (64, 8)}
for network, (size, batch) in NETWORKS.items():
    RACES[f"train-{network.lower()}"] = Race(
        f"{network}, {size}×{size}, training, batch {batch}", "train", batch, 2,
        ["torch-channels-last", "torch-compile", "keras-tensorflow"], network, size)
    for batch in [32, 1]:
        RACES[f"predict-{batch}-{network.lower()}"] = Race(
            f"{network}, 224×224, inference, batch {batch}", "predict", batch, 2,
            ["onnxruntime", "openvino-f32", "torch-compile"], network, 224)
# Seconds that a contender may take: compilers need a minute.
PATIENCE = 600
HERE = pathlib.Path(__file__).parent
DOCS = HERE.parent.parent / "Docs"


def command(contender, race, divar, steps, warm_up):
    ours = contender == "kilim"
    start = [divar, "bench"] if ours else [sys.executable, str(HERE / "peers.py"), contender]
    names = ["--batch-size", "--image-size"] if ours else ["--batch", "--size"]
    network = [] if race.network == "original" else ["--network", race.network]
    return start + [race.work, names[0], str(race.batch), names[1], str(race.size), "--threads", str(race.threads),
                    "--steps", str(steps), "--warm-up", str(warm_up), *network]


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


def run_race(race, options):
    """The figures of each contender's rounds, and a note on each that failed."""
    peers = [peer for peer in race.peers if peer in options.peers]
    results, notes = {contender: [] for contender in ["kilim", *peers]}, {}
    factor = 10 if race.batch == 1 and race.network == "original" else 1
    steps, warm_up = (1, 0) if race.title == START else (options.steps * factor, 5)
    for round_number in range(options.rounds):
        for contender in results:
            if contender in notes:
                continue
            start = time.perf_counter()
            line, reason = run(command(contender, race, options.divar, steps, warm_up))
            whole = (time.perf_counter() - start) * 1e3
            if line is None:
                notes[contender] = f"{race.title}: {contender} failed ({reason})"
                print(notes[contender], file=sys.stderr, flush=True)
                continue
            found = figures(line)
            if race.title == START:
                found["median_ms"] = found["min_ms"] = whole
            print(f"[{race.title}, round {round_number + 1}] {contender} median_ms={found['median_ms']:.2f} "
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


def table(races):
    """A line for each contender."""
    lines = ["| race | contender | median ms | best ms | peak MB | time against Kilim's |", "|---|---|---|---|---|---|"]
    return lines + ["| {race} | {contender} | {median_ms} | {min_ms} | {peak_mb} | {ratio} |".format(**row)
                    for rows in races for row in rows]


def summary(races):
    """A line for each race: Kilim, its fastest peer and its leanest one."""
    lines = ["| network and work | Kilim, ms | the fastest other, ms | times as fast | Kilim, MB | the leanest other, MB |",
             "|---|---|---|---|---|---|"]
    for kilim, *peers in filter(None, races):
        if not peers:
            continue
        fastest = min(peers, key=lambda row: float(row["median_ms"]))
        leanest = min(peers, key=lambda row: float(row["peak_mb"]))
        lines.append(f"| {kilim['race']} | {kilim['median_ms']} | {fastest['contender']} {fastest['median_ms']} | "
                     f"{fastest['ratio']} | {kilim['peak_mb']} | {leanest['contender']} {leanest['peak_mb']} |")
    return lines


class Results:
    """Rows and notes by the titles of some races, as they stand in a table and in its place on the page."""

    PAGE = DOCS / "performance.md"

    def __init__(self, races, name, lines):
        self.titles, self.lines = [race.title for race in races], lines
        self.csv, self.marks = DOCS / f"performance-{name}.csv", (f"<!-- {name} -->\n", f"<!-- end of {name} -->")
        self.rows, self.notes = {}, {}
        if self.csv.exists():
            with open(self.csv, newline="") as file:
                for row in csv.DictReader(file):
                    self.rows.setdefault(row["race"], []).append(row)
        for note in re.findall(r"^\* (.*)$", self.parts()[1], re.MULTILINE):
            self.notes.setdefault(note.split(": ")[0], []).append(note)

    def parts(self):
        """The page before the table, the table, and the page behind it."""
        before, rest = self.PAGE.read_text().split(self.marks[0], 1)
        return before, *rest.split(self.marks[1], 1)

    def write(self):
        races = [self.rows.get(title, []) for title in self.titles]
        notes = [f"* {note}" for title in self.titles for note in self.notes.get(title, [])]
        with open(self.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, ["race", "contender", "median_ms", "min_ms", "peak_mb", "ratio"])
            writer.writeheader()
            for rows in races:
                writer.writerows(rows)
        before, _, after = self.parts()
        text = "\n".join(self.lines(races) + ([""] + notes if notes else []))
        self.PAGE.write_text(f"{before}{self.marks[0]}{text}\n{self.marks[1]}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("divar")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peers", default="", help="the peers to race, all of them unless given")
    parser.add_argument("--races", default="", help=f"the races to run, of {', '.join(RACES)}, or parts of their names; all unless given")
    options = parser.parse_args()
    options.peers = options.peers.split(",") if options.peers else TRAINERS + RUNTIMES
    chosen = [name for name in RACES if any(part in name for part in options.races.split(","))]
    unknown = set(options.peers) - set(TRAINERS + RUNTIMES)
    unknown |= {part for part in options.races.split(",") if not any(part in name for name in RACES)}
    for name in unknown:
        parser.error(f"there is no race or peer {name}")
    original, others = [[race for race in RACES.values() if (race.network == "original") == kind] for kind in (True, False)]
    tables = [Results(original, "race", table), Results(others, "networks", summary)]
    for name in chosen:
        race = RACES[name]
        results = tables[race.network != "original"]
        figures_of_race, results.notes[race.title] = run_race(race, options)
        results.rows[race.title] = list(rows(race.title, figures_of_race))
        # Written after each race, so that one which is broken off loses nothing.
        results.write()


main()
