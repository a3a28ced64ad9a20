/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct product_pass {
    const double *d;
    double intercept;
    const double *weights;
} product_pass;

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const product_pass *pass = (const product_pass *)context;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        gr_block_margins(leaf, &block, pass->d, pass->intercept);
        for (size_t i = 0; i < block.rows; i++) {
            const double z = leaf->margins[i];
            leaf->sums[0] += (pass->weights ? pass->weights[block.first + i] : 1.0) * z * z;
        }
    }
}

double gr_pass_product_norm(gr_reader *reader, const double *d, double intercept, const double *weights)
{
    product_pass pass = {d, intercept, weights};
    gr_sweep(reader, 1, sweep_leaf, &pass);
    return reader->sums[0];
}
