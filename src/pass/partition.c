/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/partition.h"

#include "base/size.h"

enum {
    /* One BLAS call stays below the 9216 elements from which the pthread build of OpenBLAS 0.3.21 starts threads of its
     * own inside one dgemv: inside ours that is slow, and it changes the bits with their number. */
    CALL_ELEMENTS = 8192,
    ROW_MAJOR_ROWS = 512, /* most rows of a block */
    COL_MAJOR_ROWS =
        256,             /* rows of a block by columns: long enough for a column's piece to be worth a call */
    WIDE_BLOCK = 131072, /* elements of a block of very many columns: 1 MiB */
    FEWEST_ROWS = 4,     /* rows of such a block as long as it fits WIDE_BLOCK */
    LEAF_ELEMENTS = 32768,
    LEAF_ROWS = 64, /* fewest: a leaf's own gradient costs as much memory as one row */
    MOST_LEAVES = 128,
    /* The Gram pass: 64 x 64 x 64 is the largest product that OpenBLAS 0.3.21 does not share among threads of its own;
     * a leaf costs a whole n x n matrix. */
    GRAM_ROWS = 64,
    GRAM_LEAVES = 8
};

static size_t rows_of_block(const gradus_matrix *X)
{
    if (X->layout == GRADUS_LAYOUT_COL_MAJOR) return gr_min(COL_MAJOR_ROWS, gr_max(1, WIDE_BLOCK / X->cols));
    const size_t rows = gr_min(ROW_MAJOR_ROWS, CALL_ELEMENTS / X->cols);
    return gr_max(rows, gr_max(1, gr_min(FEWEST_ROWS, WIDE_BLOCK / X->cols)));
}

static size_t round_up(size_t a, size_t multiple)
{
    return (a + multiple - 1) / multiple * multiple;
}

gr_partition gr_partition_of(const gradus_matrix *X)
{
    gr_partition cut;
    cut.block_rows = gr_min(rows_of_block(X), X->rows);
    cut.panel_cols = gr_min(X->cols, CALL_ELEMENTS / cut.block_rows);
    const size_t least = gr_max(LEAF_ROWS, LEAF_ELEMENTS / X->cols);
    const size_t fair = X->rows / MOST_LEAVES + 1;
    cut.leaf_rows = round_up(gr_min(gr_max(least, fair), X->rows), cut.block_rows);
    cut.leaves = (X->rows - 1) / cut.leaf_rows + 1;
    return cut;
}

gr_partition gr_partition_of_gram(const gradus_matrix *X)
{
    gr_partition cut = {.block_rows = gr_min(GRAM_ROWS, X->rows), .panel_cols = GRAM_ROWS};
    const size_t fair = X->rows / GRAM_LEAVES + 1;
    cut.leaf_rows = round_up(gr_min(gr_max(fair, X->cols), X->rows), cut.block_rows);
    cut.leaves = (X->rows - 1) / cut.leaf_rows + 1;
    return cut;
}

gr_partition gr_partition_of_sketch(const gradus_matrix *X, size_t rows)
{
    gr_partition cut = gr_partition_of_gram(X);
    const size_t fair = X->rows / GRAM_LEAVES + 1;
    cut.leaf_rows = rows < X->rows ? round_up(gr_min(gr_max(fair, rows), X->rows), cut.block_rows)
                                   : round_up(X->rows, cut.block_rows);
    cut.leaves = (X->rows - 1) / cut.leaf_rows + 1;
    return cut;
}
