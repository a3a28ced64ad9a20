/* SPDX-License-Identifier: BSD-3-Clause */
/* The shapes that every pass is tried on, and readers with memory of their own. */
#ifndef TEST_SHAPES_H
#define TEST_SHAPES_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "pass/pass.h"
#include "support.h"

static const size_t grid[] = {1, 2, 3, 5, 8, 13, 20, 33, 47, 70};
enum { GRID = sizeof grid / sizeof *grid };

/* Shapes of many blocks, the last two wider than a block. */
static const size_t large[][2] = {{5000, 3}, {1031, 1}, {300, 100}, {40, 9000}, {7, 20001}};
enum { LARGE = sizeof large / sizeof *large };

static const gradus_layout layouts[] = {GRADUS_LAYOUT_ROW_MAJOR, GRADUS_LAYOUT_COL_MAJOR};

/* Calls `test` with the grid's and the large shapes, in both layouts, tightly packed and padded. */
static inline void for_all_shapes(void (*test)(size_t m, size_t n, gradus_layout layout, size_t padding))
{
    for (size_t k = 0; k < 4; k++) {
        for (size_t a = 0; a < GRID; a++) {
            for (size_t b = 0; b < GRID; b++) test(grid[a], grid[b], layouts[k % 2], k / 2 * 3);
        }
        for (size_t a = 0; a < LARGE; a++) test(large[a][0], large[a][1], layouts[k % 2], k / 2 * 3);
    }
}

static inline void *must(void *memory)
{
    cr_assert_not_null(memory);
    return memory;
}

static inline double *doubles(size_t count)
{
    return (double *)must(calloc(count, sizeof(double)));
}

/* A reader with memory of its own: whoever opens it frees reader.memory. The memory holds NaN:
 * nothing may rely on zeros. */
static inline gr_reader open_threaded(const gradus_matrix *X, int threads, const volatile int *cancel)
{
    size_t count;
    cr_assert(gr_reader_doubles(X, threads, &count));
    double *memory = doubles(count);
    for (size_t k = 0; k < count; k++) memory[k] = __builtin_nan("");
    return gr_reader_open(X, threads, memory, cancel);
}

static inline gr_reader open_reader(const gradus_matrix *X, const volatile int *cancel)
{
    return open_threaded(X, 1, cancel);
}

#endif
