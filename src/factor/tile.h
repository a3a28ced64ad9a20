/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The small matrix products that the tiled factorisations are made of. OpenBLAS changes the bits of a product with the
 * number of its own threads, but gives a product of at most 64 x 64 x 64 to one thread only: what is built of such
 * products, in a fixed order, has the same bits whatever that number is.
 */
#ifndef GR_FACTOR_TILE_H
#define GR_FACTOR_TILE_H

#include <cblas.h>
#include <stddef.h>

enum { GR_TILE = 64 }; /* most rows and columns of a tile */

/* Part of a column-major matrix, as it stands or transposed. */
typedef struct gr_part {
    const double *first;
    size_t ld;
    CBLAS_TRANSPOSE form;
} gr_part;

static inline gr_part gr_plain(const double *first, size_t ld)
{
    return (gr_part){first, ld, CblasNoTrans};
}

static inline gr_part gr_transposed(const double *first, size_t ld)
{
    return (gr_part){first, ld, CblasTrans};
}

/*
 * C <- keep C + factor A B, A rows x depth, B depth x cols. Two of the three sizes are at most GR_TILE, the third is any;
 * with keep = 0 what was in C does not matter, and depth is at least 1. Leading dimensions fit an int.
 */
void gr_tile_multiply(size_t rows, size_t cols, size_t depth, double factor, gr_part a, gr_part b,
                      double keep, double *c, size_t ldc);

#endif
