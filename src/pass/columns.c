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

/* Every leaf copies its own rows. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const columns_pass *pass = (const columns_pass *)context;
    const gradus_matrix *X = &leaf->reader->X;
    gr_block block = {0};
    while (gr_rows_next(leaf, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            for (size_t k = 0; k < pass->count; k++)
                pass->copy[i + k * X->rows] = gr_matrix_at(X, i, pass->columns[k]);
        }
        leaf->elements += (double)block.rows * (double)pass->count;
    }
}

void gr_pass_columns(gr_reader *reader, size_t count, const size_t *columns, double *copy)
{
    columns_pass pass = {.count = count, .columns = columns};
    pass.copy = copy;
    gr_sweep(reader, 0, sweep_leaf, &pass);
}
