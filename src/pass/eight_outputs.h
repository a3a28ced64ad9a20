/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * X Theta and X'R for eight outputs at once. OpenBLAS's kernels copy both factors of a product before they multiply, which costs as
 * much as a product with so few columns itself. With vectors of eight doubles the kernels here take every number of columns, with
 * vectors of four those of few: of more, OpenBLAS is as fast. Theta and R are filled up with outputs of 0. Private to this room.
 */
#ifndef GR_PASS_EIGHT_OUTPUTS_H
#define GR_PASS_EIGHT_OUTPUTS_H

#include <stdbool.h>

#include "base/target.h"
#include "pass/sweep.h"

enum { GR_EIGHT = 8 };

/* Outputs, filled up. */
static inline size_t gr_whole_eights(size_t outputs)
{
    return (outputs + GR_EIGHT - 1) / GR_EIGHT * GR_EIGHT;
}

/* Are there kernels for this processor that are faster than dgemm? */
bool gr_eight_outputs_pay(gr_target target, size_t cols, size_t outputs);

/* Theta's rows, eight outputs each, and behind them the row of the intercepts, or zeros: cols + 1 rows for every eight outputs.
 * Theta: cols x outputs, or cols + 1 rows with intercept, column-major */
void gr_eight_pack(size_t cols, size_t outputs, bool intercept, const double *theta, double *packed);

/* Z = X_block Theta + intercepts, for one pack: rows x 8, column-major without gaps. By column the first half of what `ahead` has to
 * ask for is asked for meanwhile, below the second; NULL: nothing */
void gr_eight_multiply(gr_target target, const gr_block *block, size_t cols, const double *packed, double *Z,
                       gr_ahead *ahead);

/* gradient += X_block'R for the first `outputs` of eight: cols x outputs, ld; R as Z above */
void gr_eight_add_transposed(gr_target target, const gr_block *block, size_t cols, size_t outputs,
                             const double *R, double *gradient, size_t ld, gr_ahead *ahead);

#endif
