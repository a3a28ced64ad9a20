/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/eight_outputs.h"

#include "base/size.h"
#include "pass/ahead.h"

void gr_eight_pack(size_t cols, size_t outputs, bool intercept, const double *theta, double *packed)
{
    const size_t p = cols + (intercept ? 1 : 0);
    for (size_t first = 0; first < outputs; first += GR_EIGHT, packed += (cols + 1) * GR_EIGHT) {
        for (size_t c = 0; c < GR_EIGHT; c++) {
            const bool is_there = first + c < outputs;
            const double *of_c = theta + (first + (is_there ? c : 0)) * p;
            for (size_t j = 0; j < cols; j++) packed[j * GR_EIGHT + c] = is_there ? of_c[j] : 0.0;
            packed[cols * GR_EIGHT + c] = is_there && intercept ? of_c[cols] : 0.0;
        }
    }
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

enum {
    LANES = 4,        /* of the narrower vectors */
    FEW_COLUMNS = 48, /* with those */
    FEW_OUTPUTS = 32, /* of more, OpenBLAS's products are no longer thin */
    SHARED = 4,       /* rows or outputs that share what is read, with the narrower vectors */
    PAIR = 2          /* columns or vectors, likewise */
};

bool gr_eight_outputs_pay(gr_target target, size_t cols, size_t outputs)
{
    if (outputs > FEW_OUTPUTS) return false;
    return target == GR_TARGET_512 || (target == GR_TARGET_256 && cols <= FEW_COLUMNS);
}

/* ---- a row, a column at a time: what is left over ---- */

static void multiply_row(const double *x, size_t across, size_t cols, const double *packed, double *Z,
                         size_t rows)
{
    double out[GR_EIGHT];
    for (size_t c = 0; c < GR_EIGHT; c++) out[c] = packed[cols * GR_EIGHT + c];
    for (size_t j = 0; j < cols; j++) {
        for (size_t c = 0; c < GR_EIGHT; c++) out[c] += x[j * across] * packed[j * GR_EIGHT + c];
    }
    for (size_t c = 0; c < GR_EIGHT; c++) Z[c * rows] = out[c];
}

/* One column and one output, in four sums */
static double dot(const double *x, size_t down, const double *r, size_t rows)
{
    double sum[LANES] = {0.0};
    for (size_t i = 0; i < rows; i++) sum[i % LANES] += r[i] * x[i * down];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* ---- Z by row: rows share a row of Theta ---- */

GR_FOR_256 static void multiply_rows_256(const double *x, size_t down, size_t cols, const double *packed,
                                         double *Z, size_t rows)
{
    __m256d sum[SHARED][PAIR];
    double out[SHARED][GR_EIGHT];
#pragma GCC unroll 4
    for (size_t r = 0; r < SHARED; r++) {
#pragma GCC unroll 2
        for (size_t h = 0; h < PAIR; h++) sum[r][h] = _mm256_loadu_pd(packed + cols * GR_EIGHT + h * LANES);
    }
    for (size_t j = 0; j < cols; j++) {
        const __m256d low = _mm256_loadu_pd(packed + j * GR_EIGHT);
        const __m256d high = _mm256_loadu_pd(packed + j * GR_EIGHT + LANES);
#pragma GCC unroll 4
        for (size_t r = 0; r < SHARED; r++) {
            const __m256d element = _mm256_broadcast_sd(x + r * down + j);
            sum[r][0] = _mm256_fmadd_pd(element, low, sum[r][0]);
            sum[r][1] = _mm256_fmadd_pd(element, high, sum[r][1]);
        }
    }
#pragma GCC unroll 4
    for (size_t r = 0; r < SHARED; r++) {
#pragma GCC unroll 2
        for (size_t h = 0; h < PAIR; h++) _mm256_storeu_pd(out[r] + h * LANES, sum[r][h]);
    }
    for (size_t c = 0; c < GR_EIGHT; c++) {
        for (size_t r = 0; r < SHARED; r++) Z[c * rows + r] = out[r][c];
    }
}

/* Row c of eight vectors as columns, `rows` apart */
GR_FOR_512 static inline void store_transposed(const __m512d *v, double *Z, size_t rows)
{
    __m512d pair[GR_EIGHT], four[GR_EIGHT];
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++) {
        pair[2 * k] = _mm512_unpacklo_pd(v[2 * k], v[2 * k + 1]);
        pair[2 * k + 1] = _mm512_unpackhi_pd(v[2 * k], v[2 * k + 1]);
    }
#pragma GCC unroll 2
    for (size_t h = 0; h < 2; h++) {
#pragma GCC unroll 2
        for (size_t k = 0; k < 2; k++) {
            four[4 * h + k] = _mm512_shuffle_f64x2(pair[4 * h + k], pair[4 * h + 2 + k], 0x88);
            four[4 * h + 2 + k] = _mm512_shuffle_f64x2(pair[4 * h + k], pair[4 * h + 2 + k], 0xdd);
        }
    }
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++) {
        _mm512_storeu_pd(Z + k * rows, _mm512_shuffle_f64x2(four[k], four[4 + k], 0x88));
        _mm512_storeu_pd(Z + (4 + k) * rows, _mm512_shuffle_f64x2(four[k], four[4 + k], 0xdd));
    }
}

