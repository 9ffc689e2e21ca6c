"""Makes valleys.json: the learning rates that fastai's rule "valley" suggests for some losses.

Its argument is the file fastai/callback/schedule.py (2.8), of which only the function `valley` runs.
"""
import ast
import json
import random
import sys
from pathlib import Path

tree = ast.parse(Path(sys.argv[1]).read_text())
function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "valley")
scope = {}
exec(compile(ast.Module([function], []), sys.argv[1], "exec"), scope)

random.seed(4)
cases = []
for steps, end in [(100, 100), (100, 83), (60, 41), (30, 30), (25, 25)]:
    rates = [1e-7 * 1e8 ** (step / steps) for step in range(end)]
    losses = [2.3 - 1.2 / (1 + 2e-3 / rate) + 30 * rate**1.5 + random.gauss(0, 0.2) for rate in rates]
    average, smoothed = 0.0, []
    for number, loss in enumerate(losses):
        average = 0.98 * average + 0.02 * loss
        smoothed.append(average / (1 - 0.98 ** (number + 1)))
    part = slice(steps // 10, -5)
    suggestion = scope["valley"](rates[part], smoothed[part], steps)[0]
    cases.append({"steps": steps, "rates": rates, "losses": losses, "smoothed": smoothed, "suggestion": suggestion})
Path(__file__).with_name("valleys.json").write_text(json.dumps(cases))
