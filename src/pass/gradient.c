/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "pass/pass.h"
#include "pass/sweep.h"

/* What every leaf needs to know. A leaf's sums are the gradient's cols entries, then its loss and residual sum. */
typedef struct gradient_pass {
    const double *theta;
    double intercept;
    gr_pointwise pointwise;
    const void *context;
    bool wants_gradient;
    double separation; /* the smallest over all leaves: the same in any order */
} gradient_pass;

static void lower_separation(gradient_pass *pass, double separation)
{
#pragma omp critical(gr_separation)
    if (!(separation >= pass->separation)) pass->separation = separation;
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    gradient_pass *pass = (gradient_pass *)context;
    const size_t cols = leaf->reader->X.cols;
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        gr_block_margins(leaf, &block, pass->theta, pass->intercept);
        pass->pointwise(pass->context, block.first, block.rows, leaf->margins, &sums);
        if (!pass->wants_gradient) continue;
        gr_block_prefetch_next(leaf, &block);
        for (size_t i = 0; i < block.rows; i++) sums.residual += leaf->margins[i];
        gr_block_add_transposed(leaf, &block, leaf->sums);
    }
    leaf->sums[cols] = sums.loss;
    leaf->sums[cols + 1] = sums.residual;
    lower_separation(pass, sums.separation);
}

void gr_pass_gradient(gr_reader *reader, const double *theta, double intercept, gr_pointwise pointwise,
                      const void *context, gr_sums *sums, double *gradient)
{
    const size_t cols = reader->X.cols;
    gradient_pass pass = {theta, intercept, pointwise, context, gradient != NULL, (double)INFINITY};
    gr_sweep(reader, cols + 2, sweep_leaf, &pass);
    *sums = (gr_sums){reader->sums[cols], reader->sums[cols + 1], pass.separation};
    if (gradient) memcpy(gradient, reader->sums, cols * sizeof *gradient);
}
