/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * src/reference: the closed form against extended-precision normal equations, against LAPACK called by hand, and
 * by properties; every refusal provoked.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <float.h>
#include <lapacke.h>
#include <limits.h>
#include <stdio.h>

#include "least_squares.h"

/* Criterion's new assertions put an int into a bit-field. */
#pragma GCC diagnostic ignored "-Wconversion"

static const gradus_reference methods[] = {GRADUS_REFERENCE_AUTOMATIC, GRADUS_REFERENCE_QR,
                                           GRADUS_REFERENCE_SVD, GRADUS_REFERENCE_CHOLESKY};
enum { METHODS = sizeof methods / sizeof methods[0] };

/*
 * The closed form of p, by way of X in the layout given, with a leading dimension larger than needed. What stands
 * between the lines is NaN: whoever reads it is found out.
 */
static gradus_status closed_form_in(const problem *p, gradus_layout layout, gradus_reference method,
                                    double *theta, gradus_facts *facts)
{
    const bool by_row = layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t lines = by_row ? p->m : p->n, ld = (by_row ? p->n : p->m) + 3;
    double *x = doubles(lines * ld);
    for (size_t k = 0; k < lines * ld; k++) x[k] = NAN;
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) x[by_row ? i * ld + j : i + j * ld] = p->x[i + j * p->m];
    }
    const gradus_matrix X = by_row ? gradus_row_major(p->m, p->n, x, ld)
                                   : gradus_col_major(p->m, p->n, x, ld);
    const gradus_status status = gradus_reference_least_squares(&X, p->y, &p->options, method, theta, facts);
    free(x);
    return status;
}

static gradus_status closed_form(const problem *p, gradus_reference method, double *theta,
                                 gradus_facts *facts)
{
    const gradus_matrix X = view(p);
    return gradus_reference_least_squares(&X, p->y, &p->options, method, theta, facts);
}

static void check_against_normal_equations(const problem *p)
{
    double expected[50], theta[50];
    const size_t n = coefficients(p);
    normal_equations(p, expected);
    for (size_t k = 0; k < METHODS; k++) {
        for (int layout = GRADUS_LAYOUT_ROW_MAJOR; layout <= GRADUS_LAYOUT_COL_MAJOR; layout++) {
            gradus_facts facts;
            cr_assert(
                eq(int, closed_form_in(p, (gradus_layout)layout, methods[k], theta, &facts), GRADUS_OK));
            const double loss = methods[k] == GRADUS_REFERENCE_CHOLESKY ? facts.condition : 1.0;
            cr_assert(relative_distance(n, theta, expected) <= 2e-14 * facts.condition * loss,
                      "%zu x %zu, method %d: %g, condition %g", p->m, p->n, methods[k],
                      relative_distance(n, theta, expected), facts.condition);
            cr_assert(eq(sz, facts.rank, n));
            cr_assert(eq(sz, facts.size, n));
            cr_assert(facts.condition < 200.0);
        }
    }
}

/* Tall random designs are well conditioned; any shape is with a ridge. */
Test(reference, agrees_with_extended_precision_normal_equations)
{
    static const size_t sizes[] = {1, 2, 3, 5, 9, 16, 27, 40};
    size_t problems = 0;
    for (size_t a = 0; a < 8; a++) {
        for (size_t b = 0; b < 8; b++) {
            for (unsigned kind = 0; kind < 8; kind++) {
                const size_t m = sizes[a], n = sizes[b];
                const bool ridge = kind & 1;
                if (!ridge && m < 2 * n + 2) continue;
                problem p = random_problem(m, n, kind & 2, ridge ? 0.1 : 0.0, kind & 4,
                                           100 * a + 10 * b + kind);
                check_against_normal_equations(&p);
                free_problem(&p);
                problems++;
            }
        }
    }
    cr_assert(problems > 300);
}

static void check_against_dgelsd(const problem *p, gradus_reference method)
{
    const size_t rows = design_rows(p), n = coefficients(p), longer = rows > n ? rows : n;
    double *b = doubles(longer), *a = design_by_hand(p, b), *theta = doubles(n), *s = doubles(n);
    lapack_int rank;
    gradus_facts facts;
    cr_assert(eq(
        int,
        LAPACKE_dgelsd(LAPACK_COL_MAJOR, (int)rows, (int)n, 1, a, (int)rows, b, (int)longer, s, 1e-12, &rank),
        0));
    cr_assert(eq(int, closed_form(p, method, theta, &facts), GRADUS_OK));
    cr_assert(eq(sz, facts.rank, (size_t)rank));
    cr_assert(relative_distance(n, theta, b) <= 1e-14 * s[0] / s[rank - 1], "%g",
              relative_distance(n, theta, b));
    free(a);
    free(b);
    free(theta);
    free(s);
}

Test(reference, agrees_with_dgelsd_at_full_rank)
{
    for (uint64_t seed = 0; seed < 24; seed++) {
        problem p = random_problem(30 + seed, 12, seed & 1, seed & 2 ? 1e-3 : 0.0, seed & 4, seed);
        for (size_t k = 0; k < 3; k++) check_against_dgelsd(&p, methods[k]);
        free_problem(&p);
    }
}

