/* SPDX-License-Identifier: BSD-3-Clause */
#include "stolen.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields of the first line of /proc/stat: proc(5) */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, FIELDS };

/* That line's numbers; false where there are too few. */
static bool read_fields(double *field)
{
    char line[256];
    FILE *file = fopen("/proc/stat", "r");
    const bool read = file && fgets(line, sizeof line, file);
    if (file) fclose(file);
    char *at = read ? strpbrk(line, " ") : NULL;
    for (int i = 0; at && i < FIELDS; i++) {
        char *end;
        field[i] = strtod(at, &end);
        at = end > at ? end : NULL;
    }
    return at != NULL;
}

bench_ticks bench_ticks_now(void)
{
    double field[FIELDS] = {0};
    if (!read_fields(field)) return (bench_ticks){0.0, 0.0};
    const double spent = field[USER] + field[NICE] + field[SYSTEM] + field[IRQ] + field[SOFTIRQ];
    return (bench_ticks){.stolen = field[STEAL], .busy = spent + field[STEAL]};
}

bench_ticks bench_ticks_since(const bench_ticks *then)
{
    const bench_ticks now = bench_ticks_now();
    return (bench_ticks){.stolen = now.stolen - then->stolen, .busy = now.busy - then->busy};
}

double bench_stolen_share(const bench_ticks *ticks)
{
    return ticks->busy > 0.0 ? ticks->stolen / ticks->busy : 0.0;
}
