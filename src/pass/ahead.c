/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/ahead.h"

#include "base/size.h"
#include "pass/matrix.h"

/* Bytes that one load brings. */
enum { CACHE_LINE = 64 };

/* Steps of one sweep over a block */
static size_t panels(const gr_leaf *leaf)
{
    return (leaf->reader->X.cols - 1) / leaf->reader->cut.panel_cols + 1;
}

/* Rows first .. first + rows as `streams` streams of as many rows each, by row; without streams: nothing */
static gr_ahead streams_of_rows(const gradus_matrix *X, size_t first, size_t rows, size_t streams)
{
    const size_t size = gr_matrix_element_size(X), line = X->ld * size;
    return (gr_ahead){.first = (const char *)gr_matrix_address(X, first, 0),
                      .streams = streams,
                      .bytes = (rows - 1) * line + X->cols * size,
                      .distance = rows * line,
                      .across = true};
}

/* The pieces of all columns that make the next block */
static gr_ahead streams_of_columns(const gradus_matrix *X, size_t first, size_t rows)
{
    const size_t size = gr_matrix_element_size(X);
    return (gr_ahead){.first = (const char *)gr_matrix_address(X, first, 0),
                      .streams = X->cols,
                      .bytes = rows * size,
                      .distance = X->ld * size};
}

/* The whole blocks of the next group, each a stream; this block is number `place` of its own group. */
static gr_ahead next_group(const gr_leaf *leaf, const gr_block *block, size_t sweeps)
{
    const gr_partition *cut = &leaf->reader->cut;
    const gradus_matrix *X = &leaf->reader->X;
    const size_t number = block->first / cut->block_rows, place = number % cut->ahead;
    const size_t first = (number - place + cut->ahead) * cut->block_rows;
    const size_t blocks = first < X->rows ? (X->rows - first) / cut->block_rows : 0;
    if (blocks == 0) return (gr_ahead){.streams = 0};
    gr_ahead ahead = streams_of_rows(X, first, cut->block_rows, gr_min(blocks, cut->ahead));
    ahead.step = place * sweeps * panels(leaf);
    ahead.steps = cut->ahead * sweeps * panels(leaf);
    return ahead;
}

static gr_ahead next_block(const gr_leaf *leaf, const gr_block *block, size_t sweeps)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t first = block->first + block->rows;
    if (first >= X->rows) return (gr_ahead){.streams = 0};
    const size_t rows = gr_min(block->rows, X->rows - first);
    gr_ahead ahead = X->layout == GRADUS_LAYOUT_ROW_MAJOR ? streams_of_rows(X, first, 1, rows)
                                                          : streams_of_columns(X, first, rows);
    ahead.steps = sweeps * panels(leaf);
    return ahead;
}

gr_ahead gr_ahead_of(const gr_leaf *leaf, const gr_block *block, size_t sweeps)
{
    if (leaf->reader->cut.ahead == 0) return (gr_ahead){.streams = 0};
    return leaf->reader->cut.ahead > 1 ? next_group(leaf, block, sweeps) : next_block(leaf, block, sweeps);
}

/* A line of each stream in turn */
static void ask(const char *first, size_t streams, size_t distance, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += CACHE_LINE) {
        for (size_t k = 0; k < streams; k++) __builtin_prefetch(first + k * distance + at, 0, 2);
    }
    __asm__ volatile(""); /* or GCC takes this for a function without effect, and drops its calls */
}

void gr_ahead_step(gr_ahead *ahead)
{
    if (ahead->streams == 0) return;
    const size_t all = ahead->across ? (ahead->bytes - 1) / CACHE_LINE + 1 : ahead->streams;
    const size_t begin = all * ahead->step / ahead->steps, end = all * (ahead->step + 1) / ahead->steps;
    ahead->step++;
    if (ahead->across)
        ask(ahead->first + begin * CACHE_LINE, ahead->streams, ahead->distance, (end - begin) * CACHE_LINE);
    else
        ask(ahead->first + begin * ahead->distance, end - begin, ahead->distance, ahead->bytes);
}

void gr_ahead_share(gr_ahead *ahead, size_t done, size_t all)
{
    while (ahead->streams > 0 && ahead->step < ahead->steps && ahead->step * all < done * ahead->steps)
        gr_ahead_step(ahead);
}
