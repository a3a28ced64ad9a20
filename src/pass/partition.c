/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/partition.h"

#include "base/size.h"

enum {
    /*
     * One BLAS call stays below the 9216 elements from which the pthread build of OpenBLAS 0.3.21 starts threads of its own
     * inside one dgemv: inside ours that is slow, and it changes the bits with their number.
     */
    CALL_ELEMENTS = 9215,

    /*
     * A matrix that stays in cache from pass to pass is cut for few calls: what is in one fits the first cache with what else is
     * there, and is read from there the second time; wide rows take calls as large as can be.
     */
    SMALL_ELEMENTS = 262144,
    SMALL_TILE = 4096,
    SMALL_PIECE = 208, /* most rows of a block by columns */
    SMALL_LEAF = 48,   /* fewest of its leaf */
    SMALL_ROWS = 32,   /* most rows of a block of wide rows */

    /*
     * By rows: about 1000 elements a call. While BLAS works on so many, the memory brings as many of the next block, asked
     * for between the calls; of more, the requests wait for each other and nothing overlaps. Against a bare read, on one
     * thread, n = 20: 1.2 with 48 rows, 1.45 with 400; n = 100: 1.2 with 16 rows, 1.35 with 81; n = 1000: 1.0 with 16
     * rows and panels of 64 columns, 1.35 with 8 rows and whole ones.
     */
    TILE_ELEMENTS = 1024,
    ROWS = 16,           /* of a block of 64 columns and more */
    FEWEST_ROWS = 4,     /* as long as that fits WIDE_BLOCK; OpenBLAS's kernels take 4 rows at a time */
    WARM_BLOCK = 65536,  /* elements of a block of ROWS rows: half a MiB */
    WIDE_BLOCK = 131072, /* elements of a block of very many columns: 1 MiB */
    LINE_DOUBLES = 8,    /* doubles of a cache line */
    GROUP = 8,
    GROUPED_BLOCK = 4096, /* elements */
    GROUPED_GAP = 8,      /* a row's elements by those between it and the next */
    STACK_VECTORS =
        224, /* rows + columns of a call for which OpenBLAS's buffer is on the stack, without a lock */

    /*
     * By columns: a block is made of one piece of each column. Up to 128 columns the next pieces are asked for ahead (0.8
     * to 0.95 of a bare read); of more columns that costs more than it brings, and longer pieces are better (200000 x 200: 38 ms
     * with the short ones, 24 with the long; 10000 x 200: 2.0 and 0.9); and where not even those fit the cache, X is in truth read
     * twice, and the longest pieces are best (both as fast as two calls for all of X), but never all rows in one, which only
     * one thread could take (1000 x 2000: 1.26 ms, in two pieces 0.70).
     */
    FEW_COLUMNS = 128,
    SOME_COLUMNS = 256,
    MANY_COLUMNS = 1280,
    SHORT_PIECE = 64,
    LONGER_PIECE = 320, /* up to SOME_COLUMNS */
    MIDDLE_PIECE = 192,
    LONG_PIECE = 2048,
    FEWEST_PIECE = 32,

    WHOLE_ROWS = 64, /* rows of a block that is needed as a whole */
    LEAF_ELEMENTS = 32768,
    LEAF_ROWS = 16, /* fewest: a leaf's own sums cost as much memory as two rows */
    MOST_LEAVES = 128,

    GRAM_PRODUCT = 64 * 64 *
                   64, /* the largest product that OpenBLAS 0.3.21 does not share among threads of its own */

    /* The Gram pass: two strips of a packed block fit the first cache, the block the second; a leaf costs a whole n x n matrix. */
    GRAM_TILE = 64,
    GRAM_ROWS = 128,
    GRAM_LEAVES = 8,

    /*
     * Several outputs: a product of rows x columns x outputs, none of which is larger than GRAM_PRODUCT. A block of
     * OUTPUT_BLOCK elements stays in the second cache between its two products; a leaf costs columns x outputs sums. What eight
     * outputs cost, in single passes, with vectors of eight doubles (eight_outputs.c): n = 20 by row 2.1, by column 1.9; n = 100 2.5
     * and 2.0; n = 1000 2.0 and 2.7. In products of OpenBLAS's, which more outputs and narrower vectors are left to, n = 100 by row
     * 3.0 (with blocks twice as large 3.1), by column 3.3 (3.8 where the next pieces are not asked for ahead), n = 1000 3.1 and 2.3.
     */
    OUTPUT_PANEL = 64,
    OUTPUT_BLOCK = 8192,
    OUTPUT_FEWEST_ROWS = 16,
    OUTPUT_SHORT_PIECE = 64, /* fewest by column, and where there are more than SOME_COLUMNS */
    OUTPUT_LONG_PIECE = 128, /* as long as that fits WIDE_BLOCK */
    OUTPUT_MOST_ROWS = 128,
    OUTPUT_FEW_COLUMNS =
        64, /* of fewer, and of more than OUTPUT_MANY_COLUMNS, asking ahead costs more than it brings */
    OUTPUT_MANY_COLUMNS = 512,
    OUTPUT_LEAVES = 32
};

