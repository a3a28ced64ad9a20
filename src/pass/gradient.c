/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "pass/ahead.h"
#include "pass/pass.h"
#include "pass/sweep.h"

void gr_sums_note(const gr_sums *sums, double *places)
{
    places[0] = sums->loss;
    places[1] = sums->residual;
    places[2] = sums->separation;
}

/* A leaf's sums are the gradient's cols entries and what the evaluation noted. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gr_evaluation *at = (const gr_evaluation *)context;
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        gr_ahead ahead = gr_ahead_of(leaf, &block, at->gradient ? 2 : 1);
        gr_block_product(leaf, &block, at->theta, at->intercept, leaf->margins, &ahead);
        if (at->margins) memcpy(at->margins + block.first, leaf->margins, block.rows * sizeof *at->margins);
        gr_block_residuals(leaf, &block, at, &sums);
        if (at->gradient) gr_block_add_transposed(leaf, &block, leaf->margins, leaf->sums, &ahead);
    }
    gr_sums_note(&sums, leaf->sums + leaf->reader->X.cols);
}

void gr_pass_gradient(gr_reader *reader, const gr_evaluation *at)
{
    const size_t cols = reader->X.cols;
    gr_evaluation copy = *at;
    gr_sweep(reader, cols + GR_EVALUATION_SUMS, sweep_leaf, &copy);
    *at->sums = (gr_sums){reader->sums[cols], reader->sums[cols + 1],
                          gr_sweep_least(reader, cols + GR_EVALUATION_SUMS)};
    if (at->gradient) gr_scaled(cols, at->share, reader->sums, at->gradient);
}
