/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/problem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/columns.h"
#include "cli/heap.h"
#include "data/polynomial.h"

/*
 * Moves the regressors together at the front of the table's memory, so that no second copy of the data is
 * needed: element k of row i goes to i * regressors + k, never behind where it is read.
 */
static void split(gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem)
{
    double *out = table->data;
    for (size_t i = 0; i < table->rows; i++) {
        const double *row = table->data + i * table->columns;
        problem->y[i] = row[chosen->response];
        if (problem->weights) problem->weights[i] = row[chosen->weights];
        if (problem->offset) problem->offset[i] = row[chosen->offset];
        for (size_t j = 0; j < table->columns; j++) {
            if (gr_is_regressor(chosen, j)) *out++ = row[j];
        }
    }
}

static gradus_status take_numbers(gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem,
                                  gradus_error *error)
{
    const bool weights = chosen->weights != GRADUS_NOWHERE, offset = chosen->offset != GRADUS_NOWHERE;
    problem->y = gr_new_doubles(table->rows);
    if (weights) problem->weights = gr_new_doubles(table->rows);
    if (offset) problem->offset = gr_new_doubles(table->rows);
    if (!problem->y || (weights && !problem->weights) || (offset && !problem->offset))
        return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    split(table, chosen, problem);
    problem->x = table->data;
    table->data = NULL;
    problem->X = gradus_row_major(table->rows, chosen->regressors, problem->x, chosen->regressors);
    return GRADUS_OK;
}

/* The powers take the place of x, with what they leave out beside them. */
static gradus_status keep_powers(size_t rows, size_t degree, double *powers, gr_problem *problem,
                                 gradus_error *error)
{
    const gradus_status status = gr_polynomial_low(rows, problem->x, degree, powers, NULL, &problem->low,
                                                   error);
    gr_delete(problem->x);
    problem->x = powers;
    problem->X = gradus_row_major(rows, degree, powers, degree);
    if (!status) problem->L = gradus_row_major(rows, degree, problem->low, degree);
    return status;
}

static gradus_status raise(gr_problem *problem, size_t degree, gradus_error *error)
{
    double *powers;
    const size_t rows = problem->X.rows;
    const gradus_status status = gr_polynomial(rows, problem->x, degree, NULL, &powers, error);
    if (status == GRADUS_ERROR_DATA_NOT_FINITE)
        gr_error(
            error, status, gr_fault_at(error->row, error->column, error->measured),
            "row %zu of the data: %g to the power %zu is not finite in double precision; lower --polynomial",
            error->row + 1, error->measured, error->column + 1);
    return status ? status : keep_powers(rows, degree, powers, problem, error);
}

static void free_names(char **names, size_t count)
{
    for (size_t j = 0; j < count; j++) gr_delete(names[j]);
    gr_delete((void *)names);
}

/* A name with room for an exponent behind it. */
static char *new_name(const char *name)
{
    const size_t bytes = strlen(name) + 32;
    char *copy = (char *)gr_new(bytes, 1);
    if (copy) (void)snprintf(copy, bytes, "%s", name);
    return copy;
}

static gradus_status take_columns(const gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem,
                                  gradus_error *error)
{
    problem->columns = (char **)gr_new(chosen->regressors, sizeof *problem->columns);
    if (!problem->columns) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < table->columns; j++) {
        if (!gr_is_regressor(chosen, j)) continue;
        char *name = problem->columns[problem->column_count] = new_name(table->names[j]);
        if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
        problem->column_count++;
    }
    return GRADUS_OK;
}

/* The names of the coefficients: regressors, or the powers of the only one, then the intercept. */
static gradus_status take_names(const gr_table *table, const gr_columns_chosen *chosen, size_t degree,
                                gr_problem *problem, gradus_error *error)
{
    const size_t count = problem->X.cols + (problem->intercept ? 1 : 0);
    problem->response = new_name(table->names[chosen->response]);
    problem->names = (char **)gr_new(count, sizeof *problem->names);
    if (!problem->response || !problem->names) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t k = 0; k < count; k++) {
        const char *column = problem->columns[degree || k == problem->X.cols ? 0 : k];
        char *name = problem->names[k] = new_name(k < problem->X.cols ? column : "(intercept)");
        if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
        if (degree && k < problem->X.cols) gr_polynomial_name(column, k + 1, strlen(name) + 32, name);
        problem->coefficients++;
    }
    return GRADUS_OK;
}

