/* SPDX-License-Identifier: BSD-3-Clause */
/* src/reference/certificate.c: against the exact backward error of tiny problems, and by the definitions. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <lapacke.h>

#include "least_squares.h"

/* Criterion's new assertions put an int into a bit-field. */
#pragma GCC diagnostic ignored "-Wconversion"

static gradus_certificate certify(const problem *p, const double *theta)
{
    const gradus_matrix X = view(p);
    gradus_certificate certificate;
    memset(&certificate, 0x5a, sizeof certificate);
    cr_assert(eq(int, gradus_certify_least_squares(&X, p->y, &p->options, theta, &certificate), GRADUS_OK));
    return certificate;
}

static void closed_form(const problem *p, gradus_reference method, double *theta, gradus_facts *facts)
{
    const gradus_matrix X = view(p);
    cr_assert(
        eq(int, gradus_reference_least_squares(&X, p->y, &p->options, method, theta, facts), GRADUS_OK));
}

/* A design as the certificate weighs it: columns of norm in [1/2, 1), theta in their units. */
typedef struct weighed {
    size_t rows, cols;
    double *a, *b, *t, *r;
} weighed;

static weighed weigh(const problem *p, const double *theta)
{
    weighed d = {design_rows(p), coefficients(p), NULL, NULL, NULL, NULL};
    d.b = doubles(d.rows);
    d.a = design_by_hand(p, d.b);
    d.t = doubles(d.cols);
    d.r = doubles(d.rows);
    memcpy(d.r, d.b, d.rows * sizeof *d.b);
    for (size_t j = 0; j < d.cols; j++) {
        int exponent;
        (void)frexp(norm_of(d.rows, d.a + j * d.rows), &exponent);
        d.t[j] = ldexp(theta[j], exponent);
        for (size_t i = 0; i < d.rows; i++) {
            d.a[i + j * d.rows] = ldexp(d.a[i + j * d.rows], -exponent);
            d.r[i] -= d.a[i + j * d.rows] * d.t[j];
        }
    }
    return d;
}

static void free_weighed(weighed *d)
{
    free(d->a);
    free(d->b);
    free(d->t);
    free(d->r);
}

/*
 * The exact backward error over ||A||_F for t != 0, r != 0:
 *
 *   min( eta, sigma_min [A, eta (I - r r'/r'r)] ),  eta = ||r|| / ||t||
 *
 * Walden, Karlson and Sun, Numer. Linear Algebra Appl. 2 (1995) 271; Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., theorem 20.5 with theta = infinity.
 */
static double exact_backward_error(const weighed *d)
{
    const size_t m = d->rows, n = d->cols;
    const double r = norm_of(m, d->r), eta = r / norm_of(n, d->t);
    double *c = doubles(m * (n + m)), *sigma = doubles(m), *spare = doubles(m);
    memcpy(c, d->a, m * n * sizeof *c);
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < m; k++)
            c[i + (n + k) * m] = eta * ((i == k ? 1.0 : 0.0) - d->r[i] / r * (d->r[k] / r));
    }
    cr_assert(eq(int,
                 LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'N', 'N', (int)m, (int)(n + m), c, (int)m, sigma, NULL, 1,
                                NULL, 1, spare),
                 0));
    const double error = fmin(eta, sigma[m - 1]) / norm_of(m * n, d->a);
    free(c);
    free(sigma);
    free(spare);
    return error;
}

/* sqrt(2) times the estimate lies between the backward error and sqrt(2) times it. */
static void check_bound(const problem *p, const double *theta)
{
    weighed d = weigh(p, theta);
    const double exact = exact_backward_error(&d), bound = certify(p, theta).backward_error;
    cr_assert(bound >= exact * (1.0 - 1e-5), "%g is no bound on %g (%zu x %zu)", bound, exact, p->m, p->n);
    cr_assert(bound <= exact * sqrt(2.0) * (1.0 + 1e-5), "%g is far from %g (%zu x %zu)", bound, exact, p->m,
              p->n);
    free_weighed(&d);
}

