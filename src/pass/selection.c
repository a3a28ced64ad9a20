/* SPDX-License-Identifier: BSD-3-Clause */
/* A reader of some rows of X at a time. */
#include "pass/matrix.h"
#include "pass/sweep.h"

/* Of so many rows, copied together */
static gr_partition cut_of(const gradus_matrix *X, size_t rows)
{
    const gradus_matrix copy = gradus_row_major(rows, X->cols, NULL, X->cols);
    gr_partition cut = gr_partition_of(&copy);
    cut.ahead = false; /* the next rows are not the next in memory */
    return cut;
}

/* What has room for any of them */
static gr_reader any(const gradus_matrix *X, int threads, size_t rows, const volatile int *cancel)
{
    const gradus_matrix copy = gradus_row_major(rows, X->cols, NULL, X->cols);
    return (gr_reader){
        .X = *X, .threads = gr_reader_threads(&copy, threads), .gathers = true, .cancel = cancel};
}

static size_t sums_of(const gradus_matrix *X)
{
    return X->cols + GR_EVALUATION_SUMS + 1;
}

bool gr_selection_doubles(const gradus_matrix *X, int threads, size_t rows, size_t *doubles)
{
    const gr_reader reader = any(X, threads, rows, NULL);
    const gr_partition cut = cut_of(X, rows);
    return gr_recut_doubles(&reader, &cut, 0, sums_of(X), doubles);
}

gr_reader gr_selection_open(const gradus_matrix *X, int threads, size_t rows, double *memory,
                            const volatile int *cancel)
{
    const gr_reader reader = any(X, threads, rows, cancel);
    const gr_partition cut = cut_of(X, rows);
    return gr_reader_recut(&reader, &cut, 0, sums_of(X), memory);
}

void gr_selection_aim(gr_reader *reader, const gradus_matrix *X, size_t first, size_t count,
                      const size_t *chosen)
{
    const bool in_place = X->layout == GRADUS_LAYOUT_ROW_MAJOR && X->element == GRADUS_ELEMENT_DOUBLE;
    reader->X.data = chosen ? X->data : gr_matrix_address(X, first, 0);
    reader->X.rows = count;
    reader->chosen = chosen;
    reader->gathers = chosen || !in_place;
    reader->cut.leaves = (count - 1) / reader->cut.leaf_rows + 1;
}
