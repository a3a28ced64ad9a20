/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The built-in data: shapes, formulas, and NIST's certified answers against plain loops in extended
 * precision. Where the folder with NIST's own files is present, every number is compared with them bit for
 * bit.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/datasets.h"
#include "data/exact_answers.h"
#include "data/polynomial.h"
#include "io/csv.h"

enum { MOST_ROWS = 82, MOST_COEFFICIENTS = 11 };

/* The design of the model in extended precision, in the order of theta: regressors, then a 1. */
typedef struct design {
    size_t rows, columns;
    long double x[MOST_ROWS][MOST_COEFFICIENTS];
} design;

static void make_design(const gr_dataset *set, design *d)
{
    d->rows = set->rows;
    d->columns = gr_dataset_coefficients(set);
    for (size_t i = 0; i < set->rows; i++) {
        long double power = 1.0L;
        for (size_t j = 0; j < gr_dataset_regressors(set); j++) {
            power *= set->x[i * set->columns];
            d->x[i][j] = set->degree ? power : set->x[i * set->columns + j];
        }
        if (set->intercept) d->x[i][d->columns - 1] = 1.0L;
    }
}

static void skip_without_extended_precision(void)
{
    if (LDBL_MANT_DIG < 64) cr_skip_test("long double has no more digits than double on this machine");
}

/* ---- shapes and names ---- */

Test(data, every_set_has_its_shape)
{
    static const struct {
        const char *name;
        size_t rows, columns, degree, coefficients;
        bool intercept;
    } shapes[] = {
        {"Longley", 16, 6, 0, 7, true},  {"NoInt1", 11, 1, 0, 1, false},  {"NoInt2", 3, 1, 0, 1, false},
        {"Wampler1", 21, 1, 5, 6, true}, {"Wampler2", 21, 1, 5, 6, true}, {"Wampler3", 21, 1, 5, 6, true},
        {"Wampler4", 21, 1, 5, 6, true}, {"Wampler5", 21, 1, 5, 6, true}, {"Filip", 82, 1, 10, 11, true},
        {"Pontius", 40, 1, 2, 3, true},
    };
    cr_assert_eq(gr_datasets_count, sizeof shapes / sizeof *shapes);
    for (size_t i = 0; i < gr_datasets_count; i++) {
        const gr_dataset *set = gr_datasets[i];
        cr_expect_str_eq(set->name, shapes[i].name);
        cr_expect(set->rows == shapes[i].rows && set->columns == shapes[i].columns, "%s", set->name);
        cr_expect(set->degree == shapes[i].degree && set->intercept == shapes[i].intercept, "%s", set->name);
        cr_expect_eq(gr_dataset_coefficients(set), shapes[i].coefficients);
        cr_expect(strlen(set->title) > 10 && strstr(set->source, "NIST StRD") != NULL, "%s", set->name);
        cr_expect(strlen(set->response) > 0);
        for (size_t j = 0; j < set->columns; j++) cr_expect(strlen(set->names[j]) > 0);
    }
}

Test(data, a_set_is_found_by_name_in_any_case)
{
    for (size_t i = 0; i < gr_datasets_count; i++)
        cr_expect(gr_dataset_find(gr_datasets[i]->name) == gr_datasets[i]);
    cr_expect(gr_dataset_find("lOnGlEy") == &gr_longley);
    cr_expect(gr_dataset_find("WAMPLER5") == &gr_wampler5);
    cr_expect(gr_dataset_find("Wampler") == NULL);
    cr_expect(gr_dataset_find("Wampler55") == NULL);
    cr_expect(gr_dataset_find("") == NULL);
}

/* ---- Wampler's formulas, in integers ---- */

/* Wampler's residuals: orthogonal to 1, x, ..., x^5 on 0..20. */
static const int64_t wampler_residual[21] = {759,   -2048, 2048,  -2048, 2523,  -2048, 2048,
                                             -2048, 1838,  -2048, 2048,  -2048, 1838,  -2048,
                                             2048,  -2048, 2523,  -2048, 2048,  -2048, 759};

static int64_t integer_power(int64_t x, int k)
{
    int64_t power = 1;
    for (; k > 0; k--) power *= x;
    return power;
}

/* sum over k = 0..5 of x^k scale^(5 - k) */
static int64_t wampler_sum(int64_t x, int64_t scale)
{
    int64_t sum = 0;
    for (int k = 0; k <= 5; k++) sum += integer_power(x, k) * integer_power(scale, 5 - k);
    return sum;
}