Test(certificate, backward_error_is_a_tight_upper_bound)
{
    test_random random = test_random_from(31415926);
    for (uint64_t seed = 0; seed < 400; seed++) {
        const size_t m = 2 + seed % 7, n = 1 + seed % 4;
        problem p = random_problem(m, n, seed & 1, seed & 2 ? 0.2 : 0.0, seed & 4, seed);
        double theta[5], moved[5];
        for (size_t i = 0; i < m && seed % 3 == 0; i++) p.x[i] *= 1e5; /* a column of another size */
        closed_form(&p, GRADUS_REFERENCE_AUTOMATIC, theta, NULL);
        for (double distance = 1e-5; distance < 1e7; distance *= 10.0) {
            for (size_t j = 0; j < coefficients(&p); j++)
                moved[j] = theta[j] + distance * fabs(theta[j]) * test_random_uniform(&random);
            check_bound(&p, moved);
        }
        free_problem(&p);
    }
}

Test(certificate, at_the_closed_form_everything_is_at_working_precision)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        problem p = random_problem(20 + seed, 1 + seed % 10, seed & 1, seed & 2 ? 0.01 : 0.0, seed & 4, seed);
        double theta[11];
        gradus_facts facts;
        closed_form(&p, GRADUS_REFERENCE_QR, theta, &facts);
        gradus_certificate c = certify(&p, theta);
        cr_assert(c.backward_error <= 2e-15, "%g", c.backward_error);
        cr_assert(c.orthogonality <= 2e-15);
        cr_assert(eq(dbl, c.digits, 15.0)); /* the very same bits */
        cr_assert(eq(dbl, c.distance, 0.0));
        cr_assert(eq(dbl, c.condition, facts.condition));
        cr_assert(eq(sz, c.rank, facts.rank));
        closed_form(&p, GRADUS_REFERENCE_CHOLESKY, theta, NULL);
        c = certify(&p, theta);
        cr_assert(c.backward_error <= 1e-14);
        cr_assert(c.digits >= 12.0);
        free_problem(&p);
    }
}

Test(certificate, grows_in_proportion_to_the_error)
{
    problem p = random_problem(50, 6, true, 0.0, true, 2);
    double theta[7], direction[7], moved[7], last = 0.0;
    test_random random = test_random_from(5);
    closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL);
    for (size_t j = 0; j < 7; j++) direction[j] = test_random_uniform(&random);
    for (int k = -11; k <= -3; k++) {
        for (size_t j = 0; j < 7; j++) moved[j] = theta[j] + pow(10.0, k) * direction[j];
        const gradus_certificate c = certify(&p, moved);
        if (last > 0.0) cr_assert(epsilon_eq(dbl, c.backward_error / last, 10.0, 0.03));
        cr_assert(c.backward_error >= pow(10.0, k - 2));
        cr_assert(c.backward_error <= pow(10.0, k + 1));
        cr_assert(
            epsilon_eq(dbl, c.distance, pow(10.0, k) * norm_of(7, direction) / norm_of(7, theta), 1e-14));
        last = c.backward_error;
    }
    free_problem(&p);
}

