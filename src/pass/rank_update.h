/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * C += A'A for a block A of rows, the product that the Gram matrix is made of. One dsyrk over all rows would be simplest, but
 * it starts OpenBLAS's own threads at n = 100 already, inside ours; and in products of 64 x 64 x 64, which never do, half of
 * the time goes into packing. Here a block is packed once for all its products, in strips of columns that lie in the order in
 * which they are read (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34(3), 2008). Each entry
 * of C adds the rows up in their order: with fused multiply-add the same bits for either width of vectors, without it others. Private to this room.
 */
#ifndef GR_PASS_RANK_UPDATE_H
#define GR_PASS_RANK_UPDATE_H

#include "base/target.h"
#include "pass/sweep.h"

/* Columns of a strip, and of the two that one product has on its left. */
enum { GR_STRIP = 8, GR_STRIPS = 2 * GR_STRIP };

/* Columns as they are packed: whole pairs of strips, 0 behind the last column. */
static inline size_t gr_packed_cols(size_t cols)
{
    return (cols + GR_STRIPS - 1) / GR_STRIPS * GR_STRIPS;
}

/* packed = diag(root) block, strip by strip, rows x gr_packed_cols(cols); root NULL: all 1 */
void gr_pack_block(gr_target target, const gr_block *block, size_t cols, const double *root, double *packed);

/*
 * The upper triangle of C[:, first .. last) += A'A for packed rows, a little of the lower one beside it. C is column-major;
 * first is a multiple of GR_STRIP, and so is last, or it is cols.
 */
void gr_rank_update(gr_target target, size_t rows, const double *packed, size_t cols, size_t first,
                    size_t last, double *C, size_t ld);

#endif
