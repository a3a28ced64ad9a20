/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inference: standard errors against NIST's certified ones and references in rational or 60-digit arithmetic, the distribution
 * functions against published tables, the definitions against plain loops, and what is refused.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/distribution.h"
#include "support.h"

/* ---- distributions ---- */

/* Percentage points of Student's t, two-sided: Abramowitz and Stegun, table 26.10. */
Test(inference, students_t_against_the_published_table)
{
    static const struct {
        double degrees, t50, t90, t95, t99, t999;
    } table[] = {{1, 1.000, 6.314, 12.706, 63.657, 636.619}, {2, 0.816, 2.920, 4.303, 9.925, 31.598},
                 {3, 0.765, 2.353, 3.182, 5.841, 12.924},    {5, 0.727, 2.015, 2.571, 4.032, 6.869},
                 {10, 0.700, 1.812, 2.228, 3.169, 4.587},    {20, 0.687, 1.725, 2.086, 2.845, 3.850},
                 {30, 0.683, 1.697, 2.042, 2.750, 3.646},    {60, 0.679, 1.671, 2.000, 2.660, 3.460},
                 {120, 0.677, 1.658, 1.980, 2.617, 3.373}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const double tails[] = {0.5, 0.1, 0.05, 0.01, 0.001};
        const double points[] = {table[k].t50, table[k].t90, table[k].t95, table[k].t99, table[k].t999};
        for (size_t i = 0; i < 5; i++) {
            const double q = gr_student_quantile(tails[i], table[k].degrees);
            cr_assert(fabs(q - points[i]) <= 0.00051 + (points[i] == 31.598 ? 0.001 : 0.0),
                      "%g degrees, %g: %.6f", table[k].degrees, tails[i], q);
            cr_assert(fabs(gr_student_tails(q, table[k].degrees) / tails[i] - 1.0) <= 1e-12);
        }
    }
}

/* One, two and four degrees have closed forms; in between and beyond, the density integrates to the tail. */
Test(inference, students_t_against_its_closed_forms)
{
    for (int k = -60; k <= 60; k++) {
        const long double t = expl((long double)k / 4);
        const long double one = atanl(1 / t) * 2 / 3.14159265358979323846264L;
        const long double root = sqrtl(2 + t * t), two = 2 / (root * (root + t));
        const long double u = sqrtl(t * t / (4 + t * t)), gap = 4 / (4 + t * t) / (1 + u); /* 1 - u */
        const long double four = gap * gap * (2 + u) / 2; /* 1 - u (3 - u^2)/2 */
        const long double exact[] = {one, two, four};
        const double degrees[] = {1.0, 2.0, 4.0};
        for (size_t i = 0; i < 3; i++) {
            const double tails = gr_student_tails((double)(k % 2 ? t : -t), degrees[i]);
            cr_assert(fabsl(tails / exact[i] - 1) <= 2e-13L, "%g degrees, t = %Lg: %.17g, not %.17Lg",
                      degrees[i], t, tails, exact[i]);
        }
    }
}

/* P(|T| >= t) by Simpson's rule in long double, from 0 */
static long double integrated(double t, double degrees)
{
    enum { PANELS = 20000 };
    const long double constant = expl(lgammal(((long double)degrees + 1) / 2) -
                                      lgammal((long double)degrees / 2)) /
                                 sqrtl((long double)degrees * 3.14159265358979323846264L);
    long double sum = 0;
    for (int k = 0; k <= PANELS; k++) {
        const long double x = (long double)t * k / PANELS;
        const long double density = expl(-((long double)degrees + 1) / 2 * log1pl(x * x / degrees));
        sum += density * (k == 0 || k == PANELS ? 1 : k % 2 ? 4 : 2);
    }
    return 1 - 2 * constant * sum * t / (3 * (long double)PANELS);
}

