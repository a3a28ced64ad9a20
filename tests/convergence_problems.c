/* SPDX-License-Identifier: BSD-3-Clause */
/* The problems of the matrix, and the numbers that theory needs. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bar.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "convergence.h"

static void must(gradus_status status, const char *what)
{
    if (!status) return;
    (void)fprintf(stderr, "%s: %s\n", what, gradus_strerror(status));
    exit(2);
}

/* The larger eigenvalue of the Hessian at theta, by differences of the gradient. */
static double curvature_at(const gradus_objective *f, const double *theta)
{
    double h[2][2];
    for (int j = 0; j < 2; j++) {
        const double step = 1e-5;
        double value, g[2][2];
        for (int side = 0; side < 2; side++) {
            double at[2] = {theta[0], theta[1]};
            at[j] += side ? step : -step;
            must(gradus_objective_evaluate(f, at, &value, g[side]), "a surface");
        }
        for (int i = 0; i < 2; i++) h[i][j] = (g[1][i] - g[0][i]) / (2 * step);
    }
    const double mean = (h[0][0] + h[1][1]) / 2, off = (h[0][1] + h[1][0]) / 2;
    return fabs(mean) + hypot((h[0][0] - h[1][1]) / 2, off);
}

/* Over what of the window lies not above the start: a step below 2/L never leaves it. */
static double largest_curvature(const problem *p)
{
    double start, value, largest = 0;
    const gr_window *w = &p->surface->window;
    must(gradus_objective_evaluate(p->cost, p->start, &start, NULL), "a surface");
    for (int i = 0; i <= 100; i++) {
        for (int j = 0; j <= 100; j++) {
            const double at[2] = {w->low[0] + i * (w->high[0] - w->low[0]) / 100,
                                  w->low[1] + j * (w->high[1] - w->low[1]) / 100};
            must(gradus_objective_evaluate(p->cost, at, &value, NULL), "a surface");
            if (value <= start) largest = fmax(largest, curvature_at(p->cost, at));
        }
    }
    return largest;
}

static void make_surface(const gr_surface *surface, problem *p)
{
    (void)snprintf(p->name, sizeof p->name, "%s", surface->name);
    p->surface = surface;
    p->n = 2;
    memcpy(p->start, surface->start, sizeof p->start);
    gr_surface_bowl(10, p->bowl);
    const gradus_matrix X = gradus_row_major(2, 2, p->bowl, 2);
    must(surface->callback ? gradus_function(2, surface->callback, NULL, &p->cost)
                           : gradus_least_squares(&X, p->zero, NULL, &p->cost),
         p->name);
    must(gradus_negate(p->cost, &p->gain), p->name);
    p->largest = largest_curvature(p);
}

/* max over the rows of ||z_i||^2, z in standardised columns, times the loss's largest curvature. */
static double largest_row(const gr_problem *data, bool logistic)
{
    const size_t m = data->X.rows, n = data->X.cols;
    const double *x = (const double *)data->X.data;
    double *length = (double *)calloc(m, sizeof *length), largest = 0;
    if (!length) must(GRADUS_ERROR_MEMORY, "rows");
    for (size_t j = 0; j < n; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < m && data->intercept; i++) mean += x[i * n + j] / (double)m;
        for (size_t i = 0; i < m; i++) square += pow(x[i * n + j] - mean, 2) / (double)m;
        for (size_t i = 0; i < m; i++) length[i] += pow(x[i * n + j] - mean, 2) / (square > 0 ? square : 1);
    }
    for (size_t i = 0; i < m; i++) largest = fmax(largest, length[i] + (data->intercept ? 1 : 0));
    free(length);
    return logistic ? largest / 4 : largest;
}

static double condition_of(const gr_problem *data, bool scaled)
{
    gradus_model_options options = gradus_model_options_default();
    options.intercept = data->intercept;
    double *theta = (double *)calloc(2 * data->coefficients, sizeof *theta),
           *sigma = theta + data->coefficients;
    gradus_facts facts = {.condition = NAN};
    if (!theta) must(GRADUS_ERROR_MEMORY, "condition");
    must(gradus_reference_singular_values(&data->X, &options, sigma), "condition");
    if (scaled)
        must(gradus_reference_least_squares(&data->X, data->y, &options, GRADUS_REFERENCE_SVD, theta, &facts),
             "condition");
    const double plain = sigma[0] / sigma[data->coefficients - 1];
    free(theta);
    return scaled ? facts.condition : plain;
}

static void make_objectives(problem *p)
{
    const gr_known *known = &p->known;
    gradus_error error;
    must(
        gr_problem_objective(&known->problem, known->logistic, GRADUS_DIRECTION_DESCENT, 0, &p->cost, &error),
        p->name);
    must(gr_problem_objective(&known->problem, known->logistic, GRADUS_DIRECTION_ASCENT, 0, &p->gain, &error),
         p->name);
    p->n = known->problem.coefficients;
}

