/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The certificate never lies: error_bound against the true error of many answers to random problems, whose exact answers come from
 * normal equations in 320 bits (MPFR).
 *
 * Columns of condition up to 10^13, m from n to 100 n rows, rows scaled over 10^-8 .. 10^8 (in the data or by weights), columns
 * over 10^-150 .. 10^150; with and without weights, intercept and ridge. Answers: LAPACK's QR and Cholesky, gradus by default and refined,
 * QR's in single precision, QR's with every coefficient moved by a relative 10^-16 .. 1, and zeros.
 *
 * And what gradus by default calls converged, from 0 and from a start 10^20 times too far, is an answer: its backward error is small, and
 * its error no more than rounding of the data explains.
 *
 * TAP; the lines that begin with # are the figures of docs/accuracy.md. GRADUS_LONG=1: 6000 problems in the place of 300.
 */
#include <float.h>
#include <gradus.h>
#include <lapacke.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { BITS = 320, MOST_COLS = 8, MOST_SIZE = MOST_COLS + 1, MOST_ROWS = 100 * MOST_COLS, DECADES = 14 };

/* x is column-major, ld = m. */
typedef struct problem {
    size_t m, n, size;
    double *x, *y, *w;
    gradus_model_options options;
    gradus_matrix X;
    int exponent[MOST_SIZE]; /* 2^-exponent brings a weighted column to a norm in [1/2, 1) */
    double condition;        /* after that */
    double least, norm,
        data; /* after that: the least singular value, ||A||_F, and of the rows that are data */
    mpfr_t exact[MOST_SIZE];
} problem;

/* ---- random problems ---- */

static double power_of_ten(test_random *random, double most)
{
    return pow(10.0, most * test_random_uniform(random));
}

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count + 1, sizeof *memory);
    if (!memory) abort();
    return memory;
}

/* The columns of q (m x n) made orthonormal: Gram and Schmidt, twice. */
static void orthonormalise(size_t m, size_t n, long double *q)
{
    for (size_t j = 0; j < n; j++) {
        long double *a = q + j * m, norm = 0.0L;
        for (int round = 0; round < 2; round++) {
            for (size_t k = 0; k < j; k++) {
                const long double *b = q + k * m;
                long double along = 0.0L;
                for (size_t i = 0; i < m; i++) along += b[i] * a[i];
                for (size_t i = 0; i < m; i++) a[i] -= along * b[i];
            }
        }
        for (size_t i = 0; i < m; i++) norm += a[i] * a[i];
        for (size_t i = 0; i < m; i++) a[i] /= sqrtl(norm);
    }
}

static long double *random_orthonormal(size_t m, size_t n, double rows, test_random *random)
{
    long double *q = (long double *)calloc(m * n, sizeof *q);
    if (!q) abort();
    for (size_t i = 0; i < m; i++) {
        const double scale = power_of_ten(random, rows);
        for (size_t j = 0; j < n; j++) q[i + j * m] = (long double)scale * test_random_uniform(random);
    }
    orthonormalise(m, n, q);
    return q;
}

/* X = U diag(sigma) V' with columns stretched: sigma falls from 1 to 1/kappa, evenly or at once. */
static void fill_matrix(problem *p, double kappa, double rows, test_random *random)
{
    const size_t m = p->m, n = p->n;
    long double *u = random_orthonormal(m, n, rows, random), *v = random_orthonormal(n, n, 0.0, random);
    const bool at_once = test_random_below(random, 2);
    double sigma[MOST_COLS], stretch[MOST_COLS];
    for (size_t k = 0; k < n; k++) {
        const double share = n == 1 ? 0.0 : (double)k / (double)(n - 1);
        sigma[k] = at_once ? (k + 1 == n && n > 1 ? 1.0 / kappa : 1.0) : pow(kappa, -share);
        stretch[k] = power_of_ten(random, 150.0);
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            long double sum = 0.0L;
            for (size_t k = 0; k < n; k++) sum += u[i + k * m] * (long double)sigma[k] * v[j + k * n];
            p->x[i + j * m] = (double)sum * stretch[j];
        }
    }
    free(u);
    free(v);
}

