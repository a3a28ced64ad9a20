/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/pass.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/size.h"

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

bool gr_reader_doubles(const gradus_matrix *X, int threads, size_t *doubles)
{
    const gr_partition cut = gr_partition_of(X);
    size_t margins, sums;
    return gr_multiply((size_t)threads, whole_lines(cut.block_rows), &margins) &&
           gr_multiply(cut.leaves, whole_lines(sums_of(X)), &sums) && gr_add(margins, sums, doubles);
}

gr_reader gr_reader_open(const gradus_matrix *X, int threads, double *memory, const volatile int *cancel)
{
    const gr_partition cut = gr_partition_of(X);
    const size_t margin_stride = whole_lines(cut.block_rows);
    return (gr_reader){.X = *X,
                       .cut = cut,
                       .threads = threads,
                       .margins = memory,
                       .sums = memory + (size_t)threads * margin_stride,
                       .margin_stride = margin_stride,
                       .sum_stride = whole_lines(sums_of(X)),
                       .cancel = cancel};
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
