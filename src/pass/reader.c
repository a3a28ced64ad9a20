/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/pass.h"

#include <stdint.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/cancel.h"
#include "base/size.h"
#include "pass/sweep.h"

/* The most that one pass notes a leaf: two numbers a column, and three beside them. */
static size_t sums_of(const gradus_matrix *X)
{
    return 2 * X->cols + 3;
}

static size_t whole_lines(size_t doubles)
{
    return (doubles + GR_LINES_DOUBLES - 1) / GR_LINES_DOUBLES * GR_LINES_DOUBLES;
}

static double *aligned(double *memory)
{
    const size_t behind = (uintptr_t)memory / sizeof(double) % GR_LINES_DOUBLES;
    return behind == 0 ? memory : memory + (GR_LINES_DOUBLES - behind);
}

/*
 * Elements of X for which a second thread is worth its start of two microseconds: twice as many take one thread 32 to 41
 * microseconds and two 28 to 35.
 */
enum { THREAD_ELEMENTS = 49152 };

static int threads_for(const gradus_matrix *X, size_t outputs, size_t leaves, int limit)
{
#ifdef _OPENMP
    const size_t machine = limit > 0 ? (size_t)limit : (size_t)omp_get_max_threads();
    size_t elements;
    const bool fits = gr_multiply(X->rows, X->cols, &elements) && gr_multiply(elements, outputs, &elements);
    const size_t worth = fits ? gr_max(1, elements / THREAD_ELEMENTS) : machine;
    return (int)gr_min(gr_min(machine, worth), leaves);
#else
    (void)X, (void)outputs, (void)leaves, (void)limit;
    return 1;
#endif
}

int gr_reader_threads(const gradus_matrix *X, int limit)
{
    return threads_for(X, 1, gr_partition_of(X).leaves, limit);
}

int gr_outputs_threads(const gradus_matrix *X, size_t outputs, int limit)
{
    return threads_for(X, outputs, gr_partition_of_outputs(X, outputs).leaves, limit);
}

/* Doubles for a block of X that is copied, or of float X that is needed in double. */
static bool wide_doubles(const gr_reader *reader, size_t *doubles)
{
    const gradus_matrix *X = &reader->X;
    const gr_partition *cut = &reader->cut;
    *doubles = 0;
    if (reader->gathers) return gr_multiply(cut->block_rows, X->cols, doubles);
    if (X->element == GRADUS_ELEMENT_DOUBLE) return true;
    return gr_multiply(cut->whole_rows + GR_WIDE_GAP, X->cols + GR_WIDE_GAP, doubles);
}

/* Where everything of one thread is, and how many doubles all threads and leaves take. */
static bool measure(gr_reader *reader, size_t scratch, size_t sums, size_t *doubles)
{
    size_t wide, of_thread, of_threads, of_leaves;
    reader->wide = whole_lines(reader->cut.block_rows);
    reader->sum_stride = whole_lines(sums);
    return wide_doubles(reader, &wide) && gr_add(reader->wide, whole_lines(wide), &reader->scratch) &&
           gr_add(reader->scratch, whole_lines(scratch), &reader->margin_stride) &&
           gr_add(reader->margin_stride, GR_LINES_DOUBLES, &of_thread) &&
           gr_multiply(of_thread, (size_t)reader->threads, &of_threads) &&
           gr_multiply(reader->sum_stride, reader->cut.leaves, &of_leaves) &&
           gr_add(of_threads, of_leaves, doubles) && gr_add(*doubles, GR_LINES_DOUBLES, doubles);
}

bool gr_reader_doubles(const gradus_matrix *X, int threads, size_t *doubles)
{
    gr_reader reader = {.X = *X, .cut = gr_partition_of(X), .threads = threads};
    return measure(&reader, 0, sums_of(X), doubles);
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
    gr_reader other = *reader;
    other.cut = *cut;
    return measure(&other, scratch, sums, doubles);
}

gr_reader gr_reader_recut(const gr_reader *reader, const gr_partition *cut, size_t scratch, size_t sums,
                          double *memory)
{
    size_t doubles;
    gr_reader other = *reader;
    other.cut = *cut;
    (void)measure(&other, scratch, sums, &doubles);
    other.memory = memory;
    if (!memory) return other;
    other.margins = aligned(memory);
    other.shares = other.margins + (size_t)reader->threads * other.margin_stride;
    other.sums = other.shares + (size_t)reader->threads * GR_LINES_DOUBLES;
    return other;
}

void gr_reader_heed(gr_reader *reader)
{
    if (gr_is_cancelled(reader->cancel)) reader->cancelled = true;
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
