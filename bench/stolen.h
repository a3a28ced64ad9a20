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

/* From then to now. */
bench_ticks bench_ticks_since(const bench_ticks *then);

/* Of the time wanted, the share that was taken; 0 where the system does not tell, and of no time at all. */
double bench_stolen_share(const bench_ticks *ticks);

#endif