Test(inference, students_t_against_integration)
{
    static const double degrees[] = {3, 7.5, 11, 39, 40, 41, 79, 80, 300, 12345.0};
    for (size_t k = 0; k < sizeof degrees / sizeof *degrees; k++) {
        for (double t = 0.25; t < 5.0; t *= 1.37) {
            const double tails = gr_student_tails(t, degrees[k]);
            cr_assert(fabsl(tails - integrated(t, degrees[k])) <= 2e-13L,
                      "%g degrees, t = %g: %.17g for %.17Lg", degrees[k], t, tails,
                      integrated(t, degrees[k]));
        }
    }
    cr_assert(fabs(gr_student_tails(1.96, 1e9) - gr_normal_tails(1.96)) <= 1e-9);
    cr_assert(gr_student_tails(0.0, 5.0) == 1.0 && gr_student_tails((double)INFINITY, 5.0) == 0.0);
    cr_assert(isnan(gr_student_tails((double)NAN, 5.0)));
}

/* Abramowitz and Stegun, tables 26.1 and 26.2: P(Z <= 2) = 0.977249868051821, and 1.959963984540054 has 2.5 % above. */
Test(inference, the_normal_distribution)
{
    cr_assert(fabs(gr_normal_tails(2.0) / 2.0 - (1.0 - 0.977249868051821)) <= 1e-15);
    cr_assert(fabs(gr_student_quantile(0.05, (double)INFINITY) - 1.959963984540054) <= 1e-14);
    cr_assert(gr_normal_tails(-2.0) == gr_normal_tails(2.0) && gr_normal_tails(0.0) == 1.0);
}

/* ---- references ---- */

enum { MOST_ROWS = 2000, MOST_COLS = 70 };

typedef struct table {
    size_t rows, cols;
    double *x; /* rows x cols, the response last */
} table;

/* A CSV file of numbers under one header row; `skip` leading fields of each row are names. rows is 0 where there is no file. */
static table read_csv(const char *path, size_t skip)
{
    table t = {0, 0, (double *)calloc((size_t)MOST_ROWS * MOST_COLS, sizeof(double))};
    static char line[8192];
    FILE *file = fopen(path, "r");
    if (!file || !t.x || !fgets(line, sizeof line, file)) return t;
    while (fgets(line, sizeof line, file)) {
        size_t field = 0;
        for (char *at = strtok(line, ",\n"); at; at = strtok(NULL, ",\n"), field++) {
            if (field >= skip) t.x[t.rows * MOST_COLS + field - skip] = strtod(at, NULL);
        }
        t.cols = field - skip;
        t.rows++;
    }
    (void)fclose(file);
    return t;
}

typedef struct reference {
    const char *folder, *name;
    double digits; /* of the standard errors */
    bool logistic;
} reference;

/*
 * Where fewer than 8 digits: Filip's columns, whose rounding alone moves the answer in the 8th digit, and Wampler's exact
 * fits, where the reference is 0.
 */
static const reference references[] = {
    {"nist", "Norris", 8, false},
    {"nist", "Pontius", 8, false},
    {"nist", "NoInt1", 8, false},
    {"nist", "NoInt2", 8, false},
    {"nist", "Longley", 8, false},
    {"nist", "Wampler1", 6, false},
    {"nist", "Wampler2", 8, false},
    {"nist", "Wampler3", 8, false},
    {"nist", "Wampler4", 8, false},
    {"nist", "Wampler5", 8, false},
    {"nist", "Filip", 6, false},
    {"regression", "anscombe1", 8, false},
    {"regression", "cars", 8, false},
    {"regression", "diabetes", 8, false},
    {"regression", "linnerud", 8, false},
    {"regression", "mtcars", 8, false},
    {"regression", "stackloss", 8, false},
    {"regression", "wine_alcohol", 8, false},
    {"classification", "breast_cancer_2", 8, true},
    {"classification", "iris_virginica_vs_versicolor", 8, true},
};

/* Polynomials stand in the files as x and y: the columns become x, x^2, ... */
static void expand(table *data, size_t p)
{
    if (p <= data->cols) return;
    for (size_t i = 0; i < data->rows; i++) {
        double *row = data->x + i * MOST_COLS;
        row[p - 1] = row[1];
        for (size_t j = 1; j + 1 < p; j++) row[j] = (double)powl(row[0], (long double)j + 1);
    }
    data->cols = p;
}

