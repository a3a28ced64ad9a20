/* SPDX-License-Identifier: BSD-3-Clause */
/* Status codes and their sentences, errors, memory, sizes, norms, random numbers, clock, version. */
#include <criterion/criterion.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/size.h"
#include "base/vector.h"
#include "support.h"

/* ---- statuses and stop reasons ---- */

typedef struct named_value {
    const char *name;
    int value;
    const char *sentence;
} named_value;

static const named_value statuses[] = {
#define ROW(name, value, sentence) {#name, value, sentence},
    GRADUS_STATUS_LIST(ROW)
#undef ROW
};

static const named_value reasons[] = {
#define ROW(name, value, converged, sentence) {#name, value, sentence},
    GRADUS_STOP_LIST(ROW)
#undef ROW
};

enum { STATUSES = sizeof statuses / sizeof *statuses, REASONS = sizeof reasons / sizeof *reasons };

static void all_different(const named_value *rows, size_t count)
{
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < a; b++) {
            cr_assert_neq(rows[a].value, rows[b].value, "%s and %s share a value", rows[a].name,
                          rows[b].name);
            cr_assert_str_neq(rows[a].sentence, rows[b].sentence, "%s and %s share a sentence", rows[a].name,
                              rows[b].name);
        }
    }
}

Test(base, statuses_and_reasons_are_unique)
{
    all_different(statuses, STATUSES);
    all_different(reasons, REASONS);
}

Test(base, only_success_is_zero_and_gradus_never_returns_a_positive_status)
{
    for (size_t k = 0; k < STATUSES; k++)
        cr_assert(statuses[k].value < 0 || strcmp(statuses[k].name, "OK") == 0, "%s is %d", statuses[k].name,
                  statuses[k].value);
    cr_assert_eq(GRADUS_OK, 0);
    cr_assert(GRADUS_STATUS_LAST_ < statuses[STATUSES - 1].value);
    for (size_t k = 0; k < REASONS; k++) cr_assert(reasons[k].value < GRADUS_STOP_LAST_);
}

Test(base, strerror_has_the_sentence_of_every_status)
{
    for (size_t k = 0; k < STATUSES; k++) {
        cr_assert_str_eq(gradus_strerror(statuses[k].value), statuses[k].sentence);
        cr_assert(strlen(statuses[k].sentence) < sizeof((gradus_error){0}.sentence), "%s is cut short",
                  statuses[k].name);
    }
}

Test(base, strerror_of_other_numbers_says_whose_they_are)
{
    static const int positive[] = {1, 42, INT_MAX}, unknown[] = {-2, -63, -1000, INT_MIN};
    for (size_t k = 0; k < 3; k++)
        cr_assert(strstr(gradus_strerror(positive[k]), "callback"), "%s", gradus_strerror(positive[k]));
    for (size_t k = 0; k < 4; k++)
        cr_assert(strstr(gradus_strerror(unknown[k]), "not a status"), "%s", gradus_strerror(unknown[k]));
}

Test(base, stop_sentences_and_success)
{
    for (size_t k = 0; k < REASONS; k++) {
        const gradus_stop_reason reason = (gradus_stop_reason)reasons[k].value;
        cr_assert_str_eq(gradus_stop_sentence(reason), reasons[k].sentence);
        cr_assert_eq(gradus_stop_converged(reason) != 0, strncmp(reasons[k].sentence, "converged", 9) == 0,
                     "%s", reasons[k].name);
    }
    static const int unknown[] = {9, 25, 31, 1000};
    for (size_t k = 0; k < 4; k++) {
        cr_assert(strstr(gradus_stop_sentence((gradus_stop_reason)unknown[k]), "not a stop reason"));
        cr_assert_eq(gradus_stop_converged((gradus_stop_reason)unknown[k]), 0);
    }
}

Test(base, version_is_three_numbers)
{
    int major, minor, patch, length = 0;
    cr_assert_eq(sscanf(gradus_version(), "%d.%d.%d%n", &major, &minor, &patch, &length), 3);
    cr_assert_eq((size_t)length, strlen(gradus_version()));
}

/* ---- errors ---- */

