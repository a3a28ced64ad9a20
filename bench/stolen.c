/* SPDX-License-Identifier: BSD-3-Clause */
#include "stolen.h"

#include <stdio.h>

/* Fields of the first line of /proc/stat: proc(5) */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, FIELDS };

bench_ticks bench_ticks_now(void)
{
    double field[FIELDS] = {0};
    FILE *file = fopen("/proc/stat", "r");
    if (!file) return (bench_ticks){0.0, 0.0};
    const int read = fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &field[USER], &field[NICE],
                            &field[SYSTEM], &field[IDLE], &field[IOWAIT], &field[IRQ], &field[SOFTIRQ],
                            &field[STEAL]);
    fclose(file);
    if (read != FIELDS) return (bench_ticks){0.0, 0.0};
    const double spent = field[USER] + field[NICE] + field[SYSTEM] + field[IRQ] + field[SOFTIRQ];
    return (bench_ticks){.stolen = field[STEAL], .busy = spent + field[STEAL]};
}

double bench_stolen_since(const bench_ticks *then)
{
    const bench_ticks now = bench_ticks_now();
    return now.busy > then->busy ? (now.stolen - then->stolen) / (now.busy - then->busy) : 0.0;
}
