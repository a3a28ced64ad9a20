#!/usr/bin/env python3
"""keep.py CONTROL MOST FOLDER: copies to FOLDER at most MOST of the inputs that a merge by set cover (libFuzzer, -set_cover_merge=1)
has measured, each time the one that reaches most of what the others have not, and of several the smallest."""

import os
import shutil
import sys


def measured(control):
    """The features that each input reaches, by the file's name."""
    with open(control, encoding="ascii") as lines:
        count = int(next(lines))
        next(lines)
        names = [next(lines).rstrip("\n") for _ in range(count)]
        reached = {}
        for line in lines:
            word, *numbers = line.split()
            if word == "FT":
                reached[names[int(numbers[0])]] = set(numbers[1:])
    return reached


def chosen(reached, most):
    """The greedy set cover."""
    left = dict(reached)
    seen = set()
    while left and most > 0:
        best = max(left, key=lambda name: (len(left[name] - seen), -os.path.getsize(name)))
        if not left[best] - seen:
            return
        seen |= left.pop(best)
        most -= 1
        yield best


def main():
    control, most, folder = sys.argv[1:]
    for name in chosen(measured(control), int(most)):
        shutil.copy(name, os.path.join(folder, os.path.basename(name)))


main()
