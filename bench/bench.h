/* SPDX-License-Identifier: BSD-3-Clause */
/* One problem, one file; each verifies the answers before it prints a time. Returns 0 when every answer was right. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

/* 1000 fixed steps on the textbook's 4 x 2 example, against the same loop in NumPy. */
int bench_textbook(const char *python);

#endif
