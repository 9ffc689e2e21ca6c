#!/usr/bin/env python3
"""Compares signed-rank tests that Kilim has made with SciPy's.

    python check_wilcoxon.py cases.json

Needs: scipy.
"""
import json, sys
from scipy import stats

for number, case in enumerate(json.load(open(sys.argv[1]))):
    method = "exact" if case["isExact"] else "asymptotic"
    try:
        result = stats.wilcoxon(case["first"], case["second"], method=method)
    except ValueError:
        # The name of the method before SciPy 1.13.
        result = stats.wilcoxon(case["first"], case["second"], method="approx")
    for name, found, expected in [
        ("statistic", case["statistic"], result.statistic), ("p-value", case["pValue"], result.pvalue),
    ]:
        # Sums of up to 200 ranks, and of the binomial coefficients of 50.
        if abs(found - expected) > 1e-11 * max(1, abs(expected)):
            sys.exit(f"case {number}: the {name} is {found}, SciPy says {expected}")
print("all agree")
