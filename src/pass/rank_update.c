/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/rank_update.h"

#include <string.h>

#include "base/size.h"

/* The product of two strips on the left with one on the right: column-major, GR_STRIPS x GR_STRIP. */
typedef double tile[GR_STRIP][GR_STRIPS];

/* Eight doubles, wherever they lie. */
typedef double eight __attribute__((vector_size(64), aligned(8), may_alias));

/* One row: to each strip its columns, `stride` apart */
GR_FOR_ALL void pack_row(const double *x, size_t cols, double factor, double *to, size_t stride)
{
    size_t j = 0;
    for (; j + GR_STRIP <= cols; j += GR_STRIP, to += stride) *(eight *)to = factor * *(const eight *)(x + j);
    for (; j < gr_packed_cols(cols); j += GR_STRIP, to += stride) {
        for (size_t k = 0; k < GR_STRIP; k++) to[k] = j + k < cols ? factor * x[j + k] : 0.0;
    }
}

GR_FOR_512 static void pack_row_512(const double *x, size_t cols, double factor, double *to, size_t stride)
{
    pack_row(x, cols, factor, to, stride);
}

GR_FOR_256 static void pack_row_256(const double *x, size_t cols, double factor, double *to, size_t stride)
{
    pack_row(x, cols, factor, to, stride);
}

static void pack_rows(gr_target target, const gr_block *block, size_t cols, const double *root,
                      double *packed)
{
    for (size_t i = 0; i < block->rows; i++) {
        const double *x = block->data + i * block->ld;
        const double factor = root ? root[i] : 1.0;
        double *to = packed + i * GR_STRIP;
        if (target == GR_TARGET_512)
            pack_row_512(x, cols, factor, to, GR_STRIP * block->rows);
        else if (target == GR_TARGET_256)
            pack_row_256(x, cols, factor, to, GR_STRIP * block->rows);
        else
            pack_row(x, cols, factor, to, GR_STRIP * block->rows);
    }
}

/* The strip that begins with column `first`, 0 behind the last column */
static void pack_strip(const gr_block *block, size_t cols, size_t first, const double *root, double *to)
{
    const size_t some = gr_min(GR_STRIP, cols - gr_min(first, cols));
    for (size_t i = 0; i < block->rows; i++) {
        const double factor = root ? root[i] : 1.0;
        for (size_t k = 0; k < GR_STRIP; k++)
            to[i * GR_STRIP + k] = k < some ? factor * block->data[(first + k) * block->ld + i] : 0.0;
    }
}

void gr_pack_block(gr_target target, const gr_block *block, size_t cols, const double *root, double *packed)
{
    if (block->by_row) {
        pack_rows(target, block, cols, root, packed);
        return;
    }
    for (size_t j = 0; j < gr_packed_cols(cols); j += GR_STRIP)
        pack_strip(block, cols, j, root, packed + j * block->rows);
}

