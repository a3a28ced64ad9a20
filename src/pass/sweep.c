/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/sweep.h"

#include <math.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/apart.h"
#include "base/size.h"
#include "pass/matrix.h"

/* A sweep under way. */
typedef struct sweep {
    gr_reader *reader;
    size_t count;
    gr_leaf_work work;
    void *context;
} sweep;

static gr_leaf take_leaf(const sweep *s, size_t index, int thread)
{
    const gr_reader *reader = s->reader;
    const size_t first = index * reader->cut.leaf_rows;
    double *own = reader->margins + (size_t)thread * reader->margin_stride;
    return (gr_leaf){.reader = reader,
                     .first = first,
                     .rows = gr_min(reader->cut.leaf_rows, reader->X.rows - first),
                     .margins = own,
                     .wide = own + reader->wide,
                     .scratch = own + reader->scratch,
                     .sums = reader->sums + index * reader->sum_stride};
}

/* What leaves say of themselves. */
typedef struct account {
    double elements; /* read: whole numbers, exact in any order */
    bool cancelled;  /* was one cut short? */
} account;

static void run_leaf(const sweep *s, size_t index, int thread, account *seen)
{
    gr_leaf leaf = take_leaf(s, index, thread);
    memset(leaf.sums, 0, s->count * sizeof *leaf.sums);
    s->work(s->context, &leaf);
    seen->elements += leaf.elements;
    seen->cancelled |= leaf.cancelled;
}

static void add_plain(size_t count, double *into, const double *from)
{
    for (size_t j = 0; j < count; j++) into[j] += from[j];
}

/* Adds the leaves' sums pairwise at distances 1, 2, 4, ...: the same tree for any number of threads. */
static void add_leaves(const sweep *s, gr_leaf_add add)
{
    const gr_reader *reader = s->reader;
    for (size_t distance = 1; distance < reader->cut.leaves; distance *= 2) {
        for (size_t leaf = 0; leaf + distance < reader->cut.leaves; leaf += 2 * distance) {
            double *into = reader->sums + leaf * reader->sum_stride;
            add(s->count, into, into + distance * reader->sum_stride);
        }
    }
}

static void settle(gr_reader *reader, const account *seen, int threads)
{
    reader->elements += seen->elements;
    reader->cancelled |= seen->cancelled;
    reader->threads_seen += threads;
}

static void run_alone(const sweep *s)
{
    account seen = {0.0, false};
    for (size_t index = 0; index < s->reader->cut.leaves; index++) run_leaf(s, index, 0, &seen);
    settle(s->reader, &seen, 1);
}

#ifdef _OPENMP

/*
 * A thread's leaves: neighbours, the same ones in every pass, so that its CPU's cache may still hold them and what is asked for ahead
 * is what it takes next. Who has done with his own takes from the others'.
 */
typedef struct share {
    size_t next, end;
} share;

static share *share_of(const gr_reader *reader, size_t thread)
{
    return (share *)(void *)(reader->shares + thread * GR_LINES_DOUBLES);
}

static void share_out(const gr_reader *reader)
{
    const size_t leaves = reader->cut.leaves, threads = (size_t)reader->threads;
    for (size_t k = 0; k < threads; k++) {
        share *own = share_of(reader, k);
        own->next = leaves * k / threads;
        own->end = leaves * (k + 1) / threads;
    }
}

/* The thread's next leaf; false when all are taken. */
static bool take_index(const gr_reader *reader, size_t thread, size_t *index)
{
    const size_t threads = (size_t)reader->threads;
    for (size_t k = 0; k < threads; k++) {
        share *from = share_of(reader, (thread + k) % threads);
        *index = __atomic_fetch_add(&from->next, 1, __ATOMIC_RELAXED);
        if (*index < from->end) return true;
    }
    return false;
}

static void run_parallel(const sweep *s)
{
    /* no `critical` section: GCC would export its name */
    double elements = 0.0;
    int cut_short = 0, threads = 0;
    gr_apart region = gr_apart_begin();
    share_out(s->reader);
#pragma omp parallel num_threads(s->reader->threads) reduction(+ : elements, cut_short, threads)
    {
        account seen = {0.0, false};
        const int thread = omp_get_thread_num();
        size_t index;
        gr_apart_spread(&region, thread, omp_get_num_threads());
        while (take_index(s->reader, (size_t)thread, &index)) {
            run_leaf(s, index, thread, &seen);
            threads = 1;
        }
        elements += seen.elements;
        cut_short += seen.cancelled ? 1 : 0;
        gr_apart_join(&region, thread, omp_get_num_threads());
    }
    settle(s->reader, &(account){elements, cut_short > 0}, threads);
}
#endif

void gr_sweep_adding(gr_reader *reader, size_t count, gr_leaf_work work, gr_leaf_add add, void *context)
{
    const sweep s = {.reader = reader, .count = count, .work = work, .context = context};
    reader->threads_seen = 0;
#ifdef _OPENMP
    if (reader->threads > 1)
        run_parallel(&s);
    else
#endif
        run_alone(&s);
    add_leaves(&s, add);
}

void gr_sweep(gr_reader *reader, size_t count, gr_leaf_work work, void *context)
{
    gr_sweep_adding(reader, count, work, add_plain, context);
}

double gr_sweep_least(const gr_reader *reader, size_t place)
{
    double least = (double)INFINITY;
    for (size_t leaf = 0; leaf < reader->cut.leaves; leaf++) {
        const double noted = reader->sums[leaf * reader->sum_stride + place];
        if (!(noted >= least)) least = noted;
    }
    return least;
}
