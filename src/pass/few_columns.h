/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * X Theta and X'R where X has few columns: OpenBLAS's kernels copy both factors of a product before they multiply, which costs as much
 * as the multiplication itself then. Eight outputs of 20 columns cost 2.8 single passes here, by row and by column, and 3.5 and 4.1 by
 * its kernels for Haswell (3.0 and 1.9 by those for AVX-512). Private to this room.
 */
#ifndef GR_PASS_FEW_COLUMNS_H
#define GR_PASS_FEW_COLUMNS_H

#include <stdbool.h>

#include "pass/sweep.h"

/* At most so many columns, and outputs in one go. */
enum { GR_FEW_COLUMNS = 48, GR_FEW_OUTPUTS = 8 };

/* Is there a kernel for this processor, and are the columns few? */
bool gr_few_columns(size_t cols);

/* Z = X_block Theta + start, rows x outputs, column-major without gaps; Theta: cols x outputs, ld; start: outputs numbers, each `ld`
 * behind the one before it, NULL for 0 */
void gr_few_multiply(const gr_block *block, size_t cols, size_t outputs, const double *theta, size_t ld,
                     const double *start, double *Z);

/* gradient += X_block'R, cols x outputs, ld; R as Z above */
void gr_few_add_transposed(const gr_block *block, size_t cols, size_t outputs, const double *R,
                           double *gradient, size_t ld);

#endif