GR_FOR_512 static void multiply_rows_512(const double *x, size_t down, size_t cols, const double *packed,
                                         double *Z, size_t rows)
{
    __m512d sum[GR_EIGHT];
#pragma GCC unroll 8
    for (size_t r = 0; r < GR_EIGHT; r++) sum[r] = _mm512_loadu_pd(packed + cols * GR_EIGHT);
    for (size_t j = 0; j < cols; j++) {
        const __m512d of_j = _mm512_loadu_pd(packed + j * GR_EIGHT);
#pragma GCC unroll 8
        for (size_t r = 0; r < GR_EIGHT; r++)
            sum[r] = _mm512_fmadd_pd(_mm512_set1_pd(x[r * down + j]), of_j, sum[r]);
    }
    store_transposed(sum, Z, rows);
}

static size_t multiply_by_row(gr_target target, const gr_block *block, size_t cols, const double *packed,
                              double *Z)
{
    const size_t rows = block->rows, some = target == GR_TARGET_512 ? (size_t)GR_EIGHT : (size_t)SHARED;
    size_t i = 0;
    for (; i + some <= rows; i += some) {
        const double *x = block->data + i * block->ld;
        if (target == GR_TARGET_512)
            multiply_rows_512(x, block->ld, cols, packed, Z + i, rows);
        else
            multiply_rows_256(x, block->ld, cols, packed, Z + i, rows);
    }
    return i;
}

/* ---- Z by column: a vector is of rows ---- */

/* Four outputs of eight rows */
GR_FOR_256 static void multiply_columns_256(const double *x, size_t ld, size_t cols, const double *packed,
                                            double *Z, size_t rows)
{
    __m256d low[SHARED], high[SHARED];
#pragma GCC unroll 4
    for (size_t c = 0; c < SHARED; c++) low[c] = high[c] = _mm256_broadcast_sd(packed + cols * GR_EIGHT + c);
    for (size_t j = 0; j < cols; j++) {
        const __m256d upper = _mm256_loadu_pd(x + j * ld), lower = _mm256_loadu_pd(x + j * ld + LANES);
#pragma GCC unroll 4
        for (size_t c = 0; c < SHARED; c++) {
            const __m256d factor = _mm256_broadcast_sd(packed + j * GR_EIGHT + c);
            low[c] = _mm256_fmadd_pd(factor, upper, low[c]);
            high[c] = _mm256_fmadd_pd(factor, lower, high[c]);
        }
    }
#pragma GCC unroll 4
    for (size_t c = 0; c < SHARED; c++) {
        _mm256_storeu_pd(Z + c * rows, low[c]);
        _mm256_storeu_pd(Z + c * rows + LANES, high[c]);
    }
}

/* Eight outputs of eight rows */
GR_FOR_512 static void multiply_columns_512(const double *x, size_t ld, size_t cols, const double *packed,
                                            double *Z, size_t rows)
{
    __m512d sum[GR_EIGHT];
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) sum[c] = _mm512_set1_pd(packed[cols * GR_EIGHT + c]);
    for (size_t j = 0; j < cols; j++) {
        const __m512d piece = _mm512_loadu_pd(x + j * ld);
#pragma GCC unroll 8
        for (size_t c = 0; c < GR_EIGHT; c++)
            sum[c] = _mm512_fmadd_pd(_mm512_set1_pd(packed[j * GR_EIGHT + c]), piece, sum[c]);
    }
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) _mm512_storeu_pd(Z + c * rows, sum[c]);
}