/* Each number by its formula, from a design made by hand. */
Test(certificate, the_other_numbers_by_their_definitions)
{
    test_random random = test_random_from(99);
    for (uint64_t seed = 0; seed < 40; seed++) {
        problem p = random_problem(12, 4, seed & 1, seed & 2 ? 0.3 : 0.0, seed & 4, 70 + seed);
        double theta[5], reference[5], worst = 0.0;
        const size_t n = coefficients(&p);
        closed_form(&p, GRADUS_REFERENCE_QR, reference, NULL);
        for (size_t j = 0; j < n; j++) theta[j] = reference[j] * (1.0 + 1e-3 * test_random_uniform(&random));
        weighed d = weigh(&p, theta);
        double *normal = doubles(n);
        for (size_t j = 0; j < n; j++) {
            for (size_t i = 0; i < d.rows; i++) normal[j] += d.a[i + j * d.rows] * d.r[i];
            worst = fmax(worst, fabs(theta[j] - reference[j]) / fabs(reference[j]));
        }
        const double size = norm_of(d.rows * n, d.a) * norm_of(d.rows, d.r);
        const gradus_certificate c = certify(&p, theta);
        cr_assert(epsilon_eq(dbl, c.orthogonality, norm_of(n, normal) / size, 1e-14));
        cr_assert(epsilon_eq(dbl, c.residual_norm, norm_of(d.rows, d.r), 1e-12));
        cr_assert(epsilon_eq(dbl, c.distance, relative_distance(n, theta, reference), 1e-14));
        cr_assert(epsilon_eq(dbl, c.digits, -log10(worst), 1e-10));
        for (size_t k = 0; k < 8; k++) cr_assert(eq(dbl, c.reserved[k], 0.0));
        free(normal);
        free_weighed(&d);
        free_problem(&p);
    }
}

Test(certificate, digits_count_the_worst_coefficient)
{
    problem p = random_problem(30, 4, false, 0.0, true, 3);
    double theta[5], moved[5];
    closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL);
    for (size_t j = 0; j < 5; j++) {
        for (int digits = 1; digits <= 12; digits++) {
            memcpy(moved, theta, sizeof theta);
            moved[j] *= 1.0 + pow(10.0, -digits);
            moved[(j + 1) % 5] *= 1.0 + pow(10.0, -digits - 1); /* better, and so of no account */
            cr_assert(epsilon_eq(dbl, certify(&p, moved).digits, (double)digits, 1e-3));
        }
        memcpy(moved, theta, sizeof theta);
        moved[j] *= -20.0; /* worse than no digit is still none */
        cr_assert(eq(dbl, certify(&p, moved).digits, 0.0));
        moved[j] = nextafter(theta[j], 0.0); /* better than 15 counts as 15 */
        cr_assert(eq(dbl, certify(&p, moved).digits, 15.0));
    }
    free_problem(&p);
}

Test(certificate, digits_and_distance_are_absolute_where_the_closed_form_is_zero)
{
    problem p = random_problem(10, 2, false, 0.0, false, 4);
    const double theta[2] = {3e-4, -4e-4};
    memset(p.y, 0, 10 * sizeof *p.y);
    const gradus_certificate c = certify(&p, theta);
    cr_assert(epsilon_eq(dbl, c.digits, -log10(4e-4), 1e-12));
    cr_assert(epsilon_eq(dbl, c.distance, 5e-4, 1e-18));
    free_problem(&p);
}

/* theta = 0: the smallest E is -b b'A / b'b. */
Test(certificate, of_the_zero_vector)
{
    problem p = random_problem(9, 3, true, 0.0, true, 7);
    const double zeros[4] = {0.0};
    weighed d = weigh(&p, zeros);
    double normal[4] = {0.0};
    for (size_t j = 0; j < 4; j++) {
        for (size_t i = 0; i < 9; i++) normal[j] += d.a[i + j * 9] * d.b[i];
    }
    const double exact = norm_of(4, normal) / norm_of(9, d.b) / norm_of(36, d.a);
    const gradus_certificate c = certify(&p, zeros);
    cr_assert(epsilon_eq(dbl, c.backward_error, sqrt(2.0) * exact, 1e-14));
    cr_assert(epsilon_eq(dbl, c.orthogonality, exact, 1e-14));
    cr_assert(eq(dbl, c.digits, 0.0));
    cr_assert(epsilon_eq(dbl, c.distance, 1.0, 1e-15));
    free_weighed(&d);
    memset(p.y, 0, 9 * sizeof *p.y); /* and of the zero vector where it is the answer */
    const gradus_certificate perfect = certify(&p, zeros);
    cr_assert(eq(dbl, perfect.backward_error, 0.0));
    cr_assert(eq(dbl, perfect.orthogonality, 0.0));
    cr_assert(eq(dbl, perfect.digits, 15.0));
    cr_assert(eq(dbl, perfect.distance, 0.0));
    free_problem(&p);
}

