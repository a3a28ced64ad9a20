/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/tile.h"

#include "base/size.h"

enum {
    PRODUCT = GR_TILE * GR_TILE * GR_TILE, /* rows x cols x depth of one call */
    OPERAND =
        8192, /* elements of A, of B and of C: no long row or column, which some versions hand on to dgemv */
    ROUND = 8 /* pieces in whole registers */
};

/* The longest piece of one size, given the two others */
static size_t longest(size_t first, size_t second)
{
    const size_t most = gr_min(PRODUCT / (first * second), OPERAND / gr_max(first, second));
    return most - most % ROUND;
}

static const double *from(const gr_part *part, size_t row, size_t col)
{
    return part->form == CblasNoTrans ? part->first + row + col * part->ld
                                      : part->first + col + row * part->ld;
}

void gr_tile_multiply(size_t rows, size_t cols, size_t depth, double factor, gr_part a, gr_part b,
                      double keep, double *c, size_t ldc)
{
    if (rows == 0 || cols == 0 || depth == 0) return;
    size_t height = rows, width = cols, length = depth; /* of one call */
    if (depth >= gr_max(rows, cols))
        length = longest(rows, cols);
    else if (cols >= rows)
        width = longest(rows, depth);
    else
        height = longest(cols, depth);
    for (size_t i = 0; i < rows; i += height) {
        for (size_t j = 0; j < cols; j += width) {
            for (size_t k = 0; k < depth; k += length) {
                cblas_dgemm(CblasColMajor, a.form, b.form, (int)gr_min(height, rows - i),
                            (int)gr_min(width, cols - j), (int)gr_min(length, depth - k), factor,
                            from(&a, i, k), (int)a.ld, from(&b, k, j), (int)b.ld, k == 0 ? keep : 1.0,
                            c + i + j * ldc, (int)ldc);
            }
        }
    }
}