/* Column j becomes a combination of the first `rank` columns. */
static void make_dependent(problem *p, size_t rank, uint64_t seed)
{
    test_random random = test_random_from(seed + 1234567);
    for (size_t j = rank; j < p->n; j++) {
        for (size_t i = 0; i < p->m; i++) p->x[i + j * p->m] = 0.0;
        for (size_t k = 0; k < rank; k++) {
            const double factor = test_random_uniform(&random);
            for (size_t i = 0; i < p->m; i++) p->x[i + j * p->m] += factor * p->x[i + k * p->m];
        }
    }
}

Test(reference, svd_gives_the_minimum_norm_answer_that_dgelsd_gives)
{
    for (uint64_t seed = 0; seed < 24; seed++) {
        problem p = random_problem(25, 10, seed & 1, 0.0, seed & 2, 500 + seed);
        make_dependent(&p, 9 - seed % 9, seed);
        check_against_dgelsd(&p, GRADUS_REFERENCE_SVD);
        check_against_dgelsd(&p, GRADUS_REFERENCE_AUTOMATIC);
        free_problem(&p);
    }
}

Test(reference, fewer_rows_than_coefficients)
{
    for (uint64_t seed = 0; seed < 12; seed++) {
        problem p = random_problem(1 + seed, 15, seed & 1, 0.0, seed & 2, 700 + seed);
        double theta[16];
        gradus_facts facts;
        check_against_dgelsd(&p, GRADUS_REFERENCE_SVD);
        check_against_dgelsd(&p, GRADUS_REFERENCE_AUTOMATIC);
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, &facts), GRADUS_ERROR_RANK_DEFICIENT));
        cr_assert(eq(sz, facts.rank, 1 + seed));
        cr_assert(
            eq(int, closed_form(&p, GRADUS_REFERENCE_CHOLESKY, theta, NULL), GRADUS_ERROR_RANK_DEFICIENT));
        free_problem(&p);
    }
}

/*
 * Of x_1 and x_2 = s x_1 the minimum-norm answer takes theta_2 = s theta_1, whatever the scale of the
 * columns.
 */
Test(reference, minimum_norm_holds_in_the_callers_columns)
{
    static const double scales[] = {1.0, 0.5, 3.0, 1e-3, 1e3, 1e-5, 1e5};
    for (size_t k = 0; k < sizeof scales / sizeof scales[0]; k++) {
        problem p = random_problem(20, 3, false, 0.0, true, 40 + k);
        double theta[4], alone[3];
        for (size_t i = 0; i < 20; i++) p.x[i + 40] = scales[k] * p.x[i];
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_SVD, theta, NULL), GRADUS_OK));
        p.n = 2;
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, alone, NULL), GRADUS_OK));
        const double s = scales[k], first = alone[0] / (1.0 + s * s);
        const double expected[4] = {first, alone[1], s * first, alone[2]};
        cr_expect(relative_distance(4, theta, expected) <= 1e-13, "%g",
                  relative_distance(4, theta, expected));
        free_problem(&p);
    }
}

/*
 * Two dependent pairs 400 decades apart: their null vectors arrive mixed, and the fit must survive the
 * separation.
 */
Test(reference, null_vectors_of_very_different_size)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        problem p = random_problem(20, 5, false, 0.0, false, 2000 + seed);
        double theta[5], alone[5];
        gradus_facts facts, expected;
        for (size_t i = 0; i < 20; i++) {
            p.x[i] *= 1e200;
            p.x[i + 20] *= 1e-200;
            p.x[i + 60] = 3.0 * p.x[i];
            p.x[i + 80] = 5.0 * p.x[i + 20];
        }
        closed_form(&p, GRADUS_REFERENCE_SVD, theta, &facts);
        cr_assert(eq(sz, facts.rank, 3));
        p.n = 3;
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, alone, &expected), GRADUS_OK));
        cr_assert(epsilon_eq(dbl, facts.residual_norm, expected.residual_norm, 1e-13));
        cr_expect(epsilon_eq(dbl, (theta[0] + 3.0 * theta[3]) / alone[0], 1.0, 1e-12));
        cr_expect(epsilon_eq(dbl, (theta[1] + 5.0 * theta[4]) / alone[1], 1.0, 1e-12));
        cr_expect(epsilon_eq(dbl, theta[4] / theta[1], 5.0, 1e-12));
        free_problem(&p);
    }
}