/* y = X theta + noise, theta of a size that makes X theta one of 1 */
static void fill_response(problem *p, test_random *random)
{
    const double noise = pow(10.0, -6.0 + 7.0 * test_random_uniform(random)),
                 unit = power_of_ten(random, 10.0);
    for (size_t j = 0; j < p->n; j++) {
        double largest = 0.0;
        for (size_t i = 0; i < p->m; i++) largest = fmax(largest, fabs(p->x[i + j * p->m]));
        const double theta = test_random_uniform(random) / (largest > 0.0 ? largest : 1.0);
        for (size_t i = 0; i < p->m; i++) p->y[i] += unit * theta * p->x[i + j * p->m];
    }
    for (size_t i = 0; i < p->m; i++) {
        double row = 0.0; /* its size, so that small rows have small noise */
        for (size_t j = 0; j < p->n; j++) row = fmax(row, fabs(p->y[i]));
        p->y[i] += noise * (row + (test_random_below(random, 8) ? 0.0 : unit)) * test_random_uniform(random);
    }
}

static size_t rows_for(size_t size, test_random *random)
{
    const double most = log(100.0) * fabs(test_random_uniform(random));
    const size_t m = (size_t)((double)size * exp(most));
    return m < size ? size : m;
}

static problem make_problem(uint64_t seed)
{
    test_random random = test_random_from(seed);
    problem p = {.n = 1 + test_random_below(&random, MOST_COLS), .options = gradus_model_options_default()};
    p.options.intercept = test_random_below(&random, 4) == 0;
    p.size = p.n + (p.options.intercept ? 1 : 0);
    p.m = rows_for(p.size, &random);
    p.x = doubles(p.m * p.n);
    p.y = doubles(p.m);
    p.w = doubles(p.m);
    const bool weighted = test_random_below(&random, 3) == 0;
    const double kappa = pow(10.0, 13.0 * fabs(test_random_uniform(&random)));
    fill_matrix(&p, kappa, weighted ? 0.0 : 8.0 * (double)test_random_below(&random, 2), &random);
    fill_response(&p, &random);
    for (size_t i = 0; i < p.m; i++) p.w[i] = weighted ? power_of_ten(&random, 16.0) : 1.0;
    if (weighted) p.options.weights = p.w;
    if (test_random_below(&random, 8) == 0) p.options.ridge = power_of_ten(&random, 12.0);
    p.X = gradus_col_major(p.m, p.n, p.x, p.m);
    return p;
}

static void free_problem(problem *p)
{
    free(p->x);
    free(p->y);
    free(p->w);
    for (size_t j = 0; j < p->size; j++) mpfr_clear(p->exact[j]);
}

/* ---- the exact answer ---- */

static double entry(const problem *p, size_t i, size_t j)
{
    return j < p->n ? p->x[i + j * p->m] : 1.0;
}

typedef struct normal_equations {
    mpfr_t matrix[MOST_SIZE][MOST_SIZE], right[MOST_SIZE], product, total;
} normal_equations;

static void add_row(const problem *p, size_t i, normal_equations *e)
{
    mpfr_add_d(e->total, e->total, p->w[i], MPFR_RNDN);
    for (size_t j = 0; j < p->size; j++) {
        mpfr_set_d(e->product, p->w[i], MPFR_RNDN);
        mpfr_mul_d(e->product, e->product, entry(p, i, j), MPFR_RNDN);
        mpfr_t term;
        mpfr_init2(term, BITS);
        for (size_t k = 0; k <= j; k++) {
            mpfr_mul_d(term, e->product, entry(p, i, k), MPFR_RNDN);
            mpfr_add(e->matrix[j][k], e->matrix[j][k], term, MPFR_RNDN);
        }
        mpfr_mul_d(term, e->product, p->y[i], MPFR_RNDN);
        mpfr_add(e->right[j], e->right[j], term, MPFR_RNDN);
        mpfr_clear(term);
    }
}

static void assemble(const problem *p, normal_equations *e)
{
    for (size_t i = 0; i < p->m; i++) add_row(p, i, e);
    mpfr_mul_d(e->total, e->total, p->options.ridge, MPFR_RNDN);
    for (size_t j = 0; j < p->n; j++) mpfr_add(e->matrix[j][j], e->matrix[j][j], e->total, MPFR_RNDN);
    for (size_t j = 0; j < p->size; j++) {
        for (size_t k = j + 1; k < p->size; k++) mpfr_set(e->matrix[j][k], e->matrix[k][j], MPFR_RNDN);
    }
}

/* Gauss's elimination; the matrix is positive definite. */
static void eliminate(size_t n, normal_equations *e)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            mpfr_t factor;
            mpfr_init2(factor, BITS);
            mpfr_div(factor, e->matrix[i][k], e->matrix[k][k], MPFR_RNDN);
            mpfr_neg(factor, factor, MPFR_RNDN);
            for (size_t j = k; j < n; j++)
                mpfr_fma(e->matrix[i][j], factor, e->matrix[k][j], e->matrix[i][j], MPFR_RNDN);
            mpfr_fma(e->right[i], factor, e->right[k], e->right[i], MPFR_RNDN);
            mpfr_clear(factor);
        }
    }
}

