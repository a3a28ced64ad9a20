/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/sweep.h"

#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/size.h"
#include "pass/matrix.h"

static gr_leaf take_leaf(const gr_reader *reader, size_t index, int thread)
{
    const size_t first = index * reader->cut.leaf_rows;
    return (gr_leaf){.reader = reader,
                     .first = first,
                     .rows = gr_min(reader->cut.leaf_rows, reader->X.rows - first),
                     .margins = reader->margins + (size_t)thread * reader->margin_stride,
                     .sums = reader->sums + index * reader->sum_stride};
}

/* One leaf, and what it says of itself: elements read, and whether it was cut short. */
static void run_leaf(gr_reader *reader, size_t index, int thread, size_t count, gr_leaf_work work,
                     void *context)
{
    gr_leaf leaf = take_leaf(reader, index, thread);
    memset(leaf.sums, 0, count * sizeof *leaf.sums);
    work(context, &leaf);
#pragma omp atomic
    reader->elements += leaf.elements; /* whole numbers: exact in any order */
    if (!leaf.cancelled) return;
#pragma omp atomic write
    reader->cancelled = true;
}

/* Adds the leaves' sums pairwise at distances 1, 2, 4, ...: the same tree for any number of threads. */
static void add_leaves(gr_reader *reader, size_t count)
{
    for (size_t distance = 1; distance < reader->cut.leaves; distance *= 2) {
        for (size_t leaf = 0; leaf + distance < reader->cut.leaves; leaf += 2 * distance) {
            double *into = reader->sums + leaf * reader->sum_stride;
            const double *from = into + distance * reader->sum_stride;
            for (size_t j = 0; j < count; j++) into[j] += from[j];
        }
    }
}

#ifdef _OPENMP
static void run_parallel(gr_reader *reader, size_t count, gr_leaf_work work, void *context)
{
    int seen = 0;
#pragma omp parallel num_threads(reader->threads) reduction(+ : seen)
    {
        bool took_part = false;
#pragma omp for schedule(dynamic) nowait
        for (size_t index = 0; index < reader->cut.leaves; index++) {
            run_leaf(reader, index, omp_get_thread_num(), count, work, context);
            took_part = true;
        }
        seen += took_part ? 1 : 0;
    }
    reader->threads_seen = seen;
}
#endif

void gr_sweep(gr_reader *reader, size_t count, gr_leaf_work work, void *context)
{
#ifdef _OPENMP
    if (reader->threads > 1) {
        run_parallel(reader, count, work, context);
        add_leaves(reader, count);
        return;
    }
#endif
    for (size_t index = 0; index < reader->cut.leaves; index++)
        run_leaf(reader, index, 0, count, work, context);
    reader->threads_seen = 1;
    add_leaves(reader, count);
}

bool gr_block_next(gr_leaf *leaf, gr_block *block)
{
    const gr_reader *reader = leaf->reader;
    const size_t first = block->rows == 0 ? leaf->first : block->first + block->rows;
    if (first >= leaf->first + leaf->rows) return false;
    if (reader->cancel && __atomic_load_n(reader->cancel, __ATOMIC_RELAXED)) {
        leaf->cancelled = true;
        return false;
    }
    block->first = first;
    block->rows = gr_min(reader->cut.block_rows, leaf->first + leaf->rows - first);
    block->data = gr_matrix_row(&reader->X, first);
    leaf->elements += (double)block->rows * (double)reader->X.cols;
    return true;
}