Test(reference, a_duplicate_column_is_refused_or_shared)
{
    problem p = random_problem(30, 6, true, 0.0, true, 8);
    gradus_error error;
    p.options.error = &error;
    memcpy(p.x + 4 * 30, p.x + 30, 30 * sizeof *p.x);
    for (size_t k = 1; k < METHODS; k += 2) { /* QR, Cholesky */
        double theta[7] = {1, 2, 3, 4, 5, 6, 7};
        gradus_facts facts;
        cr_assert(eq(int, closed_form(&p, methods[k], theta, &facts), GRADUS_ERROR_RANK_DEFICIENT));
        for (size_t j = 0; j < 7; j++) cr_assert(eq(dbl, theta[j], (double)(j + 1))); /* untouched */
        cr_assert(error.measured <= error.limit);
        cr_assert(error.measured >= 0.0);
        cr_assert(eq(int, facts.method, methods[k]));
        cr_assert(eq(sz, facts.rank, methods[k] == GRADUS_REFERENCE_QR ? 6 : 0));
        cr_assert(isinf(facts.condition) != 0);
        cr_assert(isnan(facts.value) != 0);
    }
    double theta[7];
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL), GRADUS_ERROR_RANK_DEFICIENT));
    cr_assert(error.column == 1 || error.column == 4);
    gradus_facts facts;
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_SVD, theta, &facts), GRADUS_OK));
    cr_assert(eq(sz, facts.rank, 6));
    cr_assert(ieee_ulp_eq(dbl, theta[1], theta[4], 64));
    free_problem(&p);
}

/*
 * Columns so close that the Gram matrix no longer tells them apart, though dpotrf may well come to its end.
 */
Test(reference, cholesky_refuses_what_the_gram_matrix_cannot_tell)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        problem p = random_problem(30, 4, false, 0.0, false, 1000 + seed);
        double theta[4];
        for (size_t i = 0; i < 30; i++) p.x[i + 90] = p.x[i] + 1e-9 * p.x[i + 90];
        cr_assert(
            eq(int, closed_form(&p, GRADUS_REFERENCE_CHOLESKY, theta, NULL), GRADUS_ERROR_RANK_DEFICIENT));
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL), GRADUS_OK));
        free_problem(&p);
    }
}

Test(reference, automatic_takes_qr_and_falls_to_svd)
{
    problem p = random_problem(20, 3, false, 0.0, false, 3);
    double theta[3], other[3];
    gradus_facts facts;
    gradus_error error = {.measured = 42.0};
    p.options.error = &error;
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_AUTOMATIC, theta, &facts), GRADUS_OK));
    cr_assert(eq(int, facts.method, GRADUS_REFERENCE_QR));
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, other, NULL), GRADUS_OK));
    cr_assert(eq(int, memcmp(theta, other, sizeof theta), 0));
    make_dependent(&p, 2, 3);
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_AUTOMATIC, theta, &facts), GRADUS_OK));
    cr_assert(eq(int, facts.method, GRADUS_REFERENCE_SVD));
    cr_assert(eq(sz, facts.rank, 2));
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_SVD, other, NULL), GRADUS_OK));
    cr_assert(eq(int, memcmp(theta, other, sizeof theta), 0));
    cr_assert(eq(dbl, error.measured, 42.0)); /* a success writes no error */
    free_problem(&p);
}

Test(reference, columns_of_zeros_get_zero)
{
    problem p = random_problem(20, 4, false, 0.0, true, 31), q = random_problem(20, 4, false, 0.0, true, 31);
    double theta[5], expected[5];
    gradus_facts facts;
    for (size_t i = 0; i < 20; i++) p.x[i + 20] = 0.0;
    memmove(q.x + 20, q.x + 40, 40 * sizeof *q.x);
    q.n = 3;
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_AUTOMATIC, theta, &facts), GRADUS_OK));
    cr_assert(eq(int, closed_form(&q, GRADUS_REFERENCE_QR, expected, NULL), GRADUS_OK));
    cr_assert(eq(sz, facts.rank, 4));
    cr_assert(epsilon_eq(dbl, theta[1], 0.0, 1e-15));
    memmove(theta + 1, theta + 2, 3 * sizeof *theta);
    cr_assert(relative_distance(4, theta, expected) <= 1e-13);
    const double zeros[3] = {0.0};
    const gradus_matrix X = gradus_row_major(3, 1, zeros, 1);
    cr_assert(eq(int, gradus_reference_least_squares(&X, p.y, NULL, methods[0], theta, &facts), GRADUS_OK));
    cr_assert(eq(sz, facts.rank, 0));
    cr_assert(eq(dbl, theta[0], 0.0));
    cr_assert(epsilon_eq(dbl, facts.residual_norm, norm_of(3, p.y), 1e-14));
    free_problem(&p);
    free_problem(&q);
}

/* A weight counts rows: k is the row k times, 0 is the row absent. */
Test(reference, weights_count_rows)
{
    problem p = random_problem(20, 4, true, 0.0, true, 12), q = random_problem(60, 4, false, 0.0, true, 13);
    q.m = 0;
    for (size_t i = 0; i < 20; i++) p.w[i] = (double)(i % 4);
    for (size_t i = 0; i < 20; i++) p.x[i + 20] *= 1e-30;
    p.x[3 + 20] = 1e300; /* weights 0: absent, whatever they hold */
    p.x[4] = -1e300;
    p.y[8] = 1e308;
    p.w[3] = p.w[4] = p.w[8] = 0.0;
    for (size_t i = 0; i < 20; i++) q.m += (size_t)p.w[i];
    for (size_t i = 0, k = 0; i < 20; i++) {
        for (size_t copies = 0; copies < (size_t)p.w[i]; copies++, k++) {
            for (size_t j = 0; j < 4; j++) q.x[k + j * q.m] = p.x[i + j * 20];
            q.y[k] = p.y[i];
        }
    }
    for (size_t k = 0; k < METHODS; k++) {
        double theta[5], repeated[5];
        gradus_facts facts, facts_repeated;
        cr_assert(eq(int, closed_form(&p, methods[k], theta, &facts), GRADUS_OK));
        cr_assert(eq(int, closed_form(&q, methods[k], repeated, &facts_repeated), GRADUS_OK));
        for (size_t j = 0; j < 5; j++) cr_assert(epsilon_eq(dbl, theta[j] / repeated[j], 1.0, 1e-12));
        cr_assert(epsilon_eq(dbl, facts.value, facts_repeated.value, 1e-13 * facts.value));
        cr_assert(
            epsilon_eq(dbl, facts.residual_norm, facts_repeated.residual_norm, 1e-13 * facts.residual_norm));
    }
    free_problem(&p);
    free_problem(&q);
}