static void make_known(problem *p)
{
    gradus_error error;
    const gr_known *known = &p->known;
    (void)snprintf(p->name, sizeof p->name, "%s", known->name);
    make_objectives(p);
    must(gr_promise_measure(&known->problem, known->logistic, known->answer, &p->promise, &error), p->name);
    p->largest = p->promise.curvature;
    p->row = largest_row(&known->problem, known->logistic);
    p->plain = condition_of(&known->problem, false);
    p->scaled = condition_of(&known->problem, true);
}

static bool make_file(const char *folder, const char *name, problem *p)
{
    char data[400], answer[400];
    gr_trouble trouble;
    (void)snprintf(data, sizeof data, "%s/%s.csv", folder, name);
    (void)snprintf(answer, sizeof answer, "%s/%s.ref.csv", folder, name);
    if (access(data, R_OK) != 0 || access(answer, R_OK) != 0) return false;
    must(gr_known_read(name, data, answer, &p->known, &trouble), name);
    make_known(p);
    return true;
}

static void read_table(const char *path, problem *p)
{
    const gr_roles roles = {.intercept = true};
    gr_table table;
    gradus_error error;
    must(gr_csv_read(path, NULL, &table, &error), p->name);
    must(gr_problem_make(&table, &roles, &p->known.problem, &error), p->name);
    gr_table_free(&table);
    p->known.logistic = true;
}

/* The classical exercise for ascent; its answer, the intercept first, stands in a JSON file. */
static bool make_exercise(const char *folder, problem *p)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/mlia_testSet.json", folder);
    json_t *file = json_load_file(path, 0, NULL);
    const json_t *answer = json_object_get(json_object_get(file, "maximum_likelihood"), "coefficients");
    const bool there = json_array_size(answer) == 3;
    (void)snprintf(path, sizeof path, "%s/mlia_testSet.csv", folder);
    if (there) {
        p->known.name = "mlia_testSet";
        read_table(path, p);
        p->known.answer = gr_new_doubles(3);
        for (size_t j = 0; j < 3 && p->known.answer; j++)
            p->known.answer[(j + 2) % 3] = strtod(
                json_string_value(json_object_get(json_array_get(answer, j), "estimate")), NULL);
        make_known(p);
    }
    json_decref(file);
    return there;
}

static void make_separable(const char *folder, const char *name, problem *p)
{
    char data[400];
    (void)snprintf(data, sizeof data, "%s/%s.csv", folder, name);
    (void)snprintf(p->name, sizeof p->name, "%s", name);
    read_table(data, p);
    p->separable = true;
    make_objectives(p);
    p->row = largest_row(&p->known.problem, true);
    p->largest = p->row; /* never below the curvature: enough for a fixed step */
}

problem *problems_make(const char *carried, const char *reference, size_t *count)
{
    static const char *const regression[] = {"anscombe1", "cars",      "diabetes",    "linnerud",
                                             "mtcars",    "stackloss", "wine_alcohol"};
    static const char *const classes[] = {"iris_virginica_vs_versicolor", "breast_cancer_2"};
    static const char *const separable[] = {"breast_cancer", "wine_class0_vs_rest"};
    problem *all = (problem *)calloc(64, sizeof *all), *p = all;
    char folder[300];
    if (!all) must(GRADUS_ERROR_MEMORY, "problems");
    for (size_t k = 0; k < gr_surfaces_count; k++) make_surface(&gr_surfaces[k], p++);
    (void)snprintf(folder, sizeof folder, "%s/nist", reference);
    p += make_file(folder, "Norris", p);
    for (size_t k = 0; k < gr_datasets_count; k++, p++) {
        gradus_error error;
        must(gr_known_of_dataset(gr_datasets[k], &p->known, &error), gr_datasets[k]->name);
        make_known(p);
    }
    (void)snprintf(folder, sizeof folder, "%s/regression", carried);
    for (size_t k = 0; k < sizeof regression / sizeof *regression; k++)
        p += make_file(folder, regression[k], p);
    (void)snprintf(folder, sizeof folder, "%s/classification", carried);
    for (size_t k = 0; k < sizeof classes / sizeof *classes; k++) p += make_file(folder, classes[k], p);
    p += make_exercise(reference, p);
    for (size_t k = 0; k < sizeof separable / sizeof *separable; k++)
        make_separable(folder, separable[k], p++);
    *count = (size_t)(p - all);
    return all;
}

void problems_free(problem *problems, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        gradus_objective_free(problems[k].cost);
        gradus_objective_free(problems[k].gain);
        gr_known_free(&problems[k].known);
    }
    free(problems);
}