Test(certificate, of_an_answer_without_residual)
{
    const double x[] = {1, 2, 3, 5, 8, 13, 21, -4}, theta[2] = {3, -2};
    double y[4];
    gradus_certificate c;
    for (size_t i = 0; i < 4; i++) y[i] = 3 * x[2 * i] - 2 * x[2 * i + 1];
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    cr_assert(eq(int, gradus_certify_least_squares(&X, y, NULL, theta, &c), GRADUS_OK));
    cr_assert(eq(dbl, c.backward_error, 0.0));
    cr_assert(eq(dbl, c.orthogonality, 0.0));
    cr_assert(eq(dbl, c.residual_norm, 0.0));
    cr_assert(c.digits >= 14.0);
}

/* Any minimiser is an exact answer; only the one of minimum norm agrees with the closed form. */
Test(certificate, a_deficient_rank_is_reported)
{
    problem p = random_problem(20, 4, false, 0.0, true, 9);
    double theta[5];
    memcpy(p.x + 60, p.x + 20, 20 * sizeof *p.x);
    closed_form(&p, GRADUS_REFERENCE_SVD, theta, NULL);
    gradus_certificate c = certify(&p, theta);
    cr_assert(eq(sz, c.rank, 4));
    cr_assert(eq(dbl, c.digits, 15.0));
    cr_assert(c.backward_error <= 2e-15);
    cr_assert(c.condition < 100.0);
    theta[1] += 10.0;
    theta[3] -= 10.0;
    c = certify(&p, theta);
    cr_assert(c.backward_error <= 2e-15);
    cr_assert(c.digits < 1.0);
    free_problem(&p);
}

Test(certificate, fewer_rows_than_coefficients)
{
    problem p = random_problem(3, 8, false, 0.0, false, 10);
    double theta[8];
    closed_form(&p, GRADUS_REFERENCE_SVD, theta, NULL);
    gradus_certificate c = certify(&p, theta);
    cr_assert(eq(sz, c.rank, 3));
    cr_assert(c.backward_error <= 2e-15);
    theta[2] += 0.01;
    check_bound(&p, theta);
    free_problem(&p);
}

Test(certificate, powers_of_two_pass_through_exactly)
{
    problem p = random_problem(15, 3, true, 0.0, true, 11), q = random_problem(15, 3, true, 0.0, true, 11);
    const int exponents[4] = {500, -600, 3, 0};
    double theta[4] = {0.3, -1.7, 2.2, 0.9}, scaled[4];
    for (size_t j = 0; j < 4; j++) {
        for (size_t i = 0; i < 15 && j < 3; i++) q.x[i + j * 15] = ldexp(p.x[i + j * 15], exponents[j]);
        scaled[j] = ldexp(theta[j], 40 - exponents[j]);
    }
    for (size_t i = 0; i < 15; i++) q.y[i] = ldexp(p.y[i], 40);
    const gradus_certificate c = certify(&p, theta), d = certify(&q, scaled);
    cr_assert(eq(dbl, c.backward_error, d.backward_error));
    cr_assert(eq(dbl, c.orthogonality, d.orthogonality));
    cr_assert(eq(dbl, c.digits, d.digits));
    cr_assert(eq(dbl, ldexp(c.residual_norm, 40), d.residual_norm));
    free_problem(&p);
    free_problem(&q);
}