static void solve_exactly(problem *p)
{
    static normal_equations e;
    mpfr_inits2(BITS, e.product, e.total, (mpfr_ptr)0);
    mpfr_set_zero(e.total, 1);
    for (size_t j = 0; j < p->size; j++) {
        mpfr_inits2(BITS, e.right[j], p->exact[j], (mpfr_ptr)0);
        mpfr_set_zero(e.right[j], 1);
        for (size_t k = 0; k < p->size; k++) {
            mpfr_init2(e.matrix[j][k], BITS);
            mpfr_set_zero(e.matrix[j][k], 1);
        }
    }
    assemble(p, &e);
    eliminate(p->size, &e);
    for (size_t k = p->size; k-- > 0;) {
        for (size_t j = k + 1; j < p->size; j++) {
            mpfr_mul(e.product, e.matrix[k][j], p->exact[j], MPFR_RNDN);
            mpfr_sub(e.right[k], e.right[k], e.product, MPFR_RNDN);
        }
        mpfr_div(p->exact[k], e.right[k], e.matrix[k][k], MPFR_RNDN);
    }
    for (size_t j = 0; j < p->size; j++) {
        mpfr_clear(e.right[j]);
        for (size_t k = 0; k < p->size; k++) mpfr_clear(e.matrix[j][k]);
    }
    mpfr_clears(e.product, e.total, (mpfr_ptr)0);
}

/* The condition of the weighted, penalised columns, each brought to a norm in [1/2, 1) by a power of two; by LAPACK's SVD. */
static void measure_condition(problem *p)
{
    const size_t m = p->m + (p->options.ridge > 0.0 ? p->n : 0), n = p->size;
    double *a = doubles(m * n), sigma[MOST_SIZE], spare[MOST_SIZE], total = 0.0;
    for (size_t i = 0; i < p->m; i++) total += p->w[i];
    for (size_t j = 0; j < n; j++) {
        double largest = 0.0, square = 0.0;
        for (size_t i = 0; i < p->m; i++) a[i + j * m] = sqrt(p->w[i]) * entry(p, i, j);
        if (m > p->m && j < p->n) a[p->m + j + j * m] = sqrt(total * p->options.ridge);
        for (size_t i = 0; i < m; i++) largest = fmax(largest, fabs(a[i + j * m]));
        for (size_t i = 0; i < m; i++) square += (a[i + j * m] / largest) * (a[i + j * m] / largest);
        (void)frexp(largest * sqrt(square), &p->exponent[j]);
        for (size_t i = 0; i < m; i++) a[i + j * m] = ldexp(a[i + j * m], -p->exponent[j]);
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            p->norm = hypot(p->norm, a[i + j * m]);
            if (i < p->m) p->data = hypot(p->data, a[i + j * m]);
        }
    }
    const int info = LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'N', 'N', (int)m, (int)n, a, (int)m, sigma, NULL, 1,
                                    NULL, 1, spare);
    p->least = info == 0 ? sigma[n - 1] : 0.0;
    p->condition = info == 0 && sigma[n - 1] > 0.0 ? sigma[0] / sigma[n - 1] : INFINITY;
    free(a);
}

/* ||t - t*|| / ||t*|| in columns of one length */
static double true_error(const problem *p, const double *theta)
{
    mpfr_t part, error, size;
    mpfr_inits2(BITS, part, error, size, (mpfr_ptr)0);
    mpfr_set_zero(error, 1);
    mpfr_set_zero(size, 1);
    for (size_t j = 0; j < p->size; j++) {
        mpfr_mul_2si(part, p->exact[j], p->exponent[j], MPFR_RNDN);
        mpfr_fma(size, part, part, size, MPFR_RNDN);
        mpfr_sub_d(part, p->exact[j], theta[j], MPFR_RNDN);
        mpfr_mul_2si(part, part, p->exponent[j], MPFR_RNDN);
        mpfr_fma(error, part, part, error, MPFR_RNDN);
    }
    mpfr_div(error, error, size, MPFR_RNDN);
    mpfr_sqrt(error, error, MPFR_RNDN);
    const double result = mpfr_get_d(error, MPFR_RNDN);
    mpfr_clears(part, error, size, (mpfr_ptr)0);
    return result;
}

/* ---- answers ---- */

typedef enum answer { QR, CHOLESKY, DEFAULT, REFINED, SINGLE, MOVED, ZEROS, ANSWERS } answer;

