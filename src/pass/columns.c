/* SPDX-License-Identifier: BSD-3-Clause */
/* Some columns of X, copied together: what a working set of columns reads again and again. */
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct columns_pass {
    size_t count;
    const size_t *columns;
    double *copy;
} columns_pass;

/* Of one row; its elements lie so far apart in X, and those of the copy by X's rows. */
static void copy_row(const columns_pass *pass, const gradus_matrix *X, size_t row)
{
    const size_t across = gr_matrix_offset(X, 0, 1);
    const void *from = gr_matrix_address(X, row, 0);
    double *to = pass->copy + row;
    if (X->element == GRADUS_ELEMENT_DOUBLE) {
        for (size_t k = 0; k < pass->count; k++)
            to[k * X->rows] = ((const double *)from)[pass->columns[k] * across];
    } else {
        for (size_t k = 0; k < pass->count; k++)
            to[k * X->rows] = (double)((const float *)from)[pass->columns[k] * across];
    }
}

/* Every leaf copies its own rows. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const columns_pass *pass = (const columns_pass *)context;
    const gradus_matrix *X = &leaf->reader->X;
    gr_block block = {0};
    while (gr_rows_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) copy_row(pass, X, block.first + i);
        leaf->elements += (double)block.rows * (double)pass->count;
    }
}

void gr_pass_columns(gr_reader *reader, size_t count, const size_t *columns, double *copy)
{
    columns_pass pass = {.count = count, .columns = columns};
    pass.copy = copy;
    gr_sweep(reader, 0, sweep_leaf, &pass);
}
