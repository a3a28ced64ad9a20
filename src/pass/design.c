/* SPDX-License-Identifier: BSD-3-Clause */
/* The design matrix itself, for a factorisation that needs all of it at once. */
#include <math.h>

#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct design_pass {
    const double *weights;
    bool intercept;
    double *copy;
    size_t size; /* p */
} design_pass;

/* Every leaf writes its own rows. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const design_pass *pass = (const design_pass *)context;
    const size_t cols = leaf->reader->X.cols;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const size_t row = block.first + i;
            const double root = pass->weights ? sqrt(pass->weights[row]) : 1.0;
            const double *from = block.data + i * gr_block_down(&block);
            double *to = pass->copy + row * pass->size;
            for (size_t j = 0; j < cols; j++) to[j] = root * from[j * gr_block_across(&block)];
            if (pass->intercept) to[cols] = root;
        }
    }
}

void gr_pass_design(gr_reader *reader, const double *weights, bool intercept, double *copy)
{
    design_pass pass = {.weights = weights, .intercept = intercept};
    pass.size = reader->X.cols + (intercept ? 1 : 0);
    pass.copy = copy;
    gr_sweep(reader, 0, sweep_leaf, &pass);
}