/* The log-likelihood of the reference's coefficients, intercept first, in long double */
static long double logistic_likelihood(const table *data, const double *y, const table *answer)
{
    long double sum = 0;
    for (size_t i = 0; i < data->rows; i++) {
        long double z = answer->x[0];
        for (size_t k = 1; k < answer->rows; k++)
            z += (long double)answer->x[k * MOST_COLS] * data->x[i * MOST_COLS + k - 1];
        const long double t = y[i] > 0.5 ? z : -z;
        sum += (t < 0 ? t : 0) - log1pl(expl(-fabsl(t)));
    }
    return sum;
}

static void against_reference(const reference *r)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s/%s.csv", REFERENCE_DATA, r->folder, r->name);
    table data = read_csv(path, 0);
    (void)snprintf(path, sizeof path, "%s/%s/%s.ref.csv", REFERENCE_DATA, r->folder, r->name);
    table answer = read_csv(path, 1);
    if (data.rows == 0 || answer.rows == 0) cr_skip_test("the references are not in " REFERENCE_DATA);
    const size_t p = answer.rows;
    gradus_model_options options = gradus_model_options_default();
    options.intercept = p != data.cols - 1;
    expand(&data, p);
    const size_t n = data.cols - 1;
    double *y = (double *)calloc(data.rows, sizeof *y), theta[MOST_COLS] = {0}, errors[MOST_COLS];
    cr_assert_not_null(y);
    for (size_t i = 0; i < data.rows; i++) y[i] = data.x[i * MOST_COLS + n];
    const gradus_matrix X = gradus_row_major(data.rows, n, data.x, MOST_COLS);
    gradus_objective *f = NULL;
    gradus_inference facts;
    gradus_report report;
    gradus_error error;
    gradus_infer_options infer = gradus_infer_options_default();
    infer.error = &error;
    cr_assert_eq((r->logistic ? gradus_logistic : gradus_least_squares)(&X, y, &options, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    const gradus_status status = gradus_infer(f, theta, &infer, &facts, errors, NULL);
    cr_assert_eq(status, 0, "%s: %s", r->name, status ? error.sentence : "");
    double worst = 15.0, coefficients = 15.0;
    for (size_t k = 0; k < p; k++) {
        const size_t j = !options.intercept ? k : k == 0 ? n : k - 1; /* theirs first, ours last */
        worst = fmin(worst, test_digits(errors[j], answer.x[k * MOST_COLS + 1]));
        coefficients = fmin(coefficients, test_digits(theta[j], answer.x[k * MOST_COLS]));
    }
    cr_log_info("%s: standard errors %.1f digits, coefficients %.1f, condition %.1g, log-likelihood %.15g",
                r->name, worst, coefficients, facts.condition, facts.log_likelihood);
    cr_assert_geq(worst, r->digits, "%s: %.1f digits", r->name, worst);
    if (r->logistic) {
        cr_assert_geq(coefficients, 10.0, "%s: %.1f digits", r->name, coefficients);
        const long double exact = logistic_likelihood(&data, y, &answer);
        cr_assert(fabsl(facts.log_likelihood / exact - 1) <= 1e-12L, "%s: %.17g for %.17Lg", r->name,
                  facts.log_likelihood, exact);
    }
    cr_assert_eq(facts.student, r->logistic ? 0 : 1);
    gradus_objective_free(f);
    free(data.x);
    free(answer.x);
    free(y);
}

Test(inference, standard_errors_of_the_references)
{
    for (size_t k = 0; k < sizeof references / sizeof *references; k++) against_reference(&references[k]);
}

/* ---- the definitions, by plain loops ---- */

enum { M = 120, N = 4, P = N + 1 };

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

typedef struct fitted {
    test_data data;
    gradus_objective *f;
    const double *y;
    double theta[P], errors[P], covariance[P * P];
    gradus_inference facts;
} fitted;

static fitted fit(int loss, size_t rows, bool weighted)
{
    static const maker makers[] = {gradus_least_squares, gradus_logistic, gradus_poisson};
    fitted on = {.data = test_data_make(5, M, N, GRADUS_LAYOUT_COL_MAJOR, 1)};
    gradus_model_options options = gradus_model_options_default();
    const double *const responses[] = {on.data.y, on.data.labels, on.data.counts};
    on.y = responses[loss];
    on.data.X.rows = rows;
    options.intercept = 1;
    options.offset = on.data.offset;
    if (weighted) options.weights = on.data.weights;
    cr_assert_eq(makers[loss](&on.data.X, on.y, &options, &on.f), 0);
    cr_assert_eq(gradus_descend(on.f, on.theta, NULL, NULL), 0);
    return on;
}

static void fitted_free(fitted *on)
{
    gradus_objective_free(on->f);
    test_data_free(&on->data);
}

/* covariance times sum of v_i x_i x_i' is the dispersion times the identity */
static void is_inverse(fitted *on, int loss)
{
    long double H[P][P] = {{0}};
    for (size_t i = 0; i < M; i++) {
        long double x[P], z = on->data.offset[i];
        for (size_t j = 0; j < P; j++) {
            x[j] = j < N ? *test_element(on->data.x, &on->data.X, i, j) : 1.0;
            z += x[j] * on->theta[j];
        }
        const long double mean = loss == 1 ? 1 / (1 + expl(-z)) : expl(z);
        const long double v = loss == 0 ? 1 : loss == 1 ? mean * (1 - mean) : mean;
        for (size_t j = 0; j < P * P; j++) H[j / P][j % P] += on->data.weights[i] * v * x[j / P] * x[j % P];
    }
    for (size_t i = 0; i < P; i++) {
        for (size_t j = 0; j < P; j++) {
            long double sum = 0;
            for (size_t k = 0; k < P; k++) sum += H[i][k] * on->covariance[k + j * P];
            cr_assert(fabsl(sum / on->facts.dispersion - (i == j)) <= 1e-11L, "loss %d: %zu, %zu", loss, i,
                      j);
            cr_assert(on->covariance[i + j * P] == on->covariance[j + i * P]);
        }
        cr_assert(fabs(on->errors[i] - sqrt(on->covariance[i + i * P])) <= 1e-15 * on->errors[i]);
    }
}

Test(inference, the_covariance_is_the_inverse_information)
{
    for (int loss = 0; loss < 3; loss++) {
        fitted on = fit(loss, M, true);
        cr_assert_eq(gradus_infer(on.f, on.theta, NULL, &on.facts, on.errors, on.covariance), 0);
        is_inverse(&on, loss);
        gradus_objective *minus = NULL;
        gradus_inference facts;
        double errors[P];
        cr_assert_eq(gradus_negate(on.f, &minus), 0);
        cr_assert_eq(gradus_infer(minus, on.theta, NULL, &facts, errors, NULL), 0);
        cr_assert(test_same_bits(P, errors, on.errors) && facts.log_likelihood == on.facts.log_likelihood);
        gradus_objective_free(minus);
        fitted_free(&on);
    }
}

/* What is said of the fit of least squares as a whole, from its residuals */
Test(inference, facts_of_least_squares)
{
    fitted on = fit(0, M, true);
    cr_assert_eq(gradus_infer(on.f, on.theta, NULL, &on.facts, NULL, NULL), 0);
    long double W = 0, rss = 0, sum = 0, total = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < M; i++) {
            const long double w = on.data.weights[i], y = (long double)on.y[i] - on.data.offset[i];
            long double r = y - on.theta[N];
            for (size_t j = 0; j < N; j++)
                r -= (long double)*test_element(on.data.x, &on.data.X, i, j) * on.theta[j];
            if (round) total += w * (y - sum / W) * (y - sum / W);
            if (round) continue;
            W += w;
            sum += w * y;
            rss += w * r * r;
        }
    }
    const long double s2 = rss / (W - P), l = -W / 2 * (logl(2 * 3.14159265358979323846L * rss / W) + 1);
    const gradus_inference *facts = &on.facts;
    cr_assert_geq(test_digits(facts->dispersion, (double)s2), 12.0);
    cr_assert_geq(test_digits(facts->log_likelihood, (double)l), 13.0);
    cr_assert_geq(test_digits(facts->aic, (double)(2 * (P + 1) - 2 * l)), 13.0);
    cr_assert_geq(test_digits(facts->bic, (double)((P + 1) * logl(W) - 2 * l)), 13.0);
    cr_assert_geq(test_digits(facts->r_squared, (double)(1 - rss / total)), 11.0);
    cr_assert_geq(test_digits(facts->adjusted_r_squared, (double)(1 - s2 / (total / (W - 1)))), 11.0);
    cr_assert_geq(test_digits(facts->degrees_of_freedom, (double)(W - P)), 13.0);
    cr_assert(fabs(gradus_p_value(facts, facts->quantile) - 0.05) <= 1e-12 && facts->confidence == 0.95);
    fitted_free(&on);
}

