/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Logistic regression by default options against maximum-likelihood answers of 60 digits: coefficients to ten digits, the
 * log-likelihood to twelve. Data: UCI machine learning repository (CC BY 4.0), Fisher's iris and the Wisconsin diagnostic breast
 * cancer data; the classical exercise of gradient ascent, where its file is there. Answers: Newton's method with 60 digits.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "support.h"

enum { MOST_ROWS = 600, MOST_COLS = 32 };

typedef struct set {
    const char *path;
    size_t cols;
    double likelihood; /* sum over rows */
    double theta[MOST_COLS];
} set;

static const set sets[] = {
    {TEST_DATA "/classification/breast_cancer_2.csv",
     2,
     -145.561653189045336177,
     {-1.05710183052427233479, -0.218141006104281104289, 19.8494165664677472164}},
    {TEST_DATA "/classification/iris_virginica_vs_versicolor.csv",
     4,
     -5.94927339567942287129,
     {-2.46522019518665992674, -6.68088701407854914224, 9.42938515392663666176, 18.2861368878509858894,
      -42.6378038130219900001}},
    {REFERENCE_DATA "/mlia_testSet.csv",
     2,
     -9.31576056889582774690,
     {1.25358295769131445999, -2.00267268881139911787, 14.7521474378983413156}},
};

typedef struct table {
    size_t rows;
    double x[MOST_ROWS * MOST_COLS], y[MOST_ROWS];
} table;

/* False where there is no such file. */
static bool read_csv(const char *path, size_t cols, table *t)
{
    char line[2048];
    FILE *file = fopen(path, "r");
    if (!file) return false;
    cr_assert(fgets(line, sizeof line, file));
    for (t->rows = 0; fgets(line, sizeof line, file); t->rows++) {
        char *at = line;
        for (size_t j = 0; j <= cols; j++, at += strcspn(at, ",") + 1) {
            const double number = strtod(at, NULL);
            if (j < cols)
                t->x[t->rows * cols + j] = number;
            else
                t->y[t->rows] = number;
        }
    }
    cr_assert(fclose(file) == 0);
    return true;
}

Test(likelihood, maximum_by_default_options)
{
    size_t found = 0;
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        const set *s = &sets[k];
        static table t;
        if (!read_csv(s->path, s->cols, &t)) {
            cr_log_info("skipped: %s is not there", s->path);
            continue;
        }
        found++;
        const gradus_matrix X = gradus_row_major(t.rows, s->cols, t.x, s->cols);
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        gradus_objective *likelihood = NULL, *cost = NULL;
        gradus_report up, down;
        double climbed[MOST_COLS] = {0.0}, descended[MOST_COLS] = {0.0};
        cr_assert_eq(gradus_log_likelihood(&X, t.y, &model, &likelihood), 0);
        cr_assert_eq(gradus_logistic(&X, t.y, &model, &cost), 0);
        cr_assert_eq(gradus_ascend(likelihood, climbed, NULL, &up), 0);
        cr_assert_eq(gradus_descend(cost, descended, NULL, &down), 0);
        const double digits = test_worst_digits(s->cols + 1, climbed, s->theta);
        const double value = test_digits(up.value * (double)t.rows, s->likelihood);
        cr_log_info("%s: coefficients %.1f digits, log-likelihood %.1f, %s", s->path, digits, value,
                    gradus_stop_sentence(up.stop));
        cr_expect(digits >= 10.0, "%s: coefficients %.2f digits", s->path, digits);
        cr_expect(value >= 12.0, "%s: log-likelihood %.2f digits", s->path, value);
        cr_expect(gradus_stop_converged(up.stop));
        cr_expect(test_same_bits(s->cols + 1, climbed, descended) && down.value == -up.value);
        gradus_objective_free(likelihood);
        gradus_objective_free(cost);
    }
    cr_assert(found >= 2);
}

/* ---- with a ridge: classes that a plane separates have an optimum then ---- */

static double number_of(const json_t *text)
{
    cr_assert(json_is_string(text));
    return strtod(json_string_value(text), NULL);
}

/* Answers by the names of the columns, the intercept's first. */
static size_t read_answer(const char *name, double *theta, double *likelihood)
{
    char path[1024];
    json_error_t error;
    (void)snprintf(path, sizeof path, "%s/classification/%s.json", REFERENCE_DATA, name);
    json_t *file = json_load_file(path, 0, &error);
    if (!file) return 0;
    const json_t *answer = json_object_get(file, "ridge_lambda_1");
    const json_t *coefficients = json_object_get(answer, "coefficients");
    const size_t size = json_array_size(coefficients);
    cr_assert(size >= 2 && size <= MOST_COLS);
    for (size_t j = 0; j < size; j++) /* ours has the intercept last */
        theta[j == 0 ? size - 1 : j - 1] = number_of(
            json_object_get(json_array_get(coefficients, j), "estimate"));
    *likelihood = number_of(json_object_get(answer, "penalised_loglik"));
    json_decref(file);
    return size;
}

/*
 * The reference's penalty is 1/2 ||w||^2 of the sum over rows: lambda = 1/m of the mean. The curvature at these optima is near 0 in
 * some directions, and a gradient of 1e-12 of that at the start leaves one of the 31 coefficients of breast_cancer 9.2 digits: by default
 * the run goes on until its steps are small beside theta.
 */
Test(likelihood, penalised_by_default_options)
{
    static const char *const names[] = {"breast_cancer", "wine_class0_vs_rest"};
    size_t found = 0;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        double exact[MOST_COLS], theta[MOST_COLS] = {0.0}, further[MOST_COLS] = {0.0}, likelihood;
        char path[1024];
        static table t;
        const size_t size = read_answer(names[k], exact, &likelihood);
        if (size == 0) continue;
        found++;
        (void)snprintf(path, sizeof path, "%s/classification/%s.csv", TEST_DATA, names[k]);
        cr_assert(read_csv(path, size - 1, &t));
        const gradus_matrix X = gradus_row_major(t.rows, size - 1, t.x, size - 1);
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        model.ridge = 1.0 / (double)t.rows;
        gradus_objective *f = NULL;
        gradus_report report;
        cr_assert_eq(gradus_log_likelihood(&X, t.y, &model, &f), 0);
        gradus_options options = gradus_options_default();
        options.stop.gradient_tolerance = GRADUS_OFF;
        cr_assert_eq(gradus_ascend(f, further, &options, &report), 0);
        const double most = test_worst_digits(size, further, exact);
        cr_assert_eq(gradus_ascend(f, theta, NULL, &report), 0);
        const double digits = test_worst_digits(size, theta, exact);
        const double value = test_digits(report.value * (double)t.rows, likelihood);
        cr_log_info("%s: coefficients %.1f digits, without a tolerance %.1f, penalised log-likelihood %.1f",
                    names[k], digits, most, value);
        cr_expect(digits >= 10.0 && most >= 11.0, "%s: coefficients %.2f digits, then %.2f", names[k], digits,
                  most);
        cr_expect(value >= 12.0, "%s: log-likelihood %.2f digits", names[k], value);
        gradus_objective_free(f);
    }
    if (found == 0) cr_skip_test("the folder " REFERENCE_DATA "/classification is not here");
}
