/* SPDX-License-Identifier: BSD-3-Clause */
#ifdef __linux__
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): what glibc asks for before it names CPUs */
#endif
#include "base/apart.h"

#include <sched.h>

enum { MOST_LOOKS = 4096 }; /* before a waiting thread offers its CPU to others, about 10 microseconds */

#ifdef __linux__

gr_apart gr_apart_begin(void)
{
    return (gr_apart){.cpu = sched_getcpu(), .done = 0};
}

static void leave(int cpu, int threads)
{
    cpu_set_t allowed, others;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < threads) return;
    others = allowed;
    CPU_CLR((size_t)cpu, &others);
    if (CPU_COUNT(&others) == 0 || sched_setaffinity(0, sizeof others, &others) != 0) return;
    sched_setaffinity(0, sizeof allowed, &allowed);
}

void gr_apart_spread(const gr_apart *region, int thread, int threads)
{
    if (thread == 0)
        sched_yield();
    else if (region->cpu >= 0 && sched_getcpu() == region->cpu)
        leave(region->cpu, threads);
}

#else

gr_apart gr_apart_begin(void)
{
    return (gr_apart){.cpu = -1, .done = 0};
}

void gr_apart_spread(const gr_apart *region, int thread, int threads)
{
    (void)region;
    (void)thread;
    (void)threads;
}

#endif

void gr_apart_join(gr_apart *region, int thread, int threads)
{
    __atomic_fetch_add(&region->done, 1, __ATOMIC_RELEASE);
    if (thread != 0) return;
    for (unsigned looks = 0; __atomic_load_n(&region->done, __ATOMIC_ACQUIRE) < threads; looks++)
        if (looks >= MOST_LOOKS) sched_yield();
}