/* ---- what is refused ---- */

static gradus_status refused(const gradus_objective *f, const double *theta)
{
    gradus_error error;
    gradus_infer_options options = gradus_infer_options_default();
    gradus_inference facts;
    double errors[P], before[P];
    options.error = &error;
    memset(errors, 0x5A, sizeof errors);
    memcpy(before, errors, sizeof before);
    const gradus_status status = gradus_infer(f, theta, &options, &facts, errors, NULL);
    cr_assert(status == 0 || (error.sentence[0] && memcmp(before, errors, sizeof before) == 0));
    return status;
}

static gradus_objective *make(maker m, const test_data *data, const double *y, double ridge)
{
    gradus_objective *f = NULL;
    gradus_model_options options = gradus_model_options_default();
    options.ridge = ridge;
    cr_assert_eq(m(&data->X, y, &options, &f), 0);
    return f;
}

Test(inference, refused_by_name)
{
    fitted on = fit(0, M, false);
    double theta[P];
    gradus_options loose = gradus_options_default();
    memcpy(theta, on.theta, sizeof theta);
    theta[2] += 0.01;
    cr_assert_eq(refused(on.f, on.theta), 0);
    cr_assert_eq(refused(on.f, theta), GRADUS_ERROR_NOT_OPTIMUM);
    theta[2] = (double)NAN;
    cr_assert_eq(refused(on.f, theta), GRADUS_ERROR_START_NOT_FINITE);
    gradus_objective *f = make(gradus_least_squares, &on.data, on.data.y, 0.1);
    cr_assert_eq(refused(f, on.theta), GRADUS_ERROR_PENALISED);
    gradus_objective_free(f);
    f = make(gradus_huber, &on.data, on.data.y, 0.0);
    cr_assert_eq(refused(f, on.theta), GRADUS_ERROR_UNSUPPORTED);
    gradus_objective_free(f);
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &f), 0);
    cr_assert_eq(refused(f, on.theta), GRADUS_ERROR_UNSUPPORTED);
    gradus_objective_free(f);
    fitted_free(&on);
    on = fit(0, P, false);
    cr_assert_eq(refused(on.f, on.theta), GRADUS_ERROR_DEGREES_OF_FREEDOM);
    for (size_t i = 0; i < M; i++)
        *test_element(on.data.x, &on.data.X, i, 3) = *test_element(on.data.x, &on.data.X, i, 1);
    on.data.X.rows = M;
    f = make(gradus_least_squares, &on.data, on.data.y, 0.0);
    memset(theta, 0, sizeof theta);
    cr_assert_eq(gradus_descend(f, theta, &loose, NULL), 0);
    cr_assert_eq(refused(f, theta), GRADUS_ERROR_RANK_DEFICIENT);
    gradus_objective_free(f);
    for (size_t i = 0; i < M; i++)
        on.data.labels[i] = *test_element(on.data.x, &on.data.X, i, 0) > 0.0 ? 1.0 : 0.0;
    f = make(gradus_logistic, &on.data, on.data.labels, 0.0);
    memset(theta, 0, sizeof theta);
    theta[0] = 30.0;
    cr_assert_eq(refused(f, theta), GRADUS_ERROR_NOT_OPTIMUM);
    gradus_objective_free(f);
    fitted_free(&on);
}