/* The largest label and 1 more; labels that are none are left to the model. */
static size_t count_classes(const gr_problem *problem)
{
    double largest = 1.0;
    for (size_t i = 0; i < problem->X.rows; i++) {
        if (problem->y[i] > largest && problem->y[i] < 1e9) largest = problem->y[i];
    }
    return (size_t)largest + 1;
}

gradus_status gr_problem_split_classes(gr_problem *problem, gradus_error *error)
{
    const size_t classes = count_classes(problem), each = problem->coefficients;
    size_t count;
    if (classes > problem->X.rows)
        return gr_error(error, GRADUS_ERROR_LABEL, gr_fault_limit((double)classes, (double)problem->X.rows),
                        "the largest label is %zu, and there are %zu rows: some classes have none",
                        classes - 1, problem->X.rows);
    char **names = gr_multiply(classes, each, &count) ? (char **)gr_new(count, sizeof *names) : NULL;
    if (!names) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    char **before = problem->names;
    problem->names = names;
    problem->coefficients = 0;
    for (size_t k = 0; k < count; k++) {
        const size_t bytes = strlen(before[k % each]) + 32;
        if (!(names[k] = (char *)gr_new(bytes, 1))) break;
        (void)snprintf(names[k], bytes, "%zu: %s", k / each, before[k % each]);
        problem->coefficients++;
    }
    free_names(before, each);
    problem->outputs = classes;
    return problem->coefficients == count ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

gradus_status gr_problem_make(gr_table *table, const gr_roles *roles, gr_problem *problem,
                              gradus_error *error)
{
    gr_columns_chosen chosen;
    gr_problem made = {.intercept = roles->intercept, .outputs = 1};
    gradus_status status = gr_columns_choose(table, roles, &chosen, error);
    if (!status) status = take_numbers(table, &chosen, &made, error);
    if (!status) status = take_columns(table, &chosen, &made, error);
    if (!status && roles->degree) status = raise(&made, roles->degree, error);
    if (!status) status = take_names(table, &chosen, roles->degree, &made, error);
    if (status)
        gr_problem_free(&made);
    else
        *problem = made;
    return status;
}

void gr_problem_free(gr_problem *problem)
{
    free_names(problem->names, problem->coefficients);
    free_names(problem->columns, problem->column_count);
    gr_delete(problem->response);
    gr_delete(problem->x);
    gr_delete(problem->low);
    gr_delete(problem->y);
    gr_delete(problem->weights);
    gr_delete(problem->offset);
    gr_delete(problem->bounds);
    *problem = (gr_problem){.coefficients = 0};
}

gradus_status gr_problem_bound(gr_problem *problem, double lower, double upper, gradus_error *error)
{
    const size_t n = problem->X.cols * problem->outputs; /* is no more than there are names */
    size_t doubles;
    if (isinf(lower) && isinf(upper)) return GRADUS_OK;
    problem->bounds = gr_multiply(2, n, &doubles) ? gr_new_doubles(doubles) : NULL;
    if (!problem->bounds) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < n; j++) {
        problem->bounds[j] = lower;
        problem->bounds[n + j] = upper;
    }
    return GRADUS_OK;
}

gradus_model_options gr_problem_options(const gr_problem *problem, double ridge, gradus_error *error)
{
    gradus_model_options options = gradus_model_options_default();
    options.ridge = ridge;
    options.weights = problem->weights;
    options.intercept = problem->intercept;
    options.lasso = problem->lasso;
    options.radius = problem->radius;
    options.huber = problem->huber;
    options.offset = problem->offset;
    options.lower = problem->bounds;
    if (problem->bounds) options.upper = problem->bounds + problem->X.cols * problem->outputs;
    options.error = error;
    if (problem->L.data) options.low = &problem->L;
    return options;
}