/* Row after row; without fused multiply-add, for want of one */
static void multiply_plain(size_t rows, const double *left, const double *right, tile product)
{
    const double *strip[2] = {left, left + rows * GR_STRIP};
    memset(product, 0, sizeof(tile));
    for (size_t i = 0; i < rows; i++) {
        for (size_t c = 0; c < GR_STRIP; c++) {
            for (size_t k = 0; k < GR_STRIPS; k++)
                product[c][k] += strip[k / GR_STRIP][i * GR_STRIP + k % GR_STRIP] * right[i * GR_STRIP + c];
        }
    }
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* One strip on the left, half of one on the right: eight sums, as many as the CPU has under way at once */
GR_FOR_256 static void multiply_half(size_t rows, const double *left, const double *right, double *product)
{
    __m256d upper[4], lower[4];
#pragma GCC unroll 4
    for (size_t c = 0; c < 4; c++) upper[c] = lower[c] = _mm256_setzero_pd();
    for (size_t i = 0; i < rows; i++) {
        const __m256d up = _mm256_loadu_pd(left + i * GR_STRIP),
                      low = _mm256_loadu_pd(left + i * GR_STRIP + 4);
#pragma GCC unroll 4
        for (size_t c = 0; c < 4; c++) {
            const __m256d factor = _mm256_broadcast_sd(right + i * GR_STRIP + c);
            upper[c] = _mm256_fmadd_pd(up, factor, upper[c]);
            lower[c] = _mm256_fmadd_pd(low, factor, lower[c]);
        }
    }
#pragma GCC unroll 4
    for (size_t c = 0; c < 4; c++) {
        _mm256_storeu_pd(product + c * GR_STRIPS, upper[c]);
        _mm256_storeu_pd(product + c * GR_STRIPS + 4, lower[c]);
    }
}

static void multiply_256(size_t rows, const double *left, const double *right, tile product)
{
    for (size_t strip = 0; strip < 2; strip++) {
        for (size_t c = 0; c < GR_STRIP; c += 4)
            multiply_half(rows, left + strip * rows * GR_STRIP, right + c, product[c] + strip * GR_STRIP);
    }
}

GR_FOR_512 static void multiply_512(size_t rows, const double *left, const double *right, tile product)
{
    const double *below = left + rows * GR_STRIP;
    __m512d upper[GR_STRIP], lower[GR_STRIP];
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_STRIP; c++) upper[c] = lower[c] = _mm512_setzero_pd();
    for (size_t i = 0; i < rows; i++) {
        const __m512d up = _mm512_loadu_pd(left + i * GR_STRIP), low = _mm512_loadu_pd(below + i * GR_STRIP);
#pragma GCC unroll 8
        for (size_t c = 0; c < GR_STRIP; c++) {
            const __m512d factor = _mm512_set1_pd(right[i * GR_STRIP + c]);
            upper[c] = _mm512_fmadd_pd(up, factor, upper[c]);
            lower[c] = _mm512_fmadd_pd(low, factor, lower[c]);
        }
    }
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_STRIP; c++) {
        _mm512_storeu_pd(product[c], upper[c]);
        _mm512_storeu_pd(product[c] + GR_STRIP, lower[c]);
    }
}

static void multiply(gr_target target, size_t rows, const double *left, const double *right, tile product)
{
    if (target == GR_TARGET_512)
        multiply_512(rows, left, right, product);
    else if (target == GR_TARGET_256)
        multiply_256(rows, left, right, product);
    else
        multiply_plain(rows, left, right, product);
}

#else

static void multiply(gr_target target, size_t rows, const double *left, const double *right, tile product)
{
    (void)target;
    multiply_plain(rows, left, right, product);
}

#endif

/* C += product, as much of it as there is of C */
static void add_tile(const tile product, size_t rows, size_t cols, double *C, size_t ld)
{
    for (size_t c = 0; c < cols; c++) {
        for (size_t k = 0; rows == GR_STRIPS && k < GR_STRIPS; k += GR_STRIP)
            *(eight *)(C + c * ld + k) += *(const eight *)(product[c] + k);
        for (size_t k = 0; rows < GR_STRIPS && k < rows; k++) C[c * ld + k] += product[c][k];
    }
}

void gr_rank_update(gr_target target, size_t rows, const double *packed, size_t cols, size_t first,
                    size_t last, double *C, size_t ld)
{
    for (size_t i = 0; i < last; i += GR_STRIPS) {
        const size_t j_first = gr_max(first, i); /* multiples of GR_STRIP, both */
        for (size_t j = j_first; j < last; j += GR_STRIP) {
            tile product;
            multiply(target, rows, packed + i * rows, packed + j * rows, product);
            add_tile((const double(*)[GR_STRIPS])product, gr_min(GR_STRIPS, cols - i),
                     gr_min(GR_STRIP, last - j), C + i + j * ld, ld);
        }
    }
}