Test(reference, permuted_rows_change_nothing)
{
    problem p = random_problem(50, 7, true, 0.0, true, 14), q = random_problem(50, 7, true, 0.0, true, 14);
    for (size_t i = 0; i < 50; i++) {
        const size_t from = (i * 17 + 5) % 50;
        for (size_t j = 0; j < 7; j++) q.x[i + j * 50] = p.x[from + j * 50];
        q.y[i] = p.y[from];
        q.w[i] = p.w[from];
    }
    for (size_t k = 0; k < METHODS; k++) {
        double theta[8], permuted[8];
        cr_assert(eq(int, closed_form(&p, methods[k], theta, NULL), GRADUS_OK));
        cr_assert(eq(int, closed_form(&q, methods[k], permuted, NULL), GRADUS_OK));
        cr_assert(eq(int, memcmp(theta, permuted, sizeof theta), 0)); /* the design is put in order first */
    }
    free_problem(&p);
    free_problem(&q);
}

Test(reference, powers_of_two_pass_through_exactly)
{
    static const int exponents[] = {0, 1, -3, 40, -200, 700, -700};
    problem p = random_problem(40, 7, true, 0.0, true, 15), q = random_problem(40, 7, true, 0.0, true, 15);
    for (size_t j = 0; j < 7; j++) {
        for (size_t i = 0; i < 40; i++) q.x[i + j * 40] = ldexp(p.x[i + j * 40], exponents[j]);
    }
    for (size_t i = 0; i < 40; i++) q.y[i] = ldexp(p.y[i], 90);
    for (size_t k = 0; k < METHODS; k++) {
        double theta[8], scaled[8];
        cr_assert(eq(int, closed_form(&p, methods[k], theta, NULL), GRADUS_OK));
        cr_assert(eq(int, closed_form(&q, methods[k], scaled, NULL), GRADUS_OK));
        for (size_t j = 0; j < 7; j++) cr_assert(eq(dbl, scaled[j], ldexp(theta[j], 90 - exponents[j])));
        cr_assert(eq(dbl, scaled[7], ldexp(theta[7], 90)));
    }
    free_problem(&p);
    free_problem(&q);
}

Test(reference, columns_of_any_size_are_solved)
{
    static const double sizes[] = {1e-200, 1e200, 1e-300, 1e300, 3e-310};
    problem p = random_problem(30, 5, true, 0.0, true, 16), q = random_problem(30, 5, true, 0.0, true, 16);
    for (size_t j = 0; j < 5; j++) {
        for (size_t i = 0; i < 30; i++) {
            q.x[i + j * 30] = p.x[i + j * 30] * sizes[j];
            if (j == 4) p.x[i + j * 30] = q.x[i + j * 30] / sizes[j]; /* what denormal numbers could hold */
        }
    }
    for (size_t i = 0; i < 30; i++) q.w[i] *= 1e-290;
    for (size_t i = 0; i < 30; i++) q.y[i] = (p.y[i] *= 1e-5);
    for (size_t k = 0; k < METHODS; k++) {
        double theta[6], scaled[6];
        gradus_facts facts;
        cr_assert(eq(int, closed_form(&p, methods[k], theta, NULL), GRADUS_OK));
        cr_assert(eq(int, closed_form(&q, methods[k], scaled, &facts), GRADUS_OK));
        cr_assert(eq(sz, facts.rank, 6));
        for (size_t j = 0; j < 5; j++) scaled[j] *= sizes[j];
        cr_assert(relative_distance(6, scaled, theta) <= 1e-12, "%g", relative_distance(6, scaled, theta));
    }
    free_problem(&p);
    free_problem(&q);
}

Test(reference, a_coefficient_too_large_for_a_double_is_named)
{
    const double x[] = {1e-300, 1.0, 2e-300, -1.0, 3e-300, 1.0}, y[] = {1e300, 1.0, -2e300};
    const gradus_matrix X = gradus_row_major(3, 2, x, 2);
    double theta[2] = {7.0, 8.0};
    gradus_model_options options = gradus_model_options_default();
    gradus_error error;
    options.error = &error;
    for (size_t k = 0; k < METHODS; k++) {
        cr_assert(eq(int, gradus_reference_least_squares(&X, y, &options, methods[k], theta, NULL),
                     GRADUS_ERROR_LAPACK));
        cr_assert(eq(sz, error.column, 0));
        cr_assert(isinf(error.measured) != 0);
        cr_assert(eq(dbl, theta[0], 7.0));
        cr_assert(eq(dbl, theta[1], 8.0));
    }
}

