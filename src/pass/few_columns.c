/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/few_columns.h"

#include "base/size.h"
#include "base/target.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* Doubles of a vector; rows and columns that share what is read; outputs of a row in two vectors. */
enum { LANES = 4, SHARED = 4, PAIR = 2 };

bool gr_few_columns(size_t cols)
{
    return cols <= GR_FEW_COLUMNS && gr_target_here() != GR_TARGET_PLAIN;
}

/* Theta by rows, each GR_FEW_OUTPUTS long, 0 where there is no output */
static void pack(size_t cols, size_t outputs, const double *theta, size_t ld, double *packed)
{
    for (size_t j = 0; j < cols; j++) {
        for (size_t c = 0; c < GR_FEW_OUTPUTS; c++)
            packed[j * GR_FEW_OUTPUTS + c] = c < outputs ? theta[c * ld + j] : 0.0;
    }
}

/* out[r] = start + row r of X times the packed Theta, for SHARED rows; x[0] is the first element of the first */
GR_FOR_256 static void multiply_rows(const double *x, size_t down, size_t across, size_t cols,
                                     const double *packed, const double *start,
                                     double out[SHARED][GR_FEW_OUTPUTS])
{
    __m256d sum[SHARED][PAIR];
    for (size_t r = 0; r < SHARED; r++) {
        for (size_t h = 0; h < PAIR; h++) sum[r][h] = _mm256_loadu_pd(start + h * LANES);
    }
    for (size_t j = 0; j < cols; j++) {
        const __m256d low = _mm256_loadu_pd(packed + j * GR_FEW_OUTPUTS);
        const __m256d high = _mm256_loadu_pd(packed + j * GR_FEW_OUTPUTS + LANES);
        for (size_t r = 0; r < SHARED; r++) {
            const __m256d element = _mm256_set1_pd(x[r * down + j * across]);
            sum[r][0] = _mm256_fmadd_pd(element, low, sum[r][0]);
            sum[r][1] = _mm256_fmadd_pd(element, high, sum[r][1]);
        }
    }
    for (size_t r = 0; r < SHARED; r++) {
        for (size_t h = 0; h < PAIR; h++) _mm256_storeu_pd(out[r] + h * LANES, sum[r][h]);
    }
}

static void multiply_row(const double *x, size_t across, size_t cols, const double *packed,
                         const double *start, double out[GR_FEW_OUTPUTS])
{
    for (size_t c = 0; c < GR_FEW_OUTPUTS; c++) out[c] = start[c];
    for (size_t j = 0; j < cols; j++) {
        for (size_t c = 0; c < GR_FEW_OUTPUTS; c++) out[c] += x[j * across] * packed[j * GR_FEW_OUTPUTS + c];
    }
}

static void multiply_by_row(const gr_block *block, size_t cols, size_t outputs, const double *theta,
                            size_t ld, const double *start, double *Z)
{
    double packed[GR_FEW_COLUMNS * GR_FEW_OUTPUTS], out[SHARED][GR_FEW_OUTPUTS];
    const size_t down = gr_block_down(block), across = gr_block_across(block);
    pack(cols, outputs, theta, ld, packed);
    for (size_t i = 0; i < block->rows; i += SHARED) {
        const size_t rows = gr_min(SHARED, block->rows - i);
        const double *x = block->data + i * down;
        if (rows == SHARED) multiply_rows(x, down, across, cols, packed, start, out);
        for (size_t r = 0; rows < SHARED && r < rows; r++)
            multiply_row(x + r * down, across, cols, packed, start, out[r]);
        for (size_t c = 0; c < outputs; c++) {
            for (size_t r = 0; r < rows; r++) Z[c * block->rows + i + r] = out[r][c];
        }
    }
}

