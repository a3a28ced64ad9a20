/* SPDX-License-Identifier: BSD-3-Clause */
#ifdef __linux__
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): what glibc asks for before it names CPUs */
#endif
#include "base/apart.h"

#ifdef __linux__
#include <sched.h>

int gr_apart_begin(void)
{
    return sched_getcpu();
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

void gr_apart(int callers_cpu, int thread, int threads)
{
    if (thread == 0)
        sched_yield();
    else if (callers_cpu >= 0 && sched_getcpu() == callers_cpu)
        leave(callers_cpu, threads);
}

#else

int gr_apart_begin(void)
{
    return -1;
}

void gr_apart(int callers_cpu, int thread, int threads)
{
    (void)callers_cpu;
    (void)thread;
    (void)threads;
}

#endif