/* A system that theta solves exactly, in small integers: whatever the weights, it is the answer. */
static void check_heavy_rows(uint64_t seed)
{
    problem p = random_problem(40, 5, true, 0.0, false, seed);
    const double expected[5] = {3.0, -7.0, 1.0, 5.0, -2.0};
    double theta[5];
    for (size_t i = 0; i < 40; i++) {
        p.y[i] = 0.0;
        p.w[i] = i < 37 ? 1.0 : 1e24; /* three equations outweigh all others, and stand last */
        for (size_t j = 0; j < 5; j++) {
            p.x[i + j * 40] = floor(10.0 * p.x[i + j * 40]);
            p.y[i] += p.x[i + j * 40] * expected[j];
        }
    }
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL), GRADUS_OK));
    cr_expect(relative_distance(5, theta, expected) <= 1e-13, "%g", relative_distance(5, theta, expected));
    free_problem(&p);
}

/*
 * Rows of very different weight, and a ridge far above the data: stable because large rows are factored
 * first.
 */
Test(reference, heavy_rows_do_not_drown_light_ones)
{
    for (uint64_t seed = 0; seed < 20; seed++) check_heavy_rows(60 + seed);
    for (double ridge = 1e-20; ridge <= 1e40; ridge *= 1e5) {
        problem p = random_problem(40, 5, true, ridge, false, 90);
        double theta[5], expected[5];
        normal_equations(&p, expected);
        cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL), GRADUS_OK));
        cr_expect(relative_distance(5, theta, expected) <= 1e-13, "%g %g", ridge,
                  relative_distance(5, theta, expected));
        free_problem(&p);
    }
}

/* The facts against the objective, which reads X by another way. */
Test(reference, facts_agree_with_the_objective)
{
    for (uint64_t seed = 0; seed < 16; seed++) {
        problem p = random_problem(25, 6, seed & 1, seed & 2 ? 0.3 : 0.0, seed & 4, 20 + seed);
        const gradus_matrix X = view(&p);
        gradus_objective *f = NULL;
        cr_assert(eq(int, gradus_least_squares(&X, p.y, &p.options, &f), GRADUS_OK));
        for (size_t k = 0; k < METHODS; k++) {
            double theta[7], gradient[7], value;
            gradus_facts facts;
            cr_assert(eq(int, closed_form(&p, methods[k], theta, &facts), GRADUS_OK));
            cr_assert(eq(int, gradus_objective_evaluate(f, theta, &value, gradient), GRADUS_OK));
            cr_assert(epsilon_eq(dbl, facts.value, value, 1e-14 * value * 10.0));
            cr_assert(norm_of(coefficients(&p), gradient) <= 1e-13);
            const double penalty = 0.5 * p.options.ridge * pow(norm_of(p.n, theta), 2);
            const double square = 2.0 * total_weight(&p) * (value - penalty);
            cr_assert(epsilon_eq(dbl, facts.residual_norm, sqrt(square), 1e-12));
        }
        gradus_objective_free(f);
        free_problem(&p);
    }
}

Test(reference, condition_is_that_of_the_equilibrated_design)
{
    /* orthogonal columns: two of length 2^k, one of length sqrt(1/2) 2^k, which equilibration leaves apart */
    const double x[] = {1024.0, 0.0, 0.0, 0.0, 0x1p-30, 0.0, 0.0, 0.0, 0x1p5, 0.0, 0.0, 0x1p5};
    const double y[] = {1.0, 2.0, 3.0, 4.0}, expected = sqrt(2.0);
    const gradus_matrix X = gradus_row_major(4, 3, x, 3);
    for (size_t k = 0; k < METHODS; k++) {
        double theta[3];
        gradus_facts facts;
        cr_assert(eq(int, gradus_reference_least_squares(&X, y, NULL, methods[k], theta, &facts), GRADUS_OK));
        cr_assert(epsilon_eq(dbl, facts.condition, expected, 1e-14));
    }
}

/* --- singular values --- */

/* a <- (I - 2 v v'/v'v) a for each column of a, with a random v: an orthogonal matrix as plain as can be */
static void reflect_rows(size_t rows, size_t cols, double *a, size_t step, size_t stride, test_random *random)
{
    double *v = doubles(rows), square = 0.0;
    for (size_t i = 0; i < rows; i++) v[i] = test_random_uniform(random);
    for (size_t i = 0; i < rows; i++) square += v[i] * v[i];
    for (size_t j = 0; j < cols; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < rows; i++) sum += v[i] * a[i * step + j * stride];
        for (size_t i = 0; i < rows; i++) a[i * step + j * stride] -= 2.0 * sum / square * v[i];
    }
    free(v);
}