Test(inference, options_and_pointers_are_checked)
{
    fitted on = fit(0, M, false);
    gradus_infer_options options = gradus_infer_options_default();
    gradus_inference facts;
    options.confidence = 1.0;
    cr_assert_eq(gradus_infer(on.f, on.theta, &options, &facts, NULL, NULL), GRADUS_ERROR_OPTION);
    options.confidence = (double)NAN;
    cr_assert_eq(gradus_infer(on.f, on.theta, &options, &facts, NULL, NULL), GRADUS_ERROR_OPTION);
    options.size--;
    cr_assert_eq(gradus_infer(on.f, on.theta, &options, &facts, NULL, NULL), GRADUS_ERROR_STRUCT_SIZE);
    cr_assert_eq(gradus_infer(NULL, on.theta, NULL, &facts, NULL, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_infer(on.f, NULL, NULL, &facts, NULL, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_infer(on.f, on.theta, NULL, NULL, NULL, NULL), GRADUS_ERROR_NULL);
    cr_assert(isnan(gradus_p_value(NULL, 1.0)));
    fitted_free(&on);
}

/* With `low` three times X the data are four times what is factored, and corrections of the inverse grow by 15 each: no variance. */
Test(inference, refinement_that_does_not_converge_is_refused)
{
    fitted on = fit(0, M, false);
    double *low = (double *)malloc(M * P * sizeof *low), errors[P] = {0.0};
    gradus_objective *f = NULL;
    gradus_model_options model = gradus_model_options_default();
    gradus_infer_options infer = gradus_infer_options_default();
    gradus_inference facts;
    gradus_error error;
    const gradus_matrix rest = gradus_row_major(M, on.data.X.cols, low, on.data.X.cols);
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < rest.cols; j++)
            low[i * rest.cols + j] = 3.0 * *test_element(on.data.x, &on.data.X, i, j);
    }
    model.low = &rest;
    model.offset = on.data.offset;
    model.intercept = 1;
    cr_assert_eq(gradus_least_squares(&on.data.X, on.data.y, &model, &f), 0);
    infer.error = &error;
    cr_assert_eq(gradus_infer(f, on.theta, &infer, &facts, errors, NULL), 0);
    infer.refine = 1;
    memset(errors, 0, sizeof errors);
    cr_assert_eq(gradus_infer(f, on.theta, &infer, &facts, errors, NULL), GRADUS_ERROR_RANK_DEFICIENT);
    cr_assert(error.measured > error.limit && strstr(error.sentence, "low"), "%s", error.sentence);
    cr_assert_eq(errors[0], 0.0);
    gradus_objective_free(f);
    free(low);
    fitted_free(&on);
}