/* As far off as a double can be: large numbers, and no NaN. */
Test(certificate, of_an_answer_beyond_all_measure)
{
    problem p = random_problem(10, 3, false, 0.0, true, 12);
    double theta[4] = {1e308, -1e308, 1e-300, 1e308};
    for (size_t i = 0; i < 10; i++) {
        p.x[i] *= 1e250;
        p.x[i + 10] *= 1e-250;
        p.y[i] *= 1e-290;
    }
    const gradus_certificate c = certify(&p, theta);
    cr_assert(c.backward_error > 1e-3);
    cr_assert(c.backward_error <= 1.0);
    cr_assert(c.orthogonality > 1e-3);
    cr_assert(c.orthogonality <= 1.0);
    cr_assert(eq(dbl, c.digits, 0.0));
    cr_assert(c.distance > 1e100);
    cr_assert(c.residual_norm > 1e300);
    free_problem(&p);
}

/* ---- the bound on the error; tests/bounds.c holds it against exact answers of random problems ---- */

Test(certificate, the_bound_is_the_error_of_an_answer_that_was_moved)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        problem p = random_problem(30, 4, seed & 1, seed & 2 ? 0.1 : 0.0, seed & 4, 500 + seed);
        double theta[5], moved[5];
        closed_form(&p, GRADUS_REFERENCE_QR, theta, NULL);
        for (double share = 1e-12; share < 0.5; share *= 10.0) {
            memcpy(moved, theta, sizeof theta);
            moved[seed % 4] *= 1.0 + share;
            weighed d = weigh(&p, theta), e = weigh(&p, moved);
            const double error = relative_distance(d.cols, e.t, d.t);
            const gradus_certificate c = certify(&p, moved);
            cr_assert(c.error_bound >= error * (1.0 - 1e-2) && c.error_bound <= error * (1.0 + 1e-2),
                      "%g, not %g", c.error_bound, error);
            cr_assert(c.contraction <= 1e-12 && strstr(c.bound_reason, "corrected in twice the precision"));
            free_weighed(&d);
            free_weighed(&e);
        }
        free_problem(&p);
    }
}

Test(certificate, unbounded_and_why)
{
    problem p = random_problem(20, 4, false, 0.0, true, 9);
    double theta[5] = {1, 2, 3, 4, 5};
    memcpy(p.x + 60, p.x + 20, 20 * sizeof *p.x);
    gradus_certificate c = certify(&p, theta);
    cr_assert(isinf(c.error_bound) && strstr(c.bound_reason, "unbounded: the design has rank 4 of 5"), "%s",
              c.bound_reason);
    test_random random = test_random_from(4);
    for (size_t i = 0; i < 20; i++) p.x[60 + i] += 3e-14 * test_random_uniform(&random);
    c = certify(&p, theta);
    cr_assert(isinf(c.error_bound) && strstr(c.bound_reason, "times u sqrt(mn), is "), "%s", c.bound_reason);
    for (size_t i = 0; i < 20; i++) p.x[60 + i] += 1e-10 * test_random_uniform(&random);
    c = certify(&p, theta);
    cr_assert(c.error_bound >= 0.1 && c.error_bound < 1e16 && c.contraction > 1e-12, "%g: %s", c.error_bound,
              c.bound_reason);
    free_problem(&p);
}

Test(certificate, of_the_answer_zero_there_is_no_relative_error)
{
    problem p = random_problem(9, 3, true, 0.0, true, 7);
    double theta[4] = {0.0};
    memset(p.y, 0, 9 * sizeof *p.y);
    cr_assert(eq(dbl, certify(&p, theta).error_bound, 0.0));
    theta[1] = 1e-20;
    const gradus_certificate c = certify(&p, theta);
    cr_assert(isinf(c.error_bound) && strstr(c.bound_reason, "the exact answer may be 0"), "%s",
              c.bound_reason);
    free_problem(&p);
}

