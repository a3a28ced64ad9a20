/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "pass/pass.h"
#include "pass/sweep.h"

/*
 * What every leaf needs to know. A leaf's sums are the gradient's cols entries, its loss and its residual sum; beyond what is
 * added up stands its separation.
 */
typedef struct gradient_pass {
    const double *theta;
    double intercept;
    gr_pointwise pointwise;
    const void *context;
    bool wants_gradient;
} gradient_pass;

static double least_separation(const gr_reader *reader)
{
    double least = (double)INFINITY;
    for (size_t leaf = 0; leaf < reader->cut.leaves; leaf++) {
        const double separation = reader->sums[leaf * reader->sum_stride + reader->X.cols + 2];
        if (!(separation >= least)) least = separation;
    }
    return least;
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gradient_pass *pass = (const gradient_pass *)context;
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
    leaf->sums[cols + 2] = sums.separation;
}

void gr_pass_gradient(gr_reader *reader, const double *theta, double intercept, gr_pointwise pointwise,
                      const void *context, gr_sums *sums, double *gradient)
{
    const size_t cols = reader->X.cols;
    gradient_pass pass = {theta, intercept, pointwise, context, gradient != NULL};
    gr_sweep(reader, cols + 2, sweep_leaf, &pass);
    *sums = (gr_sums){reader->sums[cols], reader->sums[cols + 1], least_separation(reader)};
    if (gradient) memcpy(gradient, reader->sums, cols * sizeof *gradient);
}