Test(data, wampler_follows_its_formulas)
{
    for (int i = 0; i < 21; i++) {
        const int64_t sum = wampler_sum(i, 1), e = wampler_residual[i];
        cr_expect(gr_wampler1.x[i] == i && gr_wampler2.x[i] == i && gr_wampler5.x[i] == i);
        cr_expect_eq(gr_wampler1.y[i], (double)sum);
        /* an integer over 10^5, rounded once, is the double nearest to its five decimals */
        cr_expect_eq(gr_wampler2.y[i], (double)wampler_sum(i, 10) / 1e5);
        cr_expect_eq(gr_wampler3.y[i], (double)(sum + e));
        cr_expect_eq(gr_wampler4.y[i], (double)(sum + 100 * e));
        cr_expect_eq(gr_wampler5.y[i], (double)(sum + 10000 * e));
    }
}

Test(data, wamplers_residuals_are_orthogonal_to_the_powers)
{
    for (int k = 0; k <= 5; k++) {
        int64_t sum = 0;
        for (int i = 0; i < 21; i++) sum += wampler_residual[i] * integer_power(i, k);
        cr_expect(sum == 0, "power %d: %lld", k, (long long)sum);
    }
}

/* ---- the certified answers ---- */

/*
 * The certified coefficients carry 15 digits: each is off by at most 5e-15 of itself. So column j of the
 * normal equations holds up to
 *
 *   |sum_i x_ij (sum_k x_ik theta_k - y_i)|  <=  digits * sum_i |x_ij| sum_k |x_ik theta_k|  +  rounding.
 *
 * The largest left side over that sum, over all columns.
 */
static long double normal_equations_error(const design *d, const double *y, const double *theta)
{
    long double worst = 0.0L;
    for (size_t j = 0; j < d->columns; j++) {
        long double sum = 0.0L, size = 0.0L;
        for (size_t i = 0; i < d->rows; i++) {
            long double residual = -(long double)y[i];
            for (size_t k = 0; k < d->columns; k++) {
                residual += d->x[i][k] * theta[k];
                size += fabsl(d->x[i][j] * d->x[i][k] * theta[k]);
            }
            sum += d->x[i][j] * residual;
        }
        worst = fmaxl(worst, fabsl(sum) / size);
    }
    return worst;
}

/* Exact coefficients leave rounding alone: of the sums, and of the decimals of Wampler2 to double. */
static long double certified_digits(const gr_dataset *set)
{
    if (set == &gr_wampler2) return 1e-16L;
    return strncmp(set->name, "Wampler", 7) == 0 ? 1e-18L : 5e-15L;
}

Test(data, certified_coefficients_satisfy_the_normal_equations)
{
    skip_without_extended_precision();
    static design d;
    for (size_t s = 0; s < gr_datasets_count; s++) {
        const gr_dataset *set = gr_datasets[s];
        const long double limit = certified_digits(set);
        make_design(set, &d);
        const long double error = normal_equations_error(&d, set->y, set->certified);
        cr_expect(error <= limit, "%s: %.2Lg", set->name, error);
        for (size_t j = 0; j < d.columns; j++) { /* one wrong digit is seen */
            double theta[MOST_COEFFICIENTS];
            memcpy(theta, set->certified, d.columns * sizeof *theta);
            theta[j] *= 1.0 + 1e-9;
            cr_expect(normal_equations_error(&d, set->y, theta) > limit, "%s: coefficient %zu", set->name, j);
        }
    }
}

typedef struct answer {
    long double theta[MOST_COEFFICIENTS], deviation[MOST_COEFFICIENTS];
} answer;

/* Modified Gram-Schmidt of [X y] (Bjorck, BIT 7 (1967) 1-21): q becomes Q and the residual, r R and Q'y. */
static void gram_schmidt(size_t rows, size_t n, long double q[MOST_ROWS][MOST_COEFFICIENTS + 1],
                         long double r[MOST_COEFFICIENTS][MOST_COEFFICIENTS + 1])
{
    for (size_t k = 0; k < n; k++) {
        long double square = 0.0L;
        for (size_t i = 0; i < rows; i++) square += q[i][k] * q[i][k];
        r[k][k] = sqrtl(square);
        for (size_t i = 0; i < rows; i++) q[i][k] /= r[k][k];
        for (size_t j = k + 1; j <= n; j++) {
            r[k][j] = 0.0L;
            for (size_t i = 0; i < rows; i++) r[k][j] += q[i][k] * q[i][j];
            for (size_t i = 0; i < rows; i++) q[i][j] -= r[k][j] * q[i][k];
        }
    }
}

/* Solves R x = b, in place. */
static void back_substitute(size_t n, long double r[MOST_COEFFICIENTS][MOST_COEFFICIENTS + 1], long double *b)
{
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) b[k] -= r[k][j] * b[j];
        b[k] /= r[k][k];
    }
}