/* SHARED outputs of a block by column, PAIR vectors of rows at a time; returns the rows that are left */
GR_FOR_256 static size_t multiply_columns(const gr_block *block, size_t cols, const double *theta, size_t ld,
                                          const double *start, double *Z)
{
    const size_t rows = block->rows;
    size_t i = 0;
    for (; i + (size_t)PAIR * LANES <= rows; i += (size_t)PAIR * LANES) {
        __m256d low[SHARED], high[SHARED];
        for (size_t c = 0; c < SHARED; c++) low[c] = high[c] = _mm256_set1_pd(start[c]);
        for (size_t j = 0; j < cols; j++) {
            const double *x = block->data + j * block->ld + i;
            const __m256d upper = _mm256_loadu_pd(x), lower = _mm256_loadu_pd(x + LANES);
            for (size_t c = 0; c < SHARED; c++) {
                const __m256d factor = _mm256_set1_pd(theta[c * ld + j]);
                low[c] = _mm256_fmadd_pd(factor, upper, low[c]);
                high[c] = _mm256_fmadd_pd(factor, lower, high[c]);
            }
        }
        for (size_t c = 0; c < SHARED; c++) {
            _mm256_storeu_pd(Z + c * rows + i, low[c]);
            _mm256_storeu_pd(Z + c * rows + i + LANES, high[c]);
        }
    }
    return rows - i;
}

/* One output of the last rows, or of all */
static void multiply_column(const gr_block *block, size_t last, size_t cols, const double *theta,
                            double start, double *Z)
{
    const size_t first = block->rows - last;
    for (size_t i = first; i < block->rows; i++) Z[i] = start;
    for (size_t j = 0; j < cols; j++) {
        for (size_t i = first; i < block->rows; i++) Z[i] += theta[j] * block->data[j * block->ld + i];
    }
}

static void multiply_by_column(const gr_block *block, size_t cols, size_t outputs, const double *theta,
                               size_t ld, const double *start, double *Z)
{
    for (size_t c = 0; c < outputs; c += SHARED) {
        const size_t some = gr_min(SHARED, outputs - c);
        const bool all = some == SHARED;
        const double *of_c = theta + c * ld;
        double *to = Z + c * block->rows;
        const size_t left = all ? multiply_columns(block, cols, of_c, ld, start + c, to) : block->rows;
        for (size_t k = 0; left > 0 && k < some; k++)
            multiply_column(block, left, cols, of_c + k * ld, start[c + k], to + k * block->rows);
    }
}

void gr_few_multiply(const gr_block *block, size_t cols, size_t outputs, const double *theta, size_t ld,
                     const double *start, double *Z)
{
    double first[GR_FEW_OUTPUTS] = {0.0};
    for (size_t c = 0; start && c < outputs; c++) first[c] = start[c * ld];
    if (block->by_row)
        multiply_by_row(block, cols, outputs, theta, ld, first, Z);
    else
        multiply_by_column(block, cols, outputs, theta, ld, first, Z);
}

/* gradient[j] += sum of r_i x_ij over SHARED rows by row, `rows` apart in R for each output */
GR_FOR_256 static void add_rows(const double *x, size_t ld_x, size_t cols, size_t outputs, const double *R,
                                size_t rows, double *gradient, size_t ld)
{
    size_t j = 0;
    for (; j + LANES <= cols; j += LANES) {
        __m256d line[SHARED];
        for (size_t r = 0; r < SHARED; r++) line[r] = _mm256_loadu_pd(x + r * ld_x + j);
        for (size_t c = 0; c < outputs; c++) {
            __m256d sum = _mm256_loadu_pd(gradient + c * ld + j);
            for (size_t r = 0; r < SHARED; r++)
                sum = _mm256_fmadd_pd(_mm256_set1_pd(R[c * rows + r]), line[r], sum);
            _mm256_storeu_pd(gradient + c * ld + j, sum);
        }
    }
    for (; j < cols; j++) {
        for (size_t c = 0; c < outputs; c++) {
            for (size_t r = 0; r < SHARED; r++) gradient[c * ld + j] += R[c * rows + r] * x[r * ld_x + j];
        }
    }
}

