/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/pass.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/size.h"
#include "pass/sweep.h"

enum { LINE_DOUBLES = 8 };

/* The most that one pass notes a leaf: two numbers a column, and three beside them. */
static size_t sums_of(const gradus_matrix *X)
{
    return 2 * X->cols + 3;
}

static size_t whole_lines(size_t doubles)
{
    return (doubles + LINE_DOUBLES - 1) / LINE_DOUBLES * LINE_DOUBLES;
}

int gr_reader_threads(const gradus_matrix *X, int limit)
{
#ifdef _OPENMP
    const size_t machine = limit > 0 ? (size_t)limit : (size_t)omp_get_max_threads();
    return (int)gr_min(machine, gr_partition_of(X).leaves);
#else
    (void)X, (void)limit;
    return 1;
#endif
}

bool gr_block_places(const gradus_matrix *X, const gr_partition *cut, size_t *wide, size_t *scratch)
{
    *wide = *scratch = whole_lines(cut->block_rows);
    if (X->element == GRADUS_ELEMENT_DOUBLE) return true;
    size_t block;
    return gr_multiply(whole_lines(cut->block_rows) + GR_WIDE_GAP, whole_lines(X->cols) + GR_WIDE_GAP,
                       &block) &&
           gr_add(*wide, block, scratch);
}

/* Doubles of one thread, and of all threads and leaves. */
static bool measure(const gradus_matrix *X, const gr_partition *cut, int threads, size_t scratch, size_t sums,
                    size_t *of_thread, size_t *of_all)
{
    size_t wide, own, threads_own, leaves_own;
    if (!gr_block_places(X, cut, &wide, &own) || !gr_add(own, whole_lines(scratch), of_thread)) return false;
    return gr_multiply(*of_thread, (size_t)threads, &threads_own) &&
           gr_multiply(whole_lines(sums), cut->leaves, &leaves_own) &&
           gr_add(threads_own, leaves_own, of_all);
}

bool gr_reader_doubles(const gradus_matrix *X, int threads, size_t *doubles)
{
    const gr_partition cut = gr_partition_of(X);
    size_t of_thread;
    return measure(X, &cut, threads, 0, sums_of(X), &of_thread, doubles);
}

gr_reader gr_reader_open(const gradus_matrix *X, int threads, double *memory, const volatile int *cancel)
{
    const gr_reader reader = {.X = *X, .threads = threads, .cancel = cancel};
    const gr_partition cut = gr_partition_of(X);
    return gr_reader_recut(&reader, &cut, 0, sums_of(X), memory);
}

bool gr_recut_doubles(const gr_reader *reader, const gr_partition *cut, size_t scratch, size_t sums,
                      size_t *doubles)
{
    size_t of_thread;
    return measure(&reader->X, cut, reader->threads, scratch, sums, &of_thread, doubles);
}

gr_reader gr_reader_recut(const gr_reader *reader, const gr_partition *cut, size_t scratch, size_t sums,
                          double *memory)
{
    size_t doubles;
    gr_reader other = *reader;
    other.cut = *cut;
    (void)measure(&reader->X, cut, reader->threads, scratch, sums, &other.margin_stride, &doubles);
    other.sum_stride = whole_lines(sums);
    other.margins = memory;
    other.sums = memory ? memory + (size_t)reader->threads * other.margin_stride : NULL;
    return other;
}

double gr_reader_passes(const gr_reader *reader)
{
    return reader->elements / ((double)reader->X.rows * (double)reader->X.cols);
}

void gr_reader_take(gr_reader *reader, const gr_reader *other)
{
    reader->elements = other->elements;
    reader->cancelled = other->cancelled;
    reader->threads_seen = other->threads_seen;
}