/* theta = R^(-1) Q'y; deviation_k^2 = ||residual||^2 / (m - n) times the squared row k of R^(-1). */
static answer solve(const gr_dataset *set)
{
    static long double q[MOST_ROWS][MOST_COEFFICIENTS + 1], r[MOST_COEFFICIENTS][MOST_COEFFICIENTS + 1];
    static design d;
    make_design(set, &d);
    const size_t n = d.columns;
    for (size_t i = 0; i < d.rows; i++) {
        memcpy(q[i], d.x[i], n * sizeof(long double));
        q[i][n] = set->y[i];
    }
    gram_schmidt(d.rows, n, q, r);
    answer a = {{0.0L}, {0.0L}};
    long double variance = 0.0L;
    for (size_t i = 0; i < d.rows; i++) variance += q[i][n] * q[i][n] / (long double)(d.rows - n);
    for (size_t k = 0; k < n; k++) {
        long double column[MOST_COEFFICIENTS] = {0.0L}; /* of R^(-1) */
        column[k] = 1.0L;
        a.theta[k] = r[k][n];
        back_substitute(n, r, column);
        for (size_t j = 0; j < n; j++) a.deviation[j] += variance * column[j] * column[j];
    }
    back_substitute(n, r, a.theta);
    for (size_t j = 0; j < n; j++) a.deviation[j] = sqrtl(a.deviation[j]);
    return a;
}

/* Relative to the reference, absolute where that is 0. */
static long double relative_error(long double value, double reference)
{
    return fabsl(value - reference) / (reference == 0.0 ? 1.0L : fabsl((long double)reference));
}

/*
 * What limits the agreement: the 15 digits certified, the rounding of the data to double (Wampler2, Pontius),
 * and the rounding of long double, 5e-20, times the condition number 5e9 (Filip) or times its square 5e6 and
 * a residual that is up to 1e7 times the coefficients (Wampler4, Wampler5).
 */
static long double agreement(const gr_dataset *set)
{
    if (set == &gr_filip || set == &gr_wampler5) return 1e-8L;
    return set == &gr_wampler4 ? 1e-10L : 1e-12L;
}

/* Every certified number once more, from the data. */
Test(data, certified_answers_come_out_of_the_data)
{
    skip_without_extended_precision();
    for (size_t s = 0; s < gr_datasets_count; s++) {
        const gr_dataset *set = gr_datasets[s];
        const answer a = solve(set);
        const long double bar = agreement(set);
        for (size_t j = 0; j < gr_dataset_coefficients(set); j++) {
            const long double off = relative_error(a.theta[j], set->certified[j]);
            const long double spread = relative_error(a.deviation[j], set->deviations[j]);
            cr_expect(off <= bar, "%s: coefficient %zu is off by %.2Lg", set->name, j, off);
            cr_expect(spread <= bar, "%s: deviation %zu is off by %.2Lg", set->name, j, spread);
        }
    }
}

/* ---- polynomials ---- */

Test(data, a_polynomial_design_holds_the_powers)
{
    double *powers = NULL;
    cr_assert_eq(gr_polynomial(21, gr_wampler1.x, 5, NULL, &powers, NULL), GRADUS_OK);
    for (int i = 0; i < 21; i++) {
        for (int k = 1; k <= 5; k++) cr_expect_eq(powers[i * 5 + k - 1], (double)integer_power(i, k));
    }
    free(powers);
    cr_assert_eq(gr_polynomial(82, gr_filip.x, 10, NULL, &powers, NULL), GRADUS_OK);
    for (size_t i = 0; i < 82; i++) {
        cr_expect(powers[i * 10] == gr_filip.x[i]);
        for (int k = 1; k <= 10; k++) {
            const double exact = pow(gr_filip.x[i], k), found = powers[i * 10 + (size_t)k - 1];
            cr_expect(fabs(found - exact) <= k * DBL_EPSILON * fabs(exact), "row %zu, power %d", i, k);
        }
    }
    free(powers);
}