/* X + L: the answer that is exact for X alone is off by what L moves it. */
Test(certificate, what_doubles_leave_out_is_data)
{
    problem p = random_problem(12, 2, false, 0.0, false, 21);
    const double theta[2] = {3.0, -2.0};
    double low[24], error = 0.0;
    for (size_t i = 0; i < 24; i++) low[i] = p.x[i] * 0x1p-54;
    for (size_t i = 0; i < 12; i++) { /* exact sums: x has few bits */
        p.x[i] = ldexp(rint(ldexp(p.x[i], 20)), -20);
        p.x[i + 12] = ldexp(rint(ldexp(p.x[i + 12], 20)), -20);
        p.y[i] = 3.0 * p.x[i] - 2.0 * p.x[i + 12];
        low[i] = p.x[i] * 0x1p-54;
        low[i + 12] = p.x[i + 12] * 0x1p-54;
    }
    cr_assert(certify(&p, theta).error_bound <= 1e-28);
    const gradus_matrix L = gradus_col_major(12, 2, low, 12);
    p.options.low = &L;
    error = certify(&p, theta).error_bound; /* t* = t / (1 + 2^-54) */
    cr_assert(error >= 0x1p-54 && error <= 0x1p-54 * 1.001, "%g", error);
    free_problem(&p);
}

Test(certificate, wrong_arguments_are_refused_by_name)
{
    problem p = random_problem(9, 3, false, 0.0, true, 13);
    double theta[4] = {1, 2, 3, 4};
    const gradus_matrix X = view(&p);
    gradus_certificate c;
    gradus_error error;
    p.options.error = &error;
    memset(&c, 0x77, sizeof c);
    const gradus_certificate untouched = c;
    cr_assert(eq(int, gradus_certify_least_squares(NULL, p.y, &p.options, theta, &c), GRADUS_ERROR_NULL));
    cr_assert(eq(int, gradus_certify_least_squares(&X, NULL, &p.options, theta, &c), GRADUS_ERROR_NULL));
    cr_assert(eq(int, gradus_certify_least_squares(&X, p.y, &p.options, NULL, &c), GRADUS_ERROR_NULL));
    cr_assert(eq(int, gradus_certify_least_squares(&X, p.y, &p.options, theta, NULL), GRADUS_ERROR_NULL));
    theta[2] = -INFINITY;
    cr_assert(
        eq(int, gradus_certify_least_squares(&X, p.y, &p.options, theta, &c), GRADUS_ERROR_START_NOT_FINITE));
    cr_assert(eq(sz, error.row, 2));
    theta[2] = 3.0;
    p.x[9 + 4] = NAN;
    cr_assert(
        eq(int, gradus_certify_least_squares(&X, p.y, &p.options, theta, &c), GRADUS_ERROR_DATA_NOT_FINITE));
    cr_assert(eq(sz, error.row, 4));
    cr_assert(eq(sz, error.column, 1));
    p.options.size++;
    cr_assert(
        eq(int, gradus_certify_least_squares(&X, p.y, &p.options, theta, &c), GRADUS_ERROR_STRUCT_SIZE));
    cr_assert(eq(int, memcmp(&c, &untouched, sizeof c), 0));
    free_problem(&p);
}

static void check_memory(const problem *p)
{
    const double theta[5] = {1, 2, 3, 4, 5};
    const gradus_matrix X = view(p);
    test_allocator allocator;
    gradus_status status = GRADUS_ERROR_MEMORY;
    for (size_t refuse = 1; status; refuse++) {
        gradus_model_options options = p->options;
        gradus_certificate c = {.digits = -7.0};
        test_allocator_begin(&allocator, refuse);
        options.allocator = &allocator.face;
        status = gradus_certify_least_squares(&X, p->y, &options, theta, &c);
        cr_assert(eq(sz, allocator.alive, 0));
        cr_assert(eq(int, status, allocator.requests >= refuse ? GRADUS_ERROR_MEMORY : GRADUS_OK));
        if (status) cr_assert(eq(dbl, c.digits, -7.0));
    }
    cr_assert(allocator.requests >= 15);
}

Test(certificate, memory_that_ends_is_named_and_nothing_leaks)
{
    problem p = random_problem(20, 4, true, 0.1, true, 14);
    check_memory(&p);
    p.options.ridge = 0.0;
    memcpy(p.x + 60, p.x + 20, 20 * sizeof *p.x); /* by way of the SVD */
    check_memory(&p);
    free_problem(&p);
}