static size_t round_up(size_t a, size_t multiple)
{
    return (a + multiple - 1) / multiple * multiple;
}

/* The largest multiple of 4 up to `rows`, which is at least 4 */
static size_t by_fours(size_t rows)
{
    return rows / 4 * 4;
}

/* Panels of whole cache lines, as even as that allows, none of more columns than asked for, which is at least a line */
static size_t even_panels(size_t cols, size_t most)
{
    const size_t panels = (cols - 1) / (most / LINE_DOUBLES * LINE_DOUBLES) + 1;
    return gr_min(round_up((cols - 1) / panels + 1, LINE_DOUBLES), cols);
}

/* All in one block. */
static bool cut_one(const gradus_matrix *X, gr_partition *cut)
{
    cut->leaf_rows = cut->block_rows = X->rows;
    cut->panel_cols = X->cols;
    cut->ahead = 0;
    return X->rows <= SMALL_TILE / X->cols;
}

/* Rows of a leaf of a matrix that stays in cache: one leaf, or pairs of leaves, so that two threads have equal shares */
static size_t small_leaf(const gradus_matrix *X, size_t least)
{
    const size_t leaves = X->rows > least ? 2 * gr_max(1, X->rows / (2 * least)) : 1;
    return (X->rows - 1) / leaves + 1;
}

/* Most rows of its blocks */
static size_t small_block(const gradus_matrix *X)
{
    const size_t all = SMALL_TILE / X->cols, stack = STACK_VECTORS - gr_min(X->cols, STACK_VECTORS);
    if (X->layout == GRADUS_LAYOUT_COL_MAJOR) return SMALL_PIECE;
    return stack <= ROWS ? SMALL_ROWS : by_fours(gr_max(ROWS, gr_min(all, stack)));
}

/* Even blocks of a matrix that stays in cache. */
static bool cut_small(const gradus_matrix *X, gr_partition *cut)
{
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t least = gr_max(by_row ? LEAF_ROWS : SMALL_LEAF, LEAF_ELEMENTS / X->cols);
    cut->leaf_rows = small_leaf(X, least);
    const size_t blocks = (cut->leaf_rows - 1) / small_block(X) + 1;
    cut->block_rows = gr_min(round_up((cut->leaf_rows - 1) / blocks + 1, 4), X->rows);
    cut->panel_cols = even_panels(X->cols, CALL_ELEMENTS / cut->block_rows);
    cut->ahead = 0;
    return X->rows <= SMALL_ELEMENTS / X->cols;
}

/* Twice as many floats as doubles take the same room. */
static size_t in_room_of(const gradus_matrix *X, size_t doubles)
{
    return X->element == GRADUS_ELEMENT_FLOAT ? 2 * doubles : doubles;
}

static size_t rows_by_row(const gradus_matrix *X)
{
    const size_t cols = X->cols, tile = in_room_of(X, TILE_ELEMENTS);
    if (cols <= TILE_ELEMENTS / ROWS) return by_fours(tile / cols);
    if (cols <= WIDE_BLOCK / FEWEST_ROWS)
        return gr_min(ROWS, gr_max(FEWEST_ROWS, by_fours(WARM_BLOCK / cols)));
    return gr_max(1, WIDE_BLOCK / cols);
}

static size_t panel_by_row(const gradus_matrix *X, size_t rows)
{
    const size_t tile = in_room_of(X, TILE_ELEMENTS);
    if (X->cols <= 2 * tile / ROWS) return X->cols;
    return even_panels(X->cols, gr_min(tile / rows, STACK_VECTORS - rows));
}

/* Short blocks without much between their rows are asked for in groups. */
static size_t group_by_row(const gradus_matrix *X, size_t rows)
{
    const bool short_block = rows <= in_room_of(X, GROUPED_BLOCK) / X->cols;
    return short_block && X->ld - X->cols <= X->cols / GROUPED_GAP ? GROUP : 1;
}

static size_t rows_by_column(const gradus_matrix *X)
{
    if (X->cols <= FEW_COLUMNS) return in_room_of(X, SHORT_PIECE);
    if (X->cols <= SOME_COLUMNS) return in_room_of(X, LONGER_PIECE);
    if (X->cols <= MANY_COLUMNS) return in_room_of(X, MIDDLE_PIECE);
    return gr_min(LONG_PIECE, gr_max(FEWEST_PIECE, round_up((X->rows - 1) / 2 + 1, LINE_DOUBLES)));
}

static size_t panel_by_column(const gradus_matrix *X, size_t rows)
{
    const bool short_piece = X->cols <= FEW_COLUMNS;
    return gr_min(X->cols, (short_piece ? in_room_of(X, (size_t)2 * TILE_ELEMENTS) : CALL_ELEMENTS) / rows);
}