Test(base, an_error_carries_sentence_place_and_numbers)
{
    gradus_error error;
    memset(&error, 0xFB, sizeof error);
    cr_assert_eq(gr_error(&error, GRADUS_ERROR_LABEL, (gr_fault){3, 5, 1.5, 2.5}, "row %d", 3),
                 GRADUS_ERROR_LABEL);
    cr_assert_str_eq(error.sentence, "row 3");
    cr_assert(error.row == 3 && error.column == 5 && error.measured == 1.5 && error.limit == 2.5);
    for (size_t k = 0; k < 4; k++) cr_assert(error.reserved[k] == 0.0);
}

Test(base, an_error_without_numbers_says_so)
{
    gradus_error error;
    memset(&error, 0xFB, sizeof error);
    cr_assert_eq(gr_error_plain(&error, GRADUS_ERROR_MEMORY), GRADUS_ERROR_MEMORY);
    cr_assert_str_eq(error.sentence, gradus_strerror(GRADUS_ERROR_MEMORY));
    cr_assert(error.row == GRADUS_NOWHERE && error.column == GRADUS_NOWHERE);
    cr_assert(isnan(error.measured) && isnan(error.limit));
}

Test(base, a_callbacks_number_is_measured)
{
    gradus_error error;
    cr_assert_eq(gr_error_callback(&error, 42), 42);
    cr_assert(strstr(error.sentence, "42") && error.measured == 42.0);
}

Test(base, a_long_sentence_is_cut_and_a_missing_error_is_fine)
{
    gradus_error error;
    char text[600];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    gr_error(&error, GRADUS_ERROR_LABEL, gr_fault_none(), "%s", text);
    cr_assert_eq(strlen(error.sentence), sizeof error.sentence - 1);
    cr_assert_eq(gr_error(NULL, GRADUS_ERROR_LABEL, gr_fault_none(), "%s", text), GRADUS_ERROR_LABEL);
    cr_assert_eq(gr_error_plain(NULL, GRADUS_ERROR_LABEL), GRADUS_ERROR_LABEL);
}

/* ---- memory and sizes ---- */

Test(base, allocation_is_zeroed_checked_and_counted)
{
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    double *memory = gr_allocate_doubles(&allocator.face, 100);
    for (size_t k = 0; k < 100; k++) cr_assert(memory[k] == 0.0);
    cr_assert_eq(allocator.alive, 1);
    gr_release(&allocator.face, memory);
    gr_release(&allocator.face, NULL);
    cr_assert_eq(allocator.alive, 0);
    cr_assert_eq(allocator.requests, 1);
}

Test(base, allocation_of_nothing_is_something)
{
    const gradus_allocator standard = gr_allocator(NULL);
    void *memory = gr_allocate(&standard, 0, 8);
    cr_assert_not_null(memory);
    gr_release(&standard, memory);
}

Test(base, allocation_refuses_a_product_that_overflows)
{
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    cr_assert_null(gr_allocate(&allocator.face, SIZE_MAX / 8 + 1, 8));
    cr_assert_null(gr_allocate(&allocator.face, SIZE_MAX, SIZE_MAX));
    cr_assert_null(gr_allocate_doubles(&allocator.face, SIZE_MAX / 4));
    cr_assert_eq(allocator.requests, 0, "the allocator was asked for an overflowed size");
}

Test(base, allocation_passes_a_refusal_on)
{
    test_allocator allocator;
    test_allocator_begin(&allocator, 1);
    cr_assert_null(gr_allocate(&allocator.face, 10, 8));
    cr_assert_eq(allocator.requests, 1);
}

Test(base, sizes_are_checked)
{
    size_t result;
    cr_assert(gr_multiply(SIZE_MAX / 3, 3, &result) && result == SIZE_MAX / 3 * 3);
    cr_assert_not(gr_multiply(SIZE_MAX / 3 + 1, 3, &result));
    cr_assert(gr_add(SIZE_MAX - 1, 1, &result) && result == SIZE_MAX);
    cr_assert_not(gr_add(SIZE_MAX, 1, &result));
    cr_assert(gr_fits_int((size_t)INT_MAX));
    cr_assert_not(gr_fits_int((size_t)INT_MAX + 1));
    cr_assert(gr_min(2, 3) == 2 && gr_min(3, 2) == 2 && gr_max(2, 3) == 3 && gr_max(3, 2) == 3);
}

