#!/usr/bin/env python3
"""Writes covers.csv: covering problems with whole shifts, and the least cost of each by HiGHS (highspy 1.16), proven optimal.

    pip install highspy && python3 tests/staff/covers.py tests/staff/covers.csv

A line is a problem: its number; days; half-hours of a day; the length of a shift; for how many half-hours breaks may be put off; days worked of the
week (1: each day by itself); the requirements of all half-hours; the least number of people.
"""
import sys

import highspy

state = 20261129


def draw(most):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % most


def shifts(days, width, length, late, worked):
    """The half-hours of each shift: every start, break and run of days."""
    runs = [[d] for d in range(days)] if worked == 1 else [[(d + k) % days for k in range(worked)] for d in range(days)]
    for begin in range(width - length + 1):
        for pause in range(late + 1):
            here = [h for h in range(begin, begin + length) if h != begin + length // 2 - late + pause]
            for run in runs:
                yield [d * width + h for d in run for h in here]


lines = []
for number in range(12):
    worked = [1, 1, 1, 5, 3, 5][number % 6]
    days = [1, 1, 2, 7, 5, 7][number % 6]
    width, length, late = 12 + draw(9), 6 + draw(4), draw(4)
    peak = 3 + draw(40)
    required = [draw(peak) + (peak if 4 < h < width - 5 else 0) for _ in range(days) for h in range(width)]
    covers = list(shifts(days, width, length, late, worked))
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("mip_rel_gap", 0.0)
    people = [solver.addIntegral(lb=0) for _ in covers]
    for cell, least in enumerate(required):
        solver.addConstr(sum(people[i] for i, c in enumerate(covers) if cell in c) >= least)
    solver.minimize(sum(people))
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    optimum = round(solver.getObjectiveValue())
    lines.append(f"{number},{days},{width},{length},{late},{worked},{' '.join(map(str, required))},{optimum}\n")

with open(sys.argv[1], "w") as file:
    file.writelines(lines)
