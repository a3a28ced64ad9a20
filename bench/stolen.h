/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host of a virtual machine took of its processors' time: where that is more than a little, times mean less. */
#ifndef BENCH_STOLEN_H
#define BENCH_STOLEN_H

/* Clock ticks of all processors since the machine began; all 0 where the system does not tell. */
typedef struct bench_ticks {
    double stolen; /* wanted here and spent elsewhere */
    double busy;   /* spent here, and those */
} bench_ticks;

bench_ticks bench_ticks_now(void);

/* Of the time wanted since then, the share that was taken; 0 where the system does not tell. */
double bench_stolen_since(const bench_ticks *then);

#endif
