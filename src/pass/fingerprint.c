/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/hash.h"
#include "pass/sweep.h"

_Static_assert(sizeof(double) == sizeof(uint64_t), "a leaf's mark takes the place of one of its sums");

/* Line after line as they lie in memory; the leaf's mark is noted in its sums, of which none is added up. */
static void mark_leaf(void *context, gr_leaf *leaf)
{
    const size_t cols = leaf->reader->X.cols;
    gr_hash hash = gr_hash_begin();
    gr_block block = {0};
    (void)context;
    while (gr_whole_next(leaf, &block)) {
        const size_t lines = block.by_row ? block.rows : cols, length = block.by_row ? cols : block.rows;
        for (size_t i = 0; i < lines; i++) gr_hash_doubles(&hash, length, block.data + i * block.ld);
    }
    const uint64_t mark = gr_hash_end(&hash);
    memcpy(leaf->sums, &mark, sizeof mark);
}

uint64_t gr_pass_fingerprint(gr_reader *reader)
{
    const gradus_matrix *X = &reader->X;
    gr_hash hash = gr_hash_begin();
    gr_hash_word(&hash, X->rows);
    gr_hash_word(&hash, X->cols);
    gr_hash_word(&hash, (uint64_t)X->layout);
    gr_hash_word(&hash, (uint64_t)X->element);
    gr_sweep(reader, 0, mark_leaf, NULL);
    for (size_t leaf = 0; leaf < reader->cut.leaves; leaf++)
        gr_hash_words(&hash, reader->sums + leaf * reader->sum_stride, 1);
    return gr_hash_end(&hash);
}
