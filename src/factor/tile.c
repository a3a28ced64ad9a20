/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/tile.h"

#include "base/size.h"

enum {
    PRODUCT = GR_TILE * GR_TILE * GR_TILE, /* rows x cols x depth of one call */
    OPERAND = 8192 /* elements of A or B: versions that hand a product of one row or column on to dgemv stay on one
                      thread as well */
};

static size_t depth_of_call(size_t rows, size_t cols)
{
    return gr_min(PRODUCT / (rows * cols), OPERAND / gr_max(rows, cols));
}

static const double *from(const gr_part *part, size_t row, size_t col)
{
    return part->form == CblasNoTrans ? part->first + row + col * part->ld : part->first + col + row * part->ld;
}

void gr_tile_multiply(size_t rows, size_t cols, size_t depth, double factor, gr_part a, gr_part b, double *c, size_t ldc)
{
    if (rows == 0 || cols == 0) return;
    const size_t most = depth_of_call(rows, cols);
    for (size_t k = 0; k < depth; k += most) {
        cblas_dgemm(CblasColMajor, a.form, b.form, (int)rows, (int)cols, (int)gr_min(most, depth - k), factor,
                    from(&a, 0, k), (int)a.ld, from(&b, k, 0), (int)b.ld, 1.0, c, (int)ldc);
    }
}
