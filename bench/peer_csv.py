# SPDX-License-Identifier: BSD-3-Clause
"""Python's readers of CSV. usage: peer_csv.py READER FILE; prints ROWS COLS PARITY SECONDS BYTES, or absent WORDS.

Seconds are processor time; bytes, by how much the most memory of the process rose; parity, all doubles' bits by exclusive or.
"""
import resource
import sys

reader, path = sys.argv[1:]


def usage():
    now = resource.getrusage(resource.RUSAGE_SELF)
    return now.ru_utime + now.ru_stime, 1024 * now.ru_maxrss


try:
    import numpy as np

    if reader.startswith("pandas"):
        import pandas
except ImportError as error:
    print("absent", error)
    sys.exit()

seconds, memory = usage()
if reader == "loadtxt":
    table = np.loadtxt(path, delimiter=",", skiprows=1)
elif reader == "genfromtxt":
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
else:
    precision = "round_trip" if reader == "pandas-round-trip" else None
    table = pandas.read_csv(path, float_precision=precision).to_numpy()
now = usage()
parity = np.bitwise_xor.reduce(np.ascontiguousarray(table).reshape(-1).view(np.uint64))
print(*table.shape, parity, now[0] - seconds, now[1] - memory)