static size_t multiply_by_column(gr_target target, const gr_block *block, size_t cols, const double *packed,
                                 double *Z, gr_ahead *ahead)
{
    const size_t rows = block->rows;
    size_t i = 0;
    for (; i + GR_EIGHT <= rows; i += GR_EIGHT) {
        const double *x = block->data + i;
        if (target == GR_TARGET_512) multiply_columns_512(x, block->ld, cols, packed, Z + i, rows);
        for (size_t c = 0; target != GR_TARGET_512 && c < GR_EIGHT; c += SHARED)
            multiply_columns_256(x, block->ld, cols, packed + c, Z + i + c * rows, rows);
        if (ahead) gr_ahead_share(ahead, i + GR_EIGHT, 2 * rows);
    }
    return i;
}

void gr_eight_multiply(gr_target target, const gr_block *block, size_t cols, const double *packed, double *Z,
                       gr_ahead *ahead)
{
    size_t i = block->by_row ? multiply_by_row(target, block, cols, packed, Z)
                             : multiply_by_column(target, block, cols, packed, Z, ahead);
    for (; i < block->rows; i++)
        multiply_row(block->data + i * gr_block_down(block), gr_block_across(block), cols, packed, Z + i,
                     block->rows);
}

/* ---- the gradient by row: a vector is of columns ---- */

/* Four columns, four outputs */
GR_FOR_256 static void add_rows_256(const gr_block *block, const double *x, const double *R,
                                    double sum[GR_EIGHT][GR_EIGHT])
{
    const size_t rows = block->rows;
    __m256d upper[SHARED], lower[SHARED];
#pragma GCC unroll 4
    for (size_t c = 0; c < SHARED; c++) upper[c] = lower[c] = _mm256_setzero_pd();
    for (size_t i = 0; i < rows; i++) {
        const __m256d line = _mm256_loadu_pd(x + i * block->ld);
#pragma GCC unroll 4
        for (size_t c = 0; c < SHARED; c++) {
            upper[c] = _mm256_fmadd_pd(_mm256_broadcast_sd(R + c * rows + i), line, upper[c]);
            lower[c] = _mm256_fmadd_pd(_mm256_broadcast_sd(R + (c + SHARED) * rows + i), line, lower[c]);
        }
    }
#pragma GCC unroll 4
    for (size_t c = 0; c < SHARED; c++) {
        _mm256_storeu_pd(sum[c], upper[c]);
        _mm256_storeu_pd(sum[c + SHARED], lower[c]);
    }
}

/* Up to eight columns, eight outputs */
GR_FOR_512 static void add_rows_512(const gr_block *block, const double *x, size_t some, const double *R,
                                    double sum[GR_EIGHT][GR_EIGHT])
{
    const __mmask8 there = (__mmask8)((1U << some) - 1U);
    const size_t rows = block->rows;
    __m512d of[GR_EIGHT];
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) of[c] = _mm512_setzero_pd();
    for (size_t i = 0; i < rows; i++) {
        const __m512d line = _mm512_maskz_loadu_pd(there, x + i * block->ld);
#pragma GCC unroll 8
        for (size_t c = 0; c < GR_EIGHT; c++)
            of[c] = _mm512_fmadd_pd(_mm512_set1_pd(R[c * rows + i]), line, of[c]);
    }
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) _mm512_storeu_pd(sum[c], of[c]);
}

static size_t add_by_row(gr_target target, const gr_block *block, size_t cols, size_t outputs,
                         const double *R, double *gradient, size_t ld)
{
    double sum[GR_EIGHT][GR_EIGHT];
    for (size_t j = 0; j < cols;) {
        const size_t some = gr_min(target == GR_TARGET_512 ? (size_t)GR_EIGHT : (size_t)LANES, cols - j);
        if (target == GR_TARGET_512)
            add_rows_512(block, block->data + j, some, R, sum);
        else if (some == LANES)
            add_rows_256(block, block->data + j, R, sum);
        else
            return j;
        for (size_t c = 0; c < outputs; c++) {
            for (size_t k = 0; k < some; k++) gradient[c * ld + j + k] += sum[c][k];
        }
        j += some;
    }
    return cols;
}

/* ---- the gradient by column: a vector is of rows, and added up at the end ---- */

GR_FOR_256 static inline double total(__m256d sum)
{
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd(sum, 1));
    return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
}