static void check_allocations(int refine)
{
    fitted on = fit(refine ? 0 : 1, M, false);
    size_t refusals = 0;
    for (gradus_status status = GRADUS_ERROR_MEMORY; status; refusals++) {
        test_allocator allocator;
        test_allocator_begin(&allocator, refusals + 1);
        gradus_infer_options options = gradus_infer_options_default();
        options.allocator = &allocator.face;
        options.refine = refine;
        status = gradus_infer(on.f, on.theta, &options, &on.facts, on.errors, NULL);
        cr_assert(status == 0 || status == GRADUS_ERROR_MEMORY);
        cr_assert_eq(allocator.alive, 0);
    }
    cr_assert_gt(refusals, 5);
    fitted_free(&on);
}

Test(inference, every_allocation_may_fail)
{
    check_allocations(0);
    check_allocations(1);
}

/* ---- refined: every entry of the covariance against quadruple precision ---- */

__extension__ typedef __float128 quad;

enum { REFINED_ROWS = 120, REFINED_COLS = 5, REFINED_SIZE = REFINED_COLS + 1 };

/* inverse <- matrix^(-1) by Gauss and Jordan; positive definite, so no pivots are sought */
static void invert_in_quad(quad matrix[REFINED_SIZE][REFINED_SIZE], quad inverse[REFINED_SIZE][REFINED_SIZE])
{
    for (size_t i = 0; i < REFINED_SIZE; i++) {
        for (size_t j = 0; j < REFINED_SIZE; j++) inverse[i][j] = i == j;
    }
    for (size_t k = 0; k < REFINED_SIZE; k++) {
        const quad pivot = matrix[k][k];
        for (size_t j = 0; j < REFINED_SIZE; j++) {
            matrix[k][j] /= pivot;
            inverse[k][j] /= pivot;
        }
        for (size_t i = 0; i < REFINED_SIZE; i++) {
            const quad factor = matrix[i][k];
            for (size_t j = 0; j < REFINED_SIZE && i != k; j++) {
                matrix[i][j] -= factor * matrix[k][j];
                inverse[i][j] -= factor * inverse[k][j];
            }
        }
    }
}