GR_FOR_256 static inline double total(__m256d sum)
{
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd(sum, 1));
    return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
}

/* The same for all rows of a block by column: PAIR columns and SHARED outputs at a time */
GR_FOR_256 static void add_columns(const double *x, size_t ld_x, const double *R, size_t rows,
                                   double *gradient, size_t ld)
{
    __m256d sum[PAIR][SHARED];
    size_t i = 0;
    for (size_t k = 0; k < PAIR; k++) {
        for (size_t c = 0; c < SHARED; c++) sum[k][c] = _mm256_setzero_pd();
    }
    for (; i + LANES <= rows; i += LANES) {
        const __m256d left = _mm256_loadu_pd(x + i), right = _mm256_loadu_pd(x + ld_x + i);
        for (size_t c = 0; c < SHARED; c++) {
            const __m256d r = _mm256_loadu_pd(R + c * rows + i);
            sum[0][c] = _mm256_fmadd_pd(r, left, sum[0][c]);
            sum[1][c] = _mm256_fmadd_pd(r, right, sum[1][c]);
        }
    }
    for (size_t k = 0; k < PAIR; k++) {
        for (size_t c = 0; c < SHARED; c++) {
            double rest = total(sum[k][c]);
            for (size_t at = i; at < rows; at++) rest += R[c * rows + at] * x[k * ld_x + at];
            gradient[c * ld + k] += rest;
        }
    }
}

/* One column and one output, in four sums */
static void add_column(const double *x, const double *r, size_t rows, double *gradient)
{
    double sum[LANES] = {0.0};
    for (size_t i = 0; i < rows; i++) sum[i % LANES] += r[i] * x[i];
    *gradient += (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_by_column(const gr_block *block, size_t cols, size_t outputs, const double *R,
                          double *gradient, size_t ld)
{
    const size_t rows = block->rows, fours = outputs / SHARED * SHARED, pairs = cols / PAIR * PAIR;
    for (size_t j = 0; j < cols; j++) {
        const double *x = block->data + j * block->ld;
        for (size_t c = 0; j < pairs && j % PAIR == 0 && c < fours; c += SHARED)
            add_columns(x, block->ld, R + c * rows, rows, gradient + c * ld + j, ld);
        for (size_t c = j < pairs ? fours : 0; c < outputs; c++)
            add_column(x, R + c * rows, rows, gradient + c * ld + j);
    }
}

static void add_by_row(const gr_block *block, size_t cols, size_t outputs, const double *R, double *gradient,
                       size_t ld)
{
    size_t i = 0;
    for (; i + SHARED <= block->rows; i += SHARED)
        add_rows(block->data + i * block->ld, block->ld, cols, outputs, R + i, block->rows, gradient, ld);
    for (; i < block->rows; i++) {
        for (size_t c = 0; c < outputs; c++) {
            for (size_t j = 0; j < cols; j++)
                gradient[c * ld + j] += R[c * block->rows + i] * block->data[i * block->ld + j];
        }
    }
}

void gr_few_add_transposed(const gr_block *block, size_t cols, size_t outputs, const double *R,
                           double *gradient, size_t ld)
{
    if (block->by_row)
        add_by_row(block, cols, outputs, R, gradient, ld);
    else
        add_by_column(block, cols, outputs, R, gradient, ld);
}

#else

bool gr_few_columns(size_t cols)
{
    (void)cols;
    return false;
}

void gr_few_multiply(const gr_block *block, size_t cols, size_t outputs, const double *theta, size_t ld,
                     const double *start, double *Z)
{
    (void)block, (void)cols, (void)outputs, (void)theta, (void)ld, (void)start, (void)Z;
}

void gr_few_add_transposed(const gr_block *block, size_t cols, size_t outputs, const double *R,
                           double *gradient, size_t ld)
{
    (void)block, (void)cols, (void)outputs, (void)R, (void)gradient, (void)ld;
}

#endif
