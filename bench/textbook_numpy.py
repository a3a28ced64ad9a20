# SPDX-License-Identifier: BSD-3-Clause
"""The textbook's loop in NumPy: prints the median seconds of the repetitions, and theta with 17 digits."""
import statistics
import sys
import time

try:
    import numpy as np
except ImportError:
    sys.exit(1)

steps, repetitions = int(sys.argv[1]), int(sys.argv[2])
X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 4.0]])
y = np.array([2.0, 4.0, 5.0, 4.0])


def descend():
    XT, m, alpha = X.T, len(y), 0.01
    theta = np.zeros(2)
    for _ in range(steps):
        theta = theta - alpha * (XT @ (X @ theta - y) / m)
    return theta


seconds = []
for _ in range(repetitions):
    start = time.perf_counter()
    theta = descend()
    seconds.append(time.perf_counter() - start)
print(f"{statistics.median(seconds):.9g} {theta[0]:.17g} {theta[1]:.17g}")