Test(reference, singular_values_of_a_known_construction)
{
    enum { M = 30, N = 6 };
    const double sigma[N] = {1000.0, 50.0, 7.0, 1.0, 0.02, 1e-7};
    for (int shift = -900; shift <= 900; shift += 450) {
        double x[M * N] = {0.0}, values[N];
        test_random random = test_random_from(4711);
        for (size_t j = 0; j < N; j++) x[j + j * M] = sigma[j];
        for (int k = 0; k < 3; k++) {
            reflect_rows(M, N, x, 1, M, &random);
            reflect_rows(N, M, x, M, 1, &random);
        }
        for (size_t i = 0; i < (size_t)M * N; i++) x[i] = ldexp(x[i], shift);
        const gradus_matrix X = gradus_col_major(M, N, x, M);
        cr_assert(eq(int, gradus_reference_singular_values(&X, NULL, values), GRADUS_OK));
        for (size_t j = 0; j < N; j++)
            cr_assert(epsilon_eq(dbl, ldexp(values[j], -shift), sigma[j], 1e-15 * sigma[0] * 10.0));
    }
}

Test(reference, singular_values_like_dgesvd_of_the_design)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        problem p = random_problem(1 + 3 * (seed / 4), 9, seed & 1, seed & 2 ? 0.2 : 0.0, seed & 1,
                                   300 + seed);
        for (size_t i = 0; i < p.m; i++) p.x[i + 2 * p.m] *= 1e4;
        const size_t rows = design_rows(&p), n = coefficients(&p);
        double *b = doubles(rows), *a = design_by_hand(&p, b), expected[10] = {0.0}, values[10], spare[10];
        const gradus_matrix X = view(&p);
        cr_assert(eq(int,
                     LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'N', 'N', (int)rows, (int)n, a, (int)rows, expected,
                                    NULL, 1, NULL, 1, spare),
                     0));
        cr_assert(eq(int, gradus_reference_singular_values(&X, &p.options, values), GRADUS_OK));
        for (size_t j = 0; j < n; j++)
            cr_assert(epsilon_eq(dbl, values[j], expected[j], 1e-14 * expected[0]));
        free(a);
        free(b);
        free_problem(&p);
    }
}

/* --- hard sets --- */

/*
 * The x of Wampler's sets is 0 .. 20; y is the polynomial with all coefficients 1, plus `noise` times his
 * residuals.
 */
static double digits_of_wampler(double noise, gradus_reference method)
{
    static const double residuals[21] = {759,   -2048, 2048,  -2048, 2523,  -2048, 2048,
                                         -2048, 1838,  -2048, 2048,  -2048, 1838,  -2048,
                                         2048,  -2048, 2523,  -2048, 2048,  -2048, 759};
    double x[21 * 5], y[21], theta[6], worst = 0.0;
    for (size_t i = 0; i < 21; i++) {
        double power = 1.0;
        y[i] = 1.0 + noise * residuals[i];
        for (size_t j = 0; j < 5; j++) y[i] += x[i * 5 + j] = power *= (double)i;
    }
    const gradus_matrix X = gradus_row_major(21, 5, x, 5);
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    cr_assert(eq(int, gradus_reference_least_squares(&X, y, &options, method, theta, NULL), GRADUS_OK));
    for (size_t j = 0; j < 6; j++) worst = fmax(worst, fabs(theta[j] - 1.0));
    return -log10(worst);
}

/* R. H. Wampler, J. Amer. Statist. Assoc. 65 (1970) 549; all coefficients are 1. */
Test(reference, wamplers_polynomials)
{
    cr_expect(digits_of_wampler(0.0, GRADUS_REFERENCE_QR) >= 9.0);
    cr_expect(digits_of_wampler(1.0, GRADUS_REFERENCE_QR) >= 9.0);
    cr_expect(digits_of_wampler(100.0, GRADUS_REFERENCE_QR) >= 7.5);
    cr_expect(digits_of_wampler(10000.0, GRADUS_REFERENCE_QR) >= 5.5);
    cr_expect(digits_of_wampler(10000.0, GRADUS_REFERENCE_SVD) >= 5.5);
    cr_expect(digits_of_wampler(10000.0, GRADUS_REFERENCE_CHOLESKY) >= 5.5);
}

/* A polynomial of degree 10 on [-8.8, -3.1], like NIST's Filip: condition 5e9, and still of full rank. */
Test(reference, a_hard_polynomial_has_full_rank)
{
    enum { M = 82, N = 10 };
    double x[M * N], y[M], theta[N + 1];
    test_random random = test_random_from(2024);
    for (size_t i = 0; i < M; i++) {
        const double t = -8.8 + 5.7 * (double)i / (M - 1);
        double power = 1.0;
        for (size_t j = 0; j < N; j++) x[i * N + j] = power *= t;
        y[i] = 0.8 + 0.1 * test_random_uniform(&random);
    }
    const gradus_matrix X = gradus_row_major(M, N, x, N);
    gradus_model_options options = gradus_model_options_default();
    gradus_facts facts;
    options.intercept = 1;
    for (size_t k = 0; k < 3; k++) {
        cr_assert(
            eq(int, gradus_reference_least_squares(&X, y, &options, methods[k], theta, &facts), GRADUS_OK));
        cr_assert(eq(sz, facts.rank, N + 1));
        cr_assert(facts.condition > 1e9);
        cr_assert(facts.condition < 1e11);
    }
    cr_assert(eq(int,
                 gradus_reference_least_squares(&X, y, &options, GRADUS_REFERENCE_CHOLESKY, theta, &facts),
                 GRADUS_ERROR_RANK_DEFICIENT));
}