Test(inference, refined_covariances_to_the_last_digits)
{
    test_data data = test_data_make(31, REFINED_ROWS, REFINED_COLS, GRADUS_LAYOUT_COL_MAJOR, 1);
    for (size_t i = 0; i < REFINED_ROWS; i++) { /* all columns are nearly the first: condition 1e7 */
        for (size_t j = 1; j < REFINED_COLS; j++) {
            double *x = test_element(data.x, &data.X, i, j);
            *x = *test_element(data.x, &data.X, i, 0) + 1e-7 * *x;
        }
    }
    gradus_model_options model = gradus_model_options_default();
    gradus_options options = gradus_options_default();
    gradus_infer_options infer = gradus_infer_options_default();
    model.weights = data.weights;
    model.intercept = 1;
    options.refine = 1;
    gradus_objective *f = NULL;
    gradus_inference facts;
    double theta[REFINED_SIZE] = {0.0}, errors[REFINED_SIZE], covariance[REFINED_SIZE * REFINED_SIZE];
    double plain[REFINED_SIZE], least = 15.0, before = 15.0;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, &options, NULL), 0);
    cr_assert_eq(gradus_infer(f, theta, &infer, &facts, plain, NULL), 0);
    infer.refine = 1;
    cr_assert_eq(gradus_infer(f, theta, &infer, &facts, errors, covariance), 0);
    static quad matrix[REFINED_SIZE][REFINED_SIZE], inverse[REFINED_SIZE][REFINED_SIZE];
    quad rss = 0, total = 0;
    for (size_t i = 0; i < REFINED_ROWS; i++) {
        const quad w = data.weights[i];
        quad row[REFINED_SIZE], r = data.y[i];
        for (size_t j = 0; j < REFINED_SIZE; j++) {
            row[j] = j < REFINED_COLS ? *test_element(data.x, &data.X, i, j) : 1.0;
            r -= row[j] * (quad)theta[j];
        }
        for (size_t j = 0; j < REFINED_SIZE; j++) {
            for (size_t k = 0; k < REFINED_SIZE; k++) matrix[j][k] += w * row[j] * row[k];
        }
        rss += w * r * r;
        total += w;
    }
    invert_in_quad(matrix, inverse);
    const double dispersion = (double)(rss / (total - REFINED_SIZE));
    cr_assert_geq(test_digits(facts.dispersion, dispersion), 14.5);
    for (size_t j = 0; j < REFINED_SIZE; j++) {
        const double exact = sqrt((double)(inverse[j][j] * (quad)dispersion));
        least = fmin(least, test_digits(errors[j], exact));
        before = fmin(before, test_digits(plain[j], exact));
        for (size_t k = 0; k < REFINED_SIZE; k++) {
            const double entry = (double)(inverse[j][k] * (quad)dispersion);
            least = fmin(least, test_digits(covariance[j + k * REFINED_SIZE], entry));
            cr_assert(covariance[j + k * REFINED_SIZE] == covariance[k + j * REFINED_SIZE]);
        }
    }
    cr_assert_geq(least, 14.0, "%.1f digits", least);
    cr_assert_leq(before, 12.5, "nothing was left to refine: %.1f digits", before);
    gradus_objective_free(f);
    test_data_free(&data);
}