/* Blocks that come from memory. */
static void cut_large(const gradus_matrix *X, gr_partition *cut)
{
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t rows = by_row ? rows_by_row(X) : rows_by_column(X);
    cut->leaf_rows = gr_max(gr_max(LEAF_ROWS, LEAF_ELEMENTS / X->cols), X->rows / MOST_LEAVES + 1);
    cut->block_rows = gr_min(rows, X->rows);
    cut->panel_cols = by_row ? panel_by_row(X, rows) : panel_by_column(X, rows);
    cut->ahead = by_row ? group_by_row(X, rows) : (X->cols <= FEW_COLUMNS ? 1 : 0);
}

/* Leaves of about so many rows, in whole blocks, as even as that allows: of two threads none waits for a larger leaf */
static void cut_leaves(const gradus_matrix *X, size_t rows, gr_partition *cut)
{
    const size_t leaves = (X->rows - 1) / round_up(gr_min(rows, X->rows), cut->block_rows) + 1;
    cut->leaf_rows = round_up((X->rows - 1) / leaves + 1, cut->block_rows);
    cut->leaves = (X->rows - 1) / cut->leaf_rows + 1;
}

gr_partition gr_partition_of(const gradus_matrix *X)
{
    gr_partition cut;
    if (!cut_one(X, &cut) && !cut_small(X, &cut)) cut_large(X, &cut);
    cut.whole_rows = gr_min(cut.block_rows, gr_max(1, gr_min(WHOLE_ROWS, WIDE_BLOCK / X->cols)));
    cut_leaves(X, cut.leaf_rows, &cut);
    return cut;
}

/* Even panels of at most GRAM_TILE columns, and few rows */
static gr_partition short_blocks(const gradus_matrix *X)
{
    const size_t tile = even_panels(X->cols, GRAM_TILE);
    const size_t rows = gr_min(by_fours(GRAM_PRODUCT / tile / tile), GRAM_ROWS);
    gr_partition cut = {.block_rows = gr_min(rows, X->rows), .panel_cols = tile, .ahead = 1};
    cut.whole_rows = cut.block_rows;
    return cut;
}

gr_partition gr_partition_of_gram(const gradus_matrix *X)
{
    gr_partition cut = {
        .block_rows = gr_min(GRAM_ROWS, X->rows), .panel_cols = even_panels(X->cols, GRAM_TILE), .ahead = 1};
    cut.whole_rows = cut.block_rows;
    cut_leaves(X, gr_max(X->rows / GRAM_LEAVES + 1, X->cols), &cut);
    return cut;
}

static size_t rows_of_outputs(const gradus_matrix *X)
{
    const size_t piece = X->cols <= SOME_COLUMNS ? OUTPUT_SHORT_PIECE : OUTPUT_LONG_PIECE;
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t fewest = by_row ? 0 : gr_min(piece, by_fours(WIDE_BLOCK / X->cols));
    return gr_min(OUTPUT_MOST_ROWS,
                  gr_max(gr_max(fewest, OUTPUT_FEWEST_ROWS), by_fours(OUTPUT_BLOCK / X->cols)));
}

gr_partition gr_partition_of_outputs(const gradus_matrix *X, size_t outputs)
{
    const size_t panel = gr_min(outputs, OUTPUT_PANEL), rows = rows_of_outputs(X);
    const bool pieces = X->layout == GRADUS_LAYOUT_COL_MAJOR && X->cols >= OUTPUT_FEW_COLUMNS;
    gr_partition cut = {.block_rows = gr_min(rows, X->rows), .panel_outputs = panel};
    cut.ahead = pieces && X->cols <= OUTPUT_MANY_COLUMNS ? 1 : 0;
    cut.whole_rows = cut.block_rows;
    cut.panel_cols = even_panels(X->cols, GRAM_PRODUCT / cut.block_rows / panel);
    const size_t least = gr_max(LEAF_ROWS, LEAF_ELEMENTS / X->cols / panel);
    cut_leaves(X, gr_max(least, X->rows / OUTPUT_LEAVES + 1), &cut);
    return cut;
}

gr_partition gr_partition_of_outputs_gram(const gradus_matrix *X, size_t outputs)
{
    gr_partition cut = {.block_rows = gr_min(GRAM_TILE, X->rows),
                        .panel_outputs = gr_min(outputs, GRAM_TILE)};
    cut.whole_rows = cut.block_rows;
    cut.panel_cols = even_panels(X->cols, GRAM_PRODUCT / cut.block_rows / cut.panel_outputs);
    /* a leaf costs half of (columns x outputs)^2 sums */
    cut_leaves(X, gr_max(X->rows / GRAM_LEAVES + 1, gr_min(X->rows, X->cols) * outputs), &cut);
    return cut;
}

gr_partition gr_partition_of_sketch(const gradus_matrix *X, size_t rows)
{
    gr_partition cut = short_blocks(X);
    cut_leaves(X, rows < X->rows ? gr_max(X->rows / GRAM_LEAVES + 1, rows) : X->rows, &cut);
    return cut;
}
