/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads of a parallel region that do not stand in each other's way.
 *
 * A thread that sleeps is often woken on the CPU of the one that wakes it, though others are idle: in a virtual machine the kernel
 * takes an idle CPU for one that the host has taken away (Linux, available_idle_cpu). OpenMP's threads spin where they wait, so that
 * each then has the CPU for a whole time slice, and the other nothing. Measured on two virtual CPUs, regions of 50 microseconds
 * after a pause of 30 ms: one in ten takes 6 to 8 ms, for many regions in a row; with these calls none does for that reason.
 * They cost about half a microsecond a region.
 */
#ifndef GR_BASE_APART_H
#define GR_BASE_APART_H

/* One region. */
typedef struct gr_apart {
    int cpu;  /* the caller's; -1 where the system does not tell */
    int done; /* threads that have reached the end */
} gr_apart;

/* Before the region. */
gr_apart gr_apart_begin(void);

/*
 * First in the region, by each of `threads` threads. The caller's thread, number 0, lets whoever waits for its CPU run once; any other
 * that finds itself on the caller's CPU moves to another one of those that it may run on. Which those are does not change. Does
 * nothing where there are fewer of them than threads.
 */
void gr_apart_spread(const gr_apart *region, int thread, int threads);

/* Last in the region, by each: the caller's thread offers its CPU to others while it waits for the rest. */
void gr_apart_join(gr_apart *region, int thread, int threads);

#endif
