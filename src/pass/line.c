/* SPDX-License-Identifier: BSD-3-Clause */
/* Along a line the margins are z + alpha q: the same sums as a gradient pass's, without X. */
#include <math.h>

#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct line_pass {
    const gr_line *line;
    double alpha;
} line_pass;

/* A leaf's sums are its slope and what the evaluation noted. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const line_pass *pass = (const line_pass *)context;
    const gr_line *line = pass->line;
    const gr_evaluation at = {.pointwise = line->pointwise, .context = line->context};
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    gr_block block = {0};
    while (gr_rows_next(leaf, &block)) {
        const double *z = line->z + block.first, *q = line->q + block.first;
        for (size_t i = 0; i < block.rows; i++) leaf->margins[i] = z[i] + pass->alpha * q[i];
        gr_block_residuals(leaf, &block, &at, &sums);
        for (size_t i = 0; i < block.rows; i++) leaf->sums[0] += leaf->margins[i] * q[i];
    }
    gr_sums_note(&sums, leaf->sums + 1);
}

void gr_pass_line(gr_reader *reader, const gr_line *line, double alpha, gr_sums *sums, double *slope)
{
    line_pass pass = {line, alpha};
    gr_sweep(reader, 1 + GR_EVALUATION_SUMS, sweep_leaf, &pass);
    *slope = reader->sums[0];
    *sums = (gr_sums){reader->sums[1], reader->sums[2], gr_sweep_least(reader, 1 + GR_EVALUATION_SUMS)};
}
