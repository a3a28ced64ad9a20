/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/float_lines.h"

#include "base/target.h"

/* Lines that share what is read and written of the vector. */
enum { LINES = 4 };

static void dot_plain(const float *line, size_t length, const double *in, double *out)
{
    double sum = 0.0;
    for (size_t i = 0; i < length; i++) sum += (double)line[i] * in[i];
    *out += sum;
}

static void add_plain(const float *line, size_t length, double factor, double *out)
{
    for (size_t i = 0; i < length; i++) out[i] += (double)line[i] * factor;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* Lanes of a vector of doubles. */
enum { LANES = 4 };

/* sum + the next doubles of x, as doubles, times v */
GR_FOR_256 static inline __m256d gather(const float *x, __m256d v, __m256d sum)
{
    return _mm256_fmadd_pd(_mm256_cvtps_pd(_mm_loadu_ps(x)), v, sum);
}

GR_FOR_256 static inline double total(__m256d sum)
{
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd(sum, 1));
    return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
}

/* Two chains of additions a line, so that none waits for the one before it. */
GR_FOR_256 static void dot_four(const float *const x[LINES], size_t length, const double *in, double *out)
{
    __m256d even[LINES], odd[LINES];
    for (size_t k = 0; k < LINES; k++) even[k] = odd[k] = _mm256_setzero_pd();
    size_t i = 0;
    for (; i + 2 * (size_t)LANES <= length; i += 2 * (size_t)LANES) {
        const __m256d v = _mm256_loadu_pd(in + i), w = _mm256_loadu_pd(in + i + LANES);
        for (size_t k = 0; k < LINES; k++) {
            even[k] = gather(x[k] + i, v, even[k]);
            odd[k] = gather(x[k] + i + LANES, w, odd[k]);
        }
    }
    if (i + LANES <= length) {
        for (size_t k = 0; k < LINES; k++) even[k] = gather(x[k] + i, _mm256_loadu_pd(in + i), even[k]);
        i += LANES;
    }
    for (size_t k = 0; k < LINES; k++) {
        dot_plain(x[k] + i, length - i, in + i, &out[k]);
        out[k] += total(_mm256_add_pd(even[k], odd[k]));
    }
}

GR_FOR_256 static void add_four(const float *const x[LINES], size_t length, const double *in, double *out)
{
    __m256d factor[LINES];
    for (size_t k = 0; k < LINES; k++) factor[k] = _mm256_set1_pd(in[k]);
    size_t i = 0;
    for (; i + LANES <= length; i += LANES) {
        __m256d sum = _mm256_loadu_pd(out + i);
        for (size_t k = 0; k < LINES; k++) sum = gather(x[k] + i, factor[k], sum);
        _mm256_storeu_pd(out + i, sum);
    }
    for (size_t k = 0; k < LINES; k++) add_plain(x[k] + i, length - i, in[k], out + i);
}

#else

static void dot_four(const float *const x[LINES], size_t length, const double *in, double *out)
{
    for (size_t k = 0; k < LINES; k++) dot_plain(x[k], length, in, out + k);
}

static void add_four(const float *const x[LINES], size_t length, const double *in, double *out)
{
    for (size_t k = 0; k < LINES; k++) add_plain(x[k], length, in[k], out);
}

#endif

/* Lines that are taken four at a time; the others one by one. */
static size_t in_fours(const gr_float_lines *lines)
{
    return gr_target_here() == GR_TARGET_PLAIN ? 0 : lines->count / LINES * LINES;
}

static const float *line(const gr_float_lines *lines, size_t k)
{
    return lines->first + k * lines->stride;
}

void gr_float_lines_dot(const gr_float_lines *lines, const double *in, double *out)
{
    const size_t fours = in_fours(lines);
    for (size_t k = 0; k < fours; k += LINES) {
        const float *const x[LINES] = {line(lines, k), line(lines, k + 1), line(lines, k + 2),
                                       line(lines, k + 3)};
        dot_four(x, lines->length, in, out + k);
    }
    for (size_t k = fours; k < lines->count; k++) dot_plain(line(lines, k), lines->length, in, out + k);
}

void gr_float_lines_add(const gr_float_lines *lines, const double *in, double *out)
{
    const size_t fours = in_fours(lines);
    for (size_t k = 0; k < fours; k += LINES) {
        const float *const x[LINES] = {line(lines, k), line(lines, k + 1), line(lines, k + 2),
                                       line(lines, k + 3)};
        add_four(x, lines->length, in + k, out);
    }
    for (size_t k = fours; k < lines->count; k++) add_plain(line(lines, k), lines->length, in[k], out);
}