static size_t read_numbers(FILE *file, bool after_comma, size_t most, double *numbers)
{
    char line[4096];
    size_t count = 0;
    if (!fgets(line, sizeof line, file)) return 0; /* the header */
    while (fgets(line, sizeof line, file)) {
        char *at = after_comma ? strchr(line, ',') + 1 : line;
        for (char *end = at; count < most; at = end + 1, count++) {
            numbers[count] = strtod(at, &end);
            if (end == at) break;
            if (*end != ',') {
                count++;
                break;
            }
        }
    }
    return count;
}

/* 1797 x 64 with three columns of zeros; the reference is the exact minimum-norm answer. */
Test(reference, handwritten_digits)
{
    enum { M = 1797, N = 64 };
    FILE *data = fopen(REFERENCE_DATA "/digits.csv", "r");
    FILE *answer = fopen(REFERENCE_DATA "/regression/digits.ref.csv", "r");
    if (!data || !answer) cr_skip_test("digits.csv is not in " REFERENCE_DATA);
    double *x = doubles((size_t)M * (N + 1)), y[M], reference[N + 1], theta[N + 1], worst = 0.0;
    cr_assert(eq(sz, read_numbers(data, false, (size_t)M * (N + 1), x), (size_t)M * (N + 1)));
    cr_assert(eq(sz, read_numbers(answer, true, N + 1, reference), N + 1));
    fclose(data);
    fclose(answer);
    for (size_t i = 0; i < M; i++) y[i] = x[i * (N + 1) + N];
    const gradus_matrix X = gradus_row_major(M, N, x, N + 1);
    gradus_model_options options = gradus_model_options_default();
    gradus_facts facts;
    options.intercept = 1;
    cr_assert(eq(int,
                 gradus_reference_least_squares(&X, y, &options, GRADUS_REFERENCE_AUTOMATIC, theta, &facts),
                 GRADUS_OK));
    cr_assert(eq(sz, facts.rank, 62));
    for (size_t j = 0; j <= N; j++) {
        const double expected = reference[(j + 1) % (N + 1)]; /* the intercept stands first there */
        worst = fmax(worst, fabs(theta[j] - expected) / (expected == 0.0 ? 1.0 : fabs(expected)));
    }
    cr_assert(worst <= 1e-11, "%g", worst);
    free(x);
}

/* --- refusals --- */

static void check_bad_element(gradus_layout layout, double bad, size_t row, size_t column)
{
    problem p = random_problem(9, 4, false, 0.0, true, 5);
    double theta[5] = {1, 2, 3, 4, 5};
    gradus_error error;
    p.options.error = &error;
    p.x[row + column * 9] = bad;
    p.x[row + 3 * 9] = bad;
    if (row < 8) p.x[row + 1] = bad; /* further down, and so not the first by rows */
    for (size_t k = 0; k < METHODS; k++) {
        cr_assert(eq(int, closed_form_in(&p, layout, methods[k], theta, NULL), GRADUS_ERROR_DATA_NOT_FINITE));
        cr_assert(eq(sz, error.row, row));
        cr_assert(eq(sz, error.column, column));
        cr_assert(isnan(bad) ? isnan(error.measured) != 0 : error.measured == bad);
        cr_assert(eq(dbl, theta[0], 1.0));
        cr_assert(eq(dbl, theta[4], 5.0));
    }
    free_problem(&p);
}

Test(reference, an_element_that_is_not_finite_is_named)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        for (size_t row = 0; row < 9; row += 4) {
            for (size_t column = 0; column < 4; column++) {
                check_bad_element(GRADUS_LAYOUT_ROW_MAJOR, bad[k], row, column);
                check_bad_element(GRADUS_LAYOUT_COL_MAJOR, bad[k], row, column);
            }
        }
    }
}

Test(reference, a_response_that_is_not_finite_is_named)
{
    problem p = random_problem(9, 4, false, 0.0, true, 5);
    double theta[5];
    gradus_error error;
    p.options.error = &error;
    p.y[6] = INFINITY;
    p.y[8] = NAN;
    cr_assert(eq(int, closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL), GRADUS_ERROR_RESPONSE_NOT_FINITE));
    cr_assert(eq(sz, error.row, 6));
    free_problem(&p);
}

static gradus_status automatic(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               double *theta)
{
    return gradus_reference_least_squares(X, y, options, GRADUS_REFERENCE_AUTOMATIC, theta, NULL);
}

Test(reference, missing_pointers_are_refused)
{
    problem p = random_problem(9, 4, true, 0.0, true, 5);
    double theta[5];
    gradus_error error;
    const gradus_matrix X = view(&p);
    p.options.error = &error;
    cr_assert(eq(int, automatic(NULL, p.y, &p.options, theta), GRADUS_ERROR_NULL));
    cr_assert(eq(int, automatic(&X, NULL, &p.options, theta), GRADUS_ERROR_NULL));
    cr_assert(eq(int, automatic(&X, p.y, &p.options, NULL), GRADUS_ERROR_NULL));
    cr_assert(eq(int, gradus_reference_singular_values(NULL, &p.options, theta), GRADUS_ERROR_NULL));
    cr_assert(eq(int, gradus_reference_singular_values(&X, &p.options, NULL), GRADUS_ERROR_NULL));
    cr_assert(eq(str, error.sentence, (char *)gradus_strerror(GRADUS_ERROR_NULL)));
    free_problem(&p);
}

