/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the library share: random data from a fixed seed, plain-loop oracles in extended precision, an
 * allocator that refuses on demand, a few functions to descend. None of it calls the code under test.
 */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gradus.h>

/* ---- random numbers: xoshiro256** of Blackman and Vigna, ACM Trans. Math. Softw. 47 (2021) 36 ---- */

typedef struct test_random {
    uint64_t state[4];
} test_random;

test_random test_random_from(uint64_t seed);
uint64_t test_random_bits(test_random *random);
/* in (-1, 1), all 53 bits random, never 0 */
double test_random_uniform(test_random *random);
/* 0 .. n - 1 */
size_t test_random_below(test_random *random, size_t n);

/* ---- data ---- */

/* A problem whose numbers depend on seed, m and n alone, not on how they lie in memory. */
typedef struct test_data {
    gradus_matrix X;
    double *x; /* what X points to: NaN wherever no element of X lies, and not a byte more than X needs */
    double *y; /* m responses */
    double *labels;  /* m labels, 0 or 1, both present when m > 1 */
    double *weights; /* m weights; every seventh is 0, but the first is not */
    double *counts;  /* m numbers, 0, whole and not, up to 40 */
    double *offset;  /* m offsets in (-1, 1) */
    double *theta;   /* n + 1 coefficients, the last for an intercept */
} test_data;

/* ld is the least possible plus `padding`. */
test_data test_data_make(uint64_t seed, size_t m, size_t n, gradus_layout layout, size_t padding);
void test_data_free(test_data *data);

/* The address of X[i][j], by the header's own formula. */
double *test_element(double *x, const gradus_matrix *X, size_t i, size_t j);

/* ---- oracles ---- */

typedef enum test_loss {
    TEST_SQUARES,
    TEST_LOGISTIC,
    TEST_POISSON,
    TEST_HUBER,
    TEST_SQUARED_HINGE
} test_loss;

/*
 * Value and gradient by triple loops in long double; beside each number the sum of the absolute values of the terms it
 * is made of, in which its rounding error is measured.
 */
typedef struct test_oracle {
    size_t size;
    long double value, value_terms;
    long double *gradient, *gradient_terms;
} test_oracle;

/* options may be NULL, as in the library */
test_oracle test_oracle_make(test_loss loss, const gradus_matrix *X, const double *y,
                             const gradus_model_options *options, const double *theta);
void test_oracle_free(test_oracle *oracle);

/* The largest error of value and gradient (NULL: value only) in units of DBL_EPSILON times its terms; NaN gives Inf. */
double test_oracle_error(const test_oracle *oracle, double value, const double *gradient);

/* ||gradient||_2 of the oracle */
double test_oracle_norm(const test_oracle *oracle);

/* ---- judging ---- */

/* -log10 of the relative error, absolute where exact is 0; 0 .. 15 */
double test_digits(double computed, double exact);

/* Fewest digits over n numbers. */
double test_worst_digits(size_t n, const double *computed, const double *exact);

/* Are a and b the same, bit for bit? */
bool test_same_bits(size_t n, const double *a, const double *b);

/* ---- an allocator that counts, and refuses the k-th request ---- */

typedef struct test_allocator {
    gradus_allocator face;
    size_t refuse; /* refuse this request and all later ones, counting from 1; 0: never */
    size_t requests, alive;
} test_allocator;

/* Its memory is filled with signalling rubbish, so that nobody can rely on zeros. The struct must not move. */
void test_allocator_begin(test_allocator *allocator, size_t refuse);

/* ---- a solve, recorded ---- */

/* What the monitor saw of one iterate; theta and gradient are copies. */
typedef struct test_iterate {
    gradus_progress seen;
    double *theta, *gradient; /* one allocation */
} test_iterate;

typedef gradus_status (*test_solver)(const gradus_objective *f, double *theta, const gradus_options *options,
                                     gradus_report *report);

typedef struct test_run {
    gradus_status status;
    gradus_error error; /* all bytes 0x5A where it was not written */
    gradus_report report;
    size_t n;
    double *theta; /* after the solve */
    size_t count;  /* iterates seen */
    test_iterate *iterates;
} test_run;

/* Runs gradus_descend or gradus_ascend from a copy of `start`. options may be NULL; its monitor and error are replaced. */
test_run test_solve(test_solver solve, const gradus_objective *f, const double *start,
                    const gradus_options *options);
void test_run_free(test_run *run);

/* Are the two numbers equal, bit for bit, or both NaN? */
bool test_same(double a, double b);

/* ---- functions of the caller ---- */

/* sum over pairs of 100 (x_{2i+1} - x_{2i}^2)^2 + (1 - x_{2i})^2; n even; minimum 0 at ones. Rosenbrock, Computer J. 3 (1960) 175 */
gradus_status test_rosenbrock(void *context, size_t n, const double *theta, double *value, double *gradient);

/* The negative of the callback that `context`, a test_negated, holds. */
typedef struct test_negated {
    gradus_callback callback;
    void *context;
} test_negated;
gradus_status test_negative(void *context, size_t n, const double *theta, double *value, double *gradient);

#endif