/* Two columns, four outputs */
GR_FOR_256 static void add_columns_256(const double *x, size_t ld, const double *R, size_t rows, size_t whole,
                                       double sum[PAIR * GR_EIGHT])
{
    __m256d of[PAIR][SHARED];
#pragma GCC unroll 2
    for (size_t k = 0; k < PAIR; k++) {
#pragma GCC unroll 4
        for (size_t c = 0; c < SHARED; c++) of[k][c] = _mm256_setzero_pd();
    }
    for (size_t i = 0; i < whole; i += LANES) {
        const __m256d left = _mm256_loadu_pd(x + i), right = _mm256_loadu_pd(x + ld + i);
#pragma GCC unroll 4
        for (size_t c = 0; c < SHARED; c++) {
            const __m256d r = _mm256_loadu_pd(R + c * rows + i);
            of[0][c] = _mm256_fmadd_pd(r, left, of[0][c]);
            of[1][c] = _mm256_fmadd_pd(r, right, of[1][c]);
        }
    }
#pragma GCC unroll 2
    for (size_t k = 0; k < PAIR; k++) {
#pragma GCC unroll 4
        for (size_t c = 0; c < SHARED; c++) sum[k * GR_EIGHT + c] = total(of[k][c]);
    }
}

/* Two columns, eight outputs */
GR_FOR_512 static void add_columns_512(const double *x, size_t ld, const double *R, size_t rows, size_t whole,
                                       double sum[PAIR * GR_EIGHT])
{
    __m512d left[GR_EIGHT], right[GR_EIGHT];
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) left[c] = right[c] = _mm512_setzero_pd();
    for (size_t i = 0; i < whole; i += GR_EIGHT) {
        const __m512d of_left = _mm512_loadu_pd(x + i), of_right = _mm512_loadu_pd(x + ld + i);
#pragma GCC unroll 8
        for (size_t c = 0; c < GR_EIGHT; c++) {
            const __m512d r = _mm512_loadu_pd(R + c * rows + i);
            left[c] = _mm512_fmadd_pd(r, of_left, left[c]);
            right[c] = _mm512_fmadd_pd(r, of_right, right[c]);
        }
    }
#pragma GCC unroll 8
    for (size_t c = 0; c < GR_EIGHT; c++) {
        sum[c] = _mm512_reduce_add_pd(left[c]);
        sum[GR_EIGHT + c] = _mm512_reduce_add_pd(right[c]);
    }
}

static size_t add_by_column(gr_target target, const gr_block *block, size_t cols, size_t outputs,
                            const double *R, double *gradient, size_t ld, gr_ahead *ahead)
{
    const size_t rows = block->rows,
                 whole = rows - rows % (target == GR_TARGET_512 ? (size_t)GR_EIGHT : (size_t)LANES);
    double sum[PAIR * GR_EIGHT];
    size_t j = 0;
    for (; j + PAIR <= cols; j += PAIR) {
        const double *x = block->data + j * block->ld;
        if (target == GR_TARGET_512) add_columns_512(x, block->ld, R, rows, whole, sum);
        for (size_t c = 0; target != GR_TARGET_512 && c < outputs; c += SHARED)
            add_columns_256(x, block->ld, R + c * rows, rows, whole, sum + c);
        for (size_t k = 0; k < PAIR; k++) {
            for (size_t c = 0; c < outputs; c++)
                gradient[c * ld + j + k] += sum[k * GR_EIGHT + c] + dot(x + k * block->ld + whole, 1,
                                                                        R + c * rows + whole, rows - whole);
        }
        gr_ahead_share(ahead, cols + j + PAIR, 2 * cols);
    }
    return j;
}

void gr_eight_add_transposed(gr_target target, const gr_block *block, size_t cols, size_t outputs,
                             const double *R, double *gradient, size_t ld, gr_ahead *ahead)
{
    size_t j = block->by_row ? add_by_row(target, block, cols, outputs, R, gradient, ld)
                             : add_by_column(target, block, cols, outputs, R, gradient, ld, ahead);
    for (; j < cols; j++) {
        for (size_t c = 0; c < outputs; c++)
            gradient[c * ld + j] += dot(block->data + j * gr_block_across(block), gr_block_down(block),
                                        R + c * block->rows, block->rows);
    }
}

#else

bool gr_eight_outputs_pay(gr_target target, size_t cols, size_t outputs)
{
    (void)target, (void)cols, (void)outputs;
    return false;
}

void gr_eight_multiply(gr_target target, const gr_block *block, size_t cols, const double *packed, double *Z,
                       gr_ahead *ahead)
{
    (void)target, (void)block, (void)cols, (void)packed, (void)Z, (void)ahead;
}

void gr_eight_add_transposed(gr_target target, const gr_block *block, size_t cols, size_t outputs,
                             const double *R, double *gradient, size_t ld, gr_ahead *ahead)
{
    (void)ahead, (void)target, (void)block, (void)cols, (void)outputs, (void)R, (void)gradient, (void)ld;
}

#endif