static const char *const names[ANSWERS] = {
    "LAPACK QR", "LAPACK Cholesky", "gradus", "gradus, refined", "in single precision", "moved", "zeros"};

/* From `start` in columns of one length. */
static bool descend(const problem *p, bool refined, double start, double *theta, gradus_report *report)
{
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    options.refine = refined;
    options.stop.max_iterations = 1000;
    for (size_t j = 0; j < p->size; j++) theta[j] = ldexp(start, -p->exponent[j]);
    gradus_status status = gradus_least_squares(&p->X, p->y, &p->options, &f);
    if (!status) status = gradus_descend(f, theta, &options, report);
    gradus_objective_free(f);
    return status == GRADUS_OK;
}

static bool make_answer(const problem *p, answer kind, test_random *random, double *theta)
{
    const gradus_reference method = kind == CHOLESKY ? GRADUS_REFERENCE_CHOLESKY : GRADUS_REFERENCE_AUTOMATIC;
    if (kind == DEFAULT || kind == REFINED) return descend(p, kind == REFINED, 0.0, theta, NULL);
    if (gradus_reference_least_squares(&p->X, p->y, &p->options, method, theta, NULL)) return false;
    const double share = pow(10.0, -8.0 + 8.0 * test_random_uniform(random));
    for (size_t j = 0; j < p->size; j++) {
        int exponent;
        const double mantissa = frexp(theta[j], &exponent);
        if (kind == SINGLE) theta[j] = ldexp((double)(float)mantissa, exponent);
        if (kind == MOVED) theta[j] *= 1.0 + share * test_random_uniform(random);
        if (kind == ZEROS) theta[j] = 0.0;
    }
    return true;
}

/* ---- judging ---- */

typedef struct tally {
    size_t cases, lies, unbounded, early; /* early: unbounded although kappa <= 1e10 */
    double *ratios;                       /* bound / error of the bounded, error > 0 */
    size_t count;
    size_t of_decade[DECADES], unbounded_of[DECADES];
    double median_of[ANSWERS], worst_of[ANSWERS];
} tally;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(size_t count, double *values)
{
    qsort(values, count, sizeof *values, ascending);
    return count ? values[count / 2] : NAN;
}

static void complain(const problem *p, uint64_t seed, answer kind, double error, const gradus_certificate *c)
{
    (void)printf("# problem %llu (%zu x %zu, condition %.1e), %s: error %.3e, bound %.3e; %s\n",
                 (unsigned long long)seed, p->m, p->size, p->condition, names[kind], error, c->error_bound,
                 c->bound_reason);
}

static void judge(const problem *p, uint64_t seed, answer kind, const double *theta, tally *t)
{
    gradus_certificate c;
    if (gradus_certify_least_squares(&p->X, p->y, &p->options, theta, &c)) {
        t->lies++; /* finite data and a finite theta are judged */
        (void)printf("# problem %llu: not certified\n", (unsigned long long)seed);
        return;
    }
    const double error = true_error(p, theta);
    const size_t decade = (size_t)fmin(fmax(log10(p->condition), 0.0), DECADES - 1);
    const bool bounded = c.error_bound < (double)INFINITY;
    t->cases++;
    t->of_decade[decade]++;
    if (!(error <= c.error_bound)) {
        t->lies++;
        complain(p, seed, kind, error, &c);
    }
    if (!bounded) {
        t->unbounded++;
        t->unbounded_of[decade]++;
        if (p->condition > 1e10) return;
        t->early++;
        complain(p, seed, kind, error, &c);
        return;
    }
    if (error > 0.0) t->ratios[t->count++] = c.error_bound / error;
}

static void run(uint64_t seeds, answer kind, tally *t)
{
    const size_t before = t->count;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        problem p = make_problem(seed);
        test_random random = test_random_from(seed + 1000000);
        double theta[MOST_SIZE];
        solve_exactly(&p);
        measure_condition(&p);
        if (make_answer(&p, kind, &random, theta)) judge(&p, seed, kind, theta, t);
        free_problem(&p);
    }
    double *own = doubles(t->count - before);
    memcpy(own, t->ratios + before, (t->count - before) * sizeof *own);
    t->median_of[kind] = median(t->count - before, own);
    t->worst_of[kind] = t->count > before ? own[t->count - before - 1] : NAN;
    free(own);
}

/* ---- what is called converged ---- */

typedef struct verdicts {
    size_t runs, converged, wrong;
} verdicts;

/*
 * The relative error, to first order, of the exact answer to data A (1 + u): u (||A|| ||r|| / sigma_n^2 + ||A|| ||t|| / sigma_n) / ||t||,
 * r of the rows that are data. The ridge's rows, which no response weighs, are not in the first ||A||.
 */
