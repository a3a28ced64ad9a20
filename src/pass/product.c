/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "pass/ahead.h"
#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct product_pass {
    const gr_product *products;
    size_t count;
} product_pass;

static void multiply_leaf(void *context, gr_leaf *leaf)
{
    const product_pass *pass = (const product_pass *)context;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        gr_ahead ahead = gr_ahead_of(leaf, &block, pass->count);
        for (size_t k = 0; k < pass->count; k++) {
            const gr_product *product = &pass->products[k];
            gr_block_product(leaf, &block, product->d, product->intercept, product->margins + block.first,
                             &ahead);
        }
    }
}

void gr_pass_product(gr_reader *reader, const gr_product *products, size_t count)
{
    product_pass pass = {products, count};
    gr_sweep(reader, 0, multiply_leaf, &pass);
}

typedef struct norm_pass {
    const double *d;
    double intercept;
    const double *weights;
} norm_pass;

static void norm_of_leaf(void *context, gr_leaf *leaf)
{
    const norm_pass *pass = (const norm_pass *)context;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        gr_ahead ahead = gr_ahead_of(leaf, &block, 1);
        gr_block_product(leaf, &block, pass->d, pass->intercept, leaf->margins, &ahead);
        for (size_t i = 0; i < block.rows; i++) {
            const double z = leaf->margins[i];
            leaf->sums[0] += (pass->weights ? pass->weights[block.first + i] : 1.0) * z * z;
        }
    }
}

double gr_pass_product_norm(gr_reader *reader, const double *d, double intercept, const double *weights)
{
    norm_pass pass = {d, intercept, weights};
    gr_sweep(reader, 1, norm_of_leaf, &pass);
    return reader->sums[0];
}