Test(reference, wrong_options_are_refused)
{
    problem p = random_problem(9, 4, true, 0.0, true, 5);
    double theta[5];
    gradus_error error;
    gradus_matrix X = view(&p);
    p.options.error = &error;
    cr_assert(eq(int, closed_form(&p, (gradus_reference)-1, theta, NULL), GRADUS_ERROR_OPTION));
    cr_assert(eq(int, closed_form(&p, (gradus_reference)4, theta, NULL), GRADUS_ERROR_OPTION));
    cr_assert(eq(dbl, error.measured, 4.0));
    X.ld = 8;
    cr_assert(eq(int, automatic(&X, p.y, &p.options, theta), GRADUS_ERROR_LEADING_DIMENSION));
    X.ld = 9;
    p.options.ridge = -1.0;
    cr_assert(eq(int, automatic(&X, p.y, &p.options, theta), GRADUS_ERROR_OPTION));
    cr_assert(eq(int, gradus_reference_singular_values(&X, &p.options, theta), GRADUS_ERROR_OPTION));
    p.options.ridge = 0.0;
    p.w[2] = -1.0;
    cr_assert(eq(int, automatic(&X, p.y, &p.options, theta), GRADUS_ERROR_WEIGHT));
    cr_assert(eq(int, gradus_reference_singular_values(&X, &p.options, theta), GRADUS_ERROR_WEIGHT));
    p.options.size = 3;
    cr_assert(eq(int, automatic(&X, p.y, &p.options, theta), GRADUS_ERROR_STRUCT_SIZE));
    cr_assert(eq(int, gradus_reference_singular_values(&X, &p.options, theta), GRADUS_ERROR_STRUCT_SIZE));
    free_problem(&p);
}

/* Refused by the shape alone: nothing behind these pointers is read. */
Test(reference, rows_beyond_lapacks_integers_are_refused)
{
    const double one = 1.0, limit = INT_MAX;
    double theta[3] = {0.0};
    gradus_model_options options = gradus_model_options_default();
    gradus_error error;
    gradus_certificate certificate;
    options.error = &error;
    gradus_matrix X = gradus_row_major((size_t)INT_MAX + 1, 2, &one, 2);
    cr_assert(eq(int, automatic(&X, &one, &options, theta), GRADUS_ERROR_TOO_LARGE));
    cr_assert(eq(dbl, error.measured, limit + 1.0));
    cr_assert(eq(dbl, error.limit, limit));
    cr_assert(eq(int, gradus_reference_singular_values(&X, &options, theta), GRADUS_ERROR_TOO_LARGE));
    cr_assert(eq(int, gradus_certify_least_squares(&X, &one, &options, theta, &certificate),
                 GRADUS_ERROR_TOO_LARGE));
    X.rows = INT_MAX - 1; /* two more for the ridge are one too many */
    options.ridge = 1.0;
    cr_assert(eq(int, automatic(&X, &one, &options, theta), GRADUS_ERROR_TOO_LARGE));
    cr_assert(eq(dbl, error.measured, limit + 1.0));
}

/* --- memory --- */

/* The calls of the closed form, one for each method, and the singular values. */
static gradus_status call_with(const problem *p, int call, double *theta, const gradus_allocator *allocator)
{
    const gradus_matrix X = view(p);
    gradus_model_options options = p->options;
    gradus_facts facts;
    options.allocator = allocator;
    if (call == METHODS) return gradus_reference_singular_values(&X, &options, theta);
    return gradus_reference_least_squares(&X, p->y, &options, methods[call], theta, &facts);
}

static void check_memory(const problem *p, int call)
{
    test_allocator allocator;
    gradus_status status = GRADUS_ERROR_MEMORY;
    for (size_t refuse = 1; status; refuse++) {
        double theta[6] = {1, 2, 3, 4, 5, 6};
        test_allocator_begin(&allocator, refuse);
        status = call_with(p, call, theta, &allocator.face);
        cr_assert(eq(sz, allocator.alive, 0));
        cr_assert(eq(int, status, allocator.requests >= refuse ? GRADUS_ERROR_MEMORY : GRADUS_OK));
        for (size_t j = 0; status && j < 6; j++) cr_assert(eq(dbl, theta[j], (double)(j + 1)));
    }
    cr_assert(allocator.requests >= 8);
}

Test(reference, memory_that_ends_is_named_and_nothing_leaks)
{
    problem p = random_problem(20, 5, true, 0.1, true, 6);
    for (int call = 0; call <= METHODS; call++) check_memory(&p, call);
    p.options.ridge = 0.0;
    make_dependent(&p, 3, 6); /* by way of the minimum norm */
    check_memory(&p, 0);
    check_memory(&p, 2);
    free_problem(&p);
}