/* ---- vectors ---- */

Test(base, dot_product_against_extended_precision)
{
    test_random random = test_random_from(11);
    double a[70], b[70];
    for (size_t n = 0; n <= 70; n++) {
        long double sum = 0, terms = 0;
        for (size_t j = 0; j < n; j++) {
            a[j] = test_random_uniform(&random);
            b[j] = test_random_uniform(&random);
            sum += (long double)a[j] * b[j];
            terms += fabsl((long double)a[j] * b[j]);
        }
        cr_assert(fabsl(gr_dot(n, a, b) - sum) <= 4 * DBL_EPSILON * terms, "n = %zu", n);
    }
}

/* scale * (3, 4, 12) has norm 13 * scale exactly, wherever scale, a power of two, lies. */
Test(base, norm_neither_overflows_nor_underflows)
{
    for (int exponent = -1074; exponent <= 1020; exponent++) {
        const double s = ldexp(1.0, exponent);
        const double a[] = {3 * s, -4 * s, 0.0, 12 * s}, b[] = {s, s, s, s};
        const double shifted[] = {4 * s, -3 * s, s, 13 * s};
        cr_assert(gr_norm(4, a) == 13 * s, "2^%d: %g", exponent, gr_norm(4, a));
        cr_assert(gr_distance(4, shifted, b) == 13 * s, "2^%d: %g", exponent, gr_distance(4, shifted, b));
    }
}

Test(base, norm_of_mixed_sizes)
{
    const double mixed[] = {1e-200, 3e200, 1e-300, -4e200}, tiny[] = {DBL_MIN, DBL_TRUE_MIN, 0.0};
    cr_assert(test_digits(gr_norm(4, mixed), 5e200) >= 15);
    cr_assert(test_digits(gr_norm(3, tiny), DBL_MIN) >= 15);
    cr_assert(gr_norm(0, mixed) == 0.0 && gr_norm(1, tiny + 2) == 0.0);
    cr_assert(gr_distance(4, mixed, mixed) == 0.0);
    const double long_columns[2] = {3e200, 4e-200}, units[2] = {1e200, 1e-200}, small[2] = {3e-200, 4e-200};
    cr_assert(test_digits(gr_norm_over(2, long_columns, units), 5.0) >= 15);
    cr_assert(test_digits(gr_norm_over(2, small, (const double[]){1.0, 1.0}), 5e-200) >= 15);
    cr_assert(test_digits(gr_norm_over(2, (const double[]){3e200, 4e200}, (const double[]){1.0, -1.0}),
                          5e200) >= 15);
    cr_assert(gr_norm_over(2, (const double[]){0.0, 0.0}, units) == 0.0);
    /* terms 9e-400, 16e-400 and 9e400, 16e400, of factors that share no unit */
    cr_assert(
        test_digits(gr_root_of_dot(2, (const double[]){3e-300, 8e-150}, (const double[]){3e-100, 2e-250}),
                    5e-200) >= 15);
    cr_assert(test_digits(gr_root_of_dot(2, (const double[]){-3e300, -8e150}, (const double[]){3e100, 2e250}),
                          5e200) >= 15);
    cr_assert(test_digits(gr_root_of_dot(2, (const double[]){3.0, 8.0}, (const double[]){3.0, 2.0}), 5.0) >=
              15);
    cr_assert(gr_root_of_dot(2, (const double[]){0.0, 1e-300}, (const double[]){1e300, 0.0}) == 0.0);
    cr_assert(isnan(gr_root_of_dot(1, (const double[]){(double)NAN}, (const double[]){1.0})));
}

Test(base, norm_of_numbers_that_are_not_finite)
{
    const double zero[2] = {0.0, 0.0};
    const double with_nan[2] = {1.0, (double)NAN}, with_inf[2] = {-(double)INFINITY, 1.0};
    const double both[2] = {(double)INFINITY, (double)NAN};
    cr_assert(isnan(gr_norm(2, with_nan)) && isnan(gr_distance(2, with_nan, zero)));
    cr_assert(gr_norm(2, with_inf) == (double)INFINITY);
    cr_assert(gr_distance(2, zero, with_inf) == (double)INFINITY);
    cr_assert_not(isfinite(gr_norm(2, both)));
}