static double explained(const problem *p)
{
    double t[MOST_SIZE], size = 0.0, residual = 0.0;
    for (size_t j = 0; j < p->size; j++) {
        mpfr_t part;
        mpfr_init2(part, BITS);
        mpfr_mul_2si(part, p->exact[j], p->exponent[j], MPFR_RNDN);
        t[j] = mpfr_get_d(part, MPFR_RNDN);
        size = hypot(size, t[j]);
        mpfr_clear(part);
    }
    for (size_t i = 0; i < p->m; i++) {
        double r = p->y[i];
        for (size_t j = 0; j < p->size; j++) r -= ldexp(entry(p, i, j), -p->exponent[j]) * t[j];
        residual = hypot(residual, sqrt(p->w[i]) * r);
    }
    return DBL_EPSILON / 2.0 * (p->data * residual / p->least / size + p->norm) / p->least;
}

static void judge_default(const problem *p, uint64_t seed, double start, verdicts *v)
{
    double theta[MOST_SIZE];
    gradus_report report;
    gradus_certificate c;
    v->runs++;
    if (!descend(p, false, start, theta, &report) || !gradus_stop_converged(report.stop)) return;
    v->converged++;
    const double least_error = explained(p);
    const bool certified = gradus_certify_least_squares(&p->X, p->y, &p->options, theta, &c) == GRADUS_OK;
    const bool near = least_error > 1e-3 || true_error(p, theta) <= 1e-14 + 30.0 * least_error;
    if (certified && c.backward_error <= 1e-11 && near) return;
    v->wrong++;
    (void)printf("# problem %llu (%zu x %zu, condition %.1e) from %g: backward error %.1e, error %.1e, data "
                 "explain %.1e; %s\n",
                 (unsigned long long)seed, p->m, p->size, p->condition, start, c.backward_error,
                 true_error(p, theta), least_error, gradus_stop_sentence(report.stop));
}

static verdicts judge_defaults(uint64_t seeds)
{
    static const double starts[] = {0.0, 1.0, 1e20};
    verdicts v = {0};
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        problem p = make_problem(seed);
        solve_exactly(&p);
        measure_condition(&p);
        for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) judge_default(&p, seed, starts[k], &v);
        free_problem(&p);
    }
    (void)printf("# by default %zu of %zu runs are called converged, %zu wrongly\n", v.converged, v.runs,
                 v.wrong);
    return v;
}

static void report(const tally *t, double middle)
{
    (void)printf("# %zu answers; bound / error: median %.2f\n", t->cases, middle);
    for (size_t k = 0; k < ANSWERS; k++)
        (void)printf("# %-20s median %6.2f, largest %8.2g\n", names[k], t->median_of[k], t->worst_of[k]);
    (void)printf("# unbounded: %.2f %% in all\n", 100.0 * (double)t->unbounded / (double)t->cases);
    for (size_t k = 0; k < DECADES; k++) {
        if (t->of_decade[k] > 0)
            (void)printf("# condition from 1e%zu: %6zu answers, %.1f %% unbounded\n", k, t->of_decade[k],
                         100.0 * (double)t->unbounded_of[k] / (double)t->of_decade[k]);
    }
}

int main(void)
{
    const uint64_t seeds = getenv("GRADUS_LONG") ? 6000 : 300;
    tally t = {.ratios = doubles(seeds * ANSWERS)};
    for (size_t kind = 0; kind < ANSWERS; kind++) run(seeds, (answer)kind, &t);
    const double middle = median(t.count, t.ratios);
    report(&t, middle);
    const verdicts v = judge_defaults(seeds);
    (void)printf("1..5\n");
    (void)printf("%sok 1 - every bound holds\n", t.lies ? "not " : "");
    (void)printf("%sok 2 - within a factor 10 in the median\n",
                 middle >= 1.0 && middle <= 10.0 ? "" : "not ");
    (void)printf("%sok 3 - none unbounded up to a condition of 1e10\n", t.early ? "not " : "");
    (void)printf(
        "%sok 4 - problems of every decade, bounded and unbounded\n",
        t.of_decade[12] > 0 && t.of_decade[0] > 0 && t.unbounded > 0 && t.unbounded < t.cases ? "" : "not ");
    const bool answers = v.wrong == 0 && (double)v.converged >= 0.95 * (double)v.runs;
    (void)printf("%sok 5 - what is called converged is an answer, and nearly all are\n",
                 answers ? "" : "not ");
    free(t.ratios);
    mpfr_free_cache();
    return t.lies || t.early || !(middle <= 10.0) || !answers;
}
