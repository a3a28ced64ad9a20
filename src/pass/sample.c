/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/random.h"
#include "base/size.h"
#include "pass/gather.h"

static const uint64_t seed = 20261123;

/* Rows that are copied together. */
enum { TOGETHER = 64 };

size_t gr_sample_row(size_t population, size_t rows, size_t k)
{
    const size_t share = population / rows, left = population % rows;
    const size_t stratum = share + (k < left ? 1 : 0);
    return k * share + gr_min(k, left) + (size_t)(gr_random_bits(seed, (uint64_t)k) % stratum);
}

double gr_pass_sample(const gradus_matrix *X, size_t rows, double *copy)
{
    size_t chosen[TOGETHER];
    const gr_reader reader = {.X = *X, .chosen = chosen};
    for (size_t first = 0; first < rows; first += TOGETHER) {
        const size_t count = gr_min(TOGETHER, rows - first);
        for (size_t i = 0; i < count; i++) chosen[i] = gr_sample_row(X->rows, rows, first + i);
        gr_gather(&reader, 0, count, copy + first * X->cols);
    }
    return (double)rows * (double)X->cols;
}