Test(base, norm_against_extended_precision)
{
    test_random random = test_random_from(12);
    double a[70], b[70];
    for (size_t n = 1; n <= 70; n++) {
        long double norm = 0, distance = 0;
        for (size_t j = 0; j < n; j++) {
            a[j] = test_random_uniform(&random);
            b[j] = test_random_uniform(&random);
            norm += (long double)a[j] * a[j];
            distance += ((long double)a[j] - b[j]) * ((long double)a[j] - b[j]);
        }
        cr_assert(test_digits(gr_norm(n, a), (double)sqrtl(norm)) >= 14.5, "n = %zu", n);
        cr_assert(test_digits(gr_distance(n, a, b), (double)sqrtl(distance)) >= 14.5, "n = %zu", n);
    }
}

Test(base, first_not_finite)
{
    double a[9];
    for (size_t bad = 0; bad <= 9; bad++) {
        for (size_t j = 0; j < 9; j++) a[j] = DBL_MAX;
        if (bad < 9) a[bad] = bad % 2 ? (double)NAN : -(double)INFINITY;
        if (bad < 8) a[8] = (double)NAN;
        cr_assert_eq(gr_first_not_finite(9, a), bad);
    }
}

Test(base, negation_turns_the_sign_bit_and_nothing_else)
{
    const double numbers[] = {0.0, -0.0, 1.5, -DBL_TRUE_MIN, DBL_MAX, -(double)INFINITY};
    double turned[6];
    memcpy(turned, numbers, sizeof numbers);
    gr_negate(6, turned);
    for (size_t j = 0; j < 6; j++)
        cr_assert(fabs(turned[j]) == fabs(numbers[j]) && !signbit(turned[j]) != !signbit(numbers[j]));
    gr_negate(6, turned);
    cr_assert(test_same_bits(6, turned, numbers));
}

/* ---- random numbers ---- */

Test(base, random_bits_are_a_pure_function)
{
    for (uint64_t counter = 0; counter < 100; counter++) {
        const uint64_t bits = gr_random_bits(5, counter);
        (void)gr_random_bits(6, counter + 1);
        cr_assert_eq(gr_random_bits(5, counter), bits);
        cr_assert_neq(gr_random_bits(6, counter), bits);
        cr_assert_neq(gr_random_bits(5, counter + 1), bits);
    }
}

/* Wilson and Hilferty: the cube root of chi-square over its degrees is nearly normal; 5 standard deviations. */
static bool chi_square_is_fair(double square, double degrees)
{
    const double spread = 2.0 / (9.0 * degrees);
    return (cbrt(square / degrees) - (1.0 - spread)) / sqrt(spread) <= 5.0;
}

/* A fair coin stays within 5 standard deviations, sqrt(N)/2 each, in every of these statistics. */
Test(base, random_signs_are_fair_and_independent)
{
    enum { N = 100000 };
    const double bound = 5.0 * sqrt((double)N);
    for (uint64_t seed = 0; seed < 8; seed++) {
        double sum = 0, neighbours = 0, seeds = 0;
        for (uint64_t k = 0; k < N; k++) {
            const double sign = gr_random_sign(seed, k);
            cr_assert(sign == 1.0 || sign == -1.0);
            sum += sign;
            neighbours += sign * gr_random_sign(seed, k + 1);
            seeds += sign * gr_random_sign(seed + 1, k);
        }
        cr_assert(fabs(sum) < bound && fabs(neighbours) < bound && fabs(seeds) < bound, "seed %d: %g %g %g",
                  (int)seed, sum, neighbours, seeds);
    }
}

Test(base, every_random_bit_is_fair)
{
    enum { N = 20000 };
    int ones[64] = {0};
    for (uint64_t k = 0; k < N; k++) {
        const uint64_t bits = gr_random_bits(77, k);
        for (int b = 0; b < 64; b++) ones[b] += (int)(bits >> b & 1);
    }
    for (int b = 0; b < 64; b++) cr_assert(abs(ones[b] - N / 2) < 5 * (int)sqrt(N / 4.0), "bit %d", b);
}