Test(data, a_polynomial_that_cannot_be_made)
{
    static const double x[3] = {1.0, 2.0, -1e200};
    double *powers = NULL;
    gradus_error error;
    cr_expect_eq(gr_polynomial(3, NULL, 2, NULL, &powers, &error), GRADUS_ERROR_NULL);
    cr_expect_eq(gr_polynomial(0, x, 2, NULL, &powers, &error), GRADUS_ERROR_EMPTY);
    cr_expect_eq(gr_polynomial(3, x, 0, NULL, &powers, &error), GRADUS_ERROR_OPTION);
    cr_expect_eq(gr_polynomial(SIZE_MAX / 2, x, 3, NULL, &powers, &error), GRADUS_ERROR_SIZE_OVERFLOW);
    cr_expect_eq(gr_polynomial(SIZE_MAX / 16, x, 3, NULL, &powers, &error), GRADUS_ERROR_SIZE_OVERFLOW);
    cr_expect_eq(gr_polynomial(3, x, 3, NULL, &powers, &error), GRADUS_ERROR_DATA_NOT_FINITE);
    cr_expect(error.row == 2 && error.column == 1 && error.measured == -1e200);
    cr_expect(strstr(error.sentence, "to the power 2") != NULL, "%s", error.sentence);
    cr_expect(powers == NULL);
}

static void *count_or_fail(void *context, size_t bytes)
{
    long *left = (long *)context;
    if (*left == 0) return NULL;
    (*left)--;
    return malloc(bytes);
}

static void count_back(void *context, void *pointer)
{
    (*(long *)context)++;
    free(pointer);
}

Test(data, a_polynomial_keeps_its_memory_in_order)
{
    static const double x[2] = {3.0, 1e200};
    long left = 0;
    const gradus_allocator allocator = {count_or_fail, count_back, &left};
    double *powers = NULL;
    cr_expect_eq(gr_polynomial(1, x, 3, &allocator, &powers, NULL), GRADUS_ERROR_MEMORY);
    left = 1;
    cr_expect_eq(gr_polynomial(2, x, 3, &allocator, &powers, NULL), GRADUS_ERROR_DATA_NOT_FINITE);
    cr_expect_eq(left, 1);
    cr_expect_eq(gr_polynomial(1, x, 3, &allocator, &powers, NULL), GRADUS_OK);
    cr_expect(left == 0 && powers[2] == 27.0);
    gr_release(&allocator, powers);
    cr_expect_eq(left, 1);
}

Test(data, the_powers_have_names)
{
    char name[16];
    gr_polynomial_name("x", 1, sizeof name, name);
    cr_expect_str_eq(name, "x");
    gr_polynomial_name("x", 2, sizeof name, name);
    cr_expect_str_eq(name, "x^2");
    gr_polynomial_name("speed", 10, sizeof name, name);
    cr_expect_str_eq(name, "speed^10");
    gr_polynomial_name("speed", 10, 4, name);
    cr_expect_str_eq(name, "spe");
}

/* ---- NIST's own files ---- */