Test(base, uniform_numbers_are_uniform)
{
    enum { N = 100000, BINS = 64 };
    for (uint64_t seed = 0; seed < 4; seed++) {
        double counts[BINS] = {0.0}, below[BINS] = {0.0}, square = 0.0, whole = 0.0;
        for (uint64_t k = 0; k < N; k++) {
            const double u = gr_random_uniform(seed, k);
            cr_assert(u >= 0.0 && u < 1.0 && ldexp(u, 53) == floor(ldexp(u, 53)));
            counts[(size_t)(u * BINS)] += 1.0;
            below[gr_random_below(seed + 100, k, BINS)] += 1.0;
        }
        const double expected = (double)N / BINS;
        for (size_t b = 0; b < BINS; b++) {
            square += (counts[b] - expected) * (counts[b] - expected) / expected;
            whole += (below[b] - expected) * (below[b] - expected) / expected;
        }
        cr_assert(chi_square_is_fair(square, BINS - 1) && chi_square_is_fair(whole, BINS - 1),
                  "chi-square %g and %g", square, whole);
    }
}

Test(base, random_rows_are_rows)
{
    static const size_t sizes[] = {1, 2, 3, 1000, (size_t)1 << 53, ((size_t)1 << 53) - 1};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (uint64_t k = 0; k < 1000; k++) cr_assert(gr_random_below(s, k, sizes[s]) < sizes[s]);
    }
}

/* ---- permutations ---- */

/* Some of its places at once, however many */
static void is_taken_as_it_stands(const gr_permutation *order)
{
    enum { MOST = 37 };
    size_t rows[MOST + 1];
    for (size_t count = 0; count <= MOST && count <= order->m; count++) {
        const size_t first = (order->m - count) / 2;
        rows[count] = SIZE_MAX;
        gr_permutation_take(order, first, count, rows);
        for (size_t k = 0; k < count; k++) cr_assert_eq(rows[k], gr_permutation_at(order, first + k));
        cr_assert_eq(rows[count], SIZE_MAX);
    }
}

static void is_a_permutation(uint64_t seed, uint64_t epoch, size_t m)
{
    unsigned char *seen = (unsigned char *)calloc(m, 1);
    cr_assert_not_null(seen);
    const gr_permutation order = gr_permutation_of(seed, epoch, m);
    for (size_t place = 0; place < m; place++) {
        const size_t at = gr_permutation_at(&order, place);
        cr_assert(at < m && !seen[at], "%zu of %zu comes twice, or is none", at, m);
        seen[at] = 1;
    }
    free(seen);
    is_taken_as_it_stands(&order);
}

Test(base, a_permutation_is_one)
{
    for (size_t m = 1; m <= 300; m++) {
        for (uint64_t epoch = 0; epoch < 8; epoch++) is_a_permutation(m, epoch, m);
    }
    for (size_t power = 512; power <= 1 << 20; power *= 4) {
        for (size_t m = power - 1; m <= power + 1; m++) is_a_permutation(UINT64_MAX - m, m, m);
    }
    is_a_permutation(0, UINT64_MAX, 999983);
    is_a_permutation(UINT64_MAX, 0, 1002001); /* 1001^2 */
}

static int ascending(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Of very many places some, near each other and far apart, must go to different ones. */
Test(base, a_permutation_of_very_many_is_injective)
{
    enum { PLACES = 30000 };
    static const size_t sizes[] = {((size_t)1 << 32) - 1, ((size_t)1 << 32) + 1, (size_t)1 << 53,
                                   6000000000007, (size_t)1 << 63};
    static size_t seen[PLACES];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const gr_permutation order = gr_permutation_of(4, s, sizes[s]);
        const size_t stride = sizes[s] / PLACES;
        for (size_t k = 0; k < PLACES; k++) {
            const size_t place = k % 3 == 0 ? k : k % 3 == 1 ? k * stride : sizes[s] - 1 - k;
            seen[k] = gr_permutation_at(&order, place);
            cr_assert(seen[k] < sizes[s]);
        }
        qsort(seen, PLACES, sizeof *seen, ascending);
        for (size_t k = 1; k < PLACES; k++) cr_assert(seen[k] > seen[k - 1]);
    }
}