static void skip_without_reference_data(void)
{
    if (access(REFERENCE_DATA "/nist", R_OK) != 0)
        cr_skip_test("the folder with NIST's files, " REFERENCE_DATA "/nist, is not here");
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

Test(data, numbers_are_those_of_nists_files_bit_for_bit)
{
    skip_without_reference_data();
    for (size_t s = 0; s < gr_datasets_count; s++) {
        const gr_dataset *set = gr_datasets[s];
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/nist/%s.csv", REFERENCE_DATA, set->name);
        gr_table table;
        gradus_error error;
        const gradus_status status = gr_csv_read(path, NULL, &table, &error);
        cr_assert(status == GRADUS_OK, "%s: %s", path, error.sentence);
        cr_assert(table.rows == set->rows && table.columns == set->columns + 1, "%s", set->name);
        for (size_t i = 0; i < set->rows; i++) {
            const double *row = table.data + i * table.columns;
            for (size_t j = 0; j < set->columns; j++)
                cr_expect(same(row[j], set->x[i * set->columns + j]), "%s: row %zu, column %zu", set->name, i,
                          j);
            cr_expect(same(row[set->columns], set->y[i]), "%s: response of row %zu", set->name, i);
        }
        gr_table_free(&table);
    }
}

/* Lines of name, estimate, deviation; the intercept, if there is one, is the first and is called B0. */
Test(data, certified_numbers_are_those_of_nists_files_bit_for_bit)
{
    skip_without_reference_data();
    for (size_t s = 0; s < gr_datasets_count; s++) {
        const gr_dataset *set = gr_datasets[s];
        const size_t n = gr_dataset_coefficients(set);
        char path[1024], name[16];
        (void)snprintf(path, sizeof path, "%s/nist/%s.ref.csv", REFERENCE_DATA, set->name);
        FILE *file = fopen(path, "r");
        cr_assert(file && fscanf(file, "%*[^\n]") == 0, "%s", path);
        for (size_t line = 0; line < n; line++) {
            const size_t j = !set->intercept ? line : line == 0 ? n - 1 : line - 1;
            double estimate, deviation;
            cr_assert(fscanf(file, " %15[^,],%lf,%lf", name, &estimate, &deviation) == 3, "%s", path);
            cr_expect(same(estimate, set->certified[j]), "%s: %s", set->name, name);
            cr_expect(same(deviation, set->deviations[j]), "%s: deviation of %s", set->name, name);
        }
        cr_expect(fscanf(file, " %15s", name) == EOF, "%s: more than %zu coefficients", path, n);
        cr_expect(fclose(file) == 0);
    }
}

/* ---- exact answers ---- */

static double relative(double a, double b)
{
    return b == 0.0 ? fabs(a) : fabs(a - b) / fabs(b);
}

/* NIST's fifteen digits are the exact answers' first fifteen. */
Test(data, exact_answers_agree_with_the_certified_ones)
{
    cr_assert_eq(gr_exact_answers_count, gr_datasets_count + 1); /* Norris's data are not built in */
    for (size_t i = 0; i < gr_datasets_count; i++) {
        const gr_dataset *set = gr_datasets[i];
        const gr_exact_answer *exact = gr_exact_answer_of(set->name);
        cr_assert(exact && exact->size == gr_dataset_coefficients(set), "%s", set->name);
        for (size_t j = 0; j < exact->size; j++) {
            cr_expect(relative(set->certified[j], exact->theta[j]) <= 5e-15, "%s, coefficient %zu", set->name,
                      j);
            cr_expect(relative(set->deviations[j], exact->deviations[j]) <= 5e-15, "%s, deviation %zu",
                      set->name, j);
        }
    }
    const gr_exact_answer *norris = gr_exact_answer_of(
        "Norris"); /* B1, B0 and their deviations, certified by NIST */
    cr_expect(relative(norris->theta[0], 1.00211681802045) <= 5e-15);
    cr_expect(relative(norris->theta[1], -0.262323073774029) <= 5e-15);
    cr_expect(relative(norris->deviations[0], 0.429796848199937e-3) <= 5e-15);
    cr_expect(relative(norris->deviations[1], 0.232818234301152) <= 5e-15);
    cr_expect(relative(norris->residual_square, 26.6173985294224) <= 5e-15);
    cr_assert(gr_exact_answer_of("nobody") == NULL && gr_exact_answer_of("norris") != NULL);
}

__extension__ typedef __float128 quad;

/*
 * The residual sum of squares at the exact coefficients, and the deviations that belong to it: s^2 G_jj, by long double's normal
 * equations in columns of length 1, whose condition leaves 3 digits at least (Filip) and 9 otherwise.
 */
Test(data, exact_sums_of_squares_belong_to_the_coefficients)
{
    skip_without_extended_precision();
    for (size_t s = 0; s < gr_datasets_count; s++) {
        const gr_dataset *set = gr_datasets[s];
        const gr_exact_answer *exact = gr_exact_answer_of(set->name);
        static design d;
        long double square = 0.0L;
        make_design(set, &d);
        for (size_t i = 0; i < d.rows; i++) {
            long double r = set->y[i];
            for (size_t j = 0; j < d.columns; j++) r -= d.x[i][j] * (long double)exact->theta[j];
            square += r * r;
        }
        if (exact->residual_square > 0.0)
            cr_expect(fabsl(square / exact->residual_square - 1.0L) <= 1e-6L, "%s: %.17Lg", set->name,
                      square);
        else
            cr_expect(square <= 1e-15L, "%s: %Lg", set->name, square);
    }
}

/* x^k - design, by 113 bits */
Test(data, what_powers_leave_out)
{
    double *powers, *low;
    cr_assert_eq(gr_polynomial(82, gr_filip.x, 10, NULL, &powers, NULL), GRADUS_OK);
    cr_assert_eq(gr_polynomial_low(82, gr_filip.x, 10, powers, NULL, &low, NULL), GRADUS_OK);
    size_t rounded = 0;
    for (size_t i = 0; i < 82; i++) {
        quad power = 1;
        for (size_t k = 0; k < 10; k++) {
            power *= (quad)gr_filip.x[i];
            const quad missing = power - (quad)powers[i * 10 + k];
            const quad error = missing - (quad)low[i * 10 + k];
            const quad size = power < 0 ? -power : power;
            cr_assert((error < 0 ? -error : error) <= size * (quad)0x1p-100);
            rounded += missing != 0;
        }
        cr_assert_eq(low[i * 10], 0.0);
    }
    cr_assert_gt(rounded, 700); /* most powers are not doubles */
    const gradus_allocator allocator = gr_allocator(NULL);
    gr_release(&allocator, powers);
    gr_release(&allocator, low);
}