/* Two permutations of many share about one place, Poisson(1); 12 or more have probability 1e-9. */
static size_t places_shared(const gr_permutation *a, const gr_permutation *b)
{
    size_t shared = 0;
    for (size_t k = 0; k < a->m; k++) shared += gr_permutation_at(a, k) == gr_permutation_at(b, k);
    return shared;
}

Test(base, permutations_differ_with_seed_and_epoch_and_are_pure)
{
    enum { M = 1000 };
    for (uint64_t k = 0; k < 20; k++) {
        const gr_permutation here = gr_permutation_of(k, k, M), same = gr_permutation_of(k, k, M);
        const gr_permutation epoch = gr_permutation_of(k, k + 1, M), seed = gr_permutation_of(k + 1, k, M);
        cr_assert_eq(places_shared(&here, &same), M);
        cr_assert(places_shared(&here, &epoch) < 12 && places_shared(&here, &seed) < 12);
        cr_assert(places_shared(&epoch, &seed) < 12, "seed and epoch are interchangeable");
    }
}

/* All m! orders of few numbers come equally often. */
Test(base, every_order_of_few_numbers_comes_equally_often)
{
    static const size_t factorial[] = {1, 1, 2, 6, 24, 120, 720, 5040};
    for (size_t m = 2; m <= 7; m++) {
        double counts[5040] = {0.0}, square = 0.0;
        const double expected = 40.0;
        const size_t orders = factorial[m];
        for (uint64_t epoch = 0; epoch < 40 * orders; epoch++) {
            const gr_permutation order = gr_permutation_of(1, epoch, m);
            size_t values[7], rank = 0;
            for (size_t k = 0; k < m; k++) values[k] = gr_permutation_at(&order, k);
            for (size_t k = 0; k < m; k++) {
                size_t smaller = 0;
                for (size_t l = k + 1; l < m; l++) smaller += values[l] < values[k];
                rank += smaller * factorial[m - 1 - k];
            }
            counts[rank] += 1.0;
        }
        for (size_t k = 0; k < orders; k++)
            square += (counts[k] - expected) * (counts[k] - expected) / expected;
        cr_assert(chi_square_is_fair(square, (double)orders - 1), "m = %zu: chi-square %g", m, square);
    }
}

/* Over the epochs every place holds every number equally often, and so do neighbours every distance. */
Test(base, places_and_neighbours_are_uniform)
{
    enum { EPOCHS = 20000 };
    static const size_t sizes[] = {7, 10, 16, 31, 50, 64, 100};
    static double counts[100], distances[100];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t m = sizes[s];
        for (size_t place = 0; place + 1 < m; place += 1 + m / 5) {
            double square = 0.0, apart = 0.0;
            memset(counts, 0, sizeof counts);
            memset(distances, 0, sizeof distances);
            for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
                const gr_permutation order = gr_permutation_of(2, epoch, m);
                const size_t a = gr_permutation_at(&order, place), b = gr_permutation_at(&order, place + 1);
                counts[a] += 1.0;
                distances[(b + m - a) % m] += 1.0;
            }
            const double expected = (double)EPOCHS / (double)m, other = (double)EPOCHS / (double)(m - 1);
            for (size_t k = 0; k < m; k++)
                square += (counts[k] - expected) * (counts[k] - expected) / expected;
            for (size_t k = 1; k < m; k++) apart += (distances[k] - other) * (distances[k] - other) / other;
            cr_assert(distances[0] == 0.0);
            cr_assert(chi_square_is_fair(square, (double)(m - 1)) &&
                          chi_square_is_fair(apart, (double)(m - 2)),
                      "m = %zu, place %zu: chi-square %g and %g", m, place, square, apart);
        }
    }
}

/* ---- clock ---- */

Test(base, clock_never_runs_backwards)
{
    double before = gr_seconds();
    for (int k = 0; k < 1000; k++) {
        const double now = gr_seconds();
        cr_assert(now >= before);
        before = now;
    }
}
