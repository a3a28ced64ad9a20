/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/problem.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
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
        for (size_t j = 0; j < table->columns; j++) {
            if (gr_is_regressor(chosen, j)) *out++ = row[j];
        }
    }
}

static gradus_status take_numbers(gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem,
                                  gradus_error *error)
{
    problem->y = gr_new_doubles(table->rows);
    if (chosen->weights != GRADUS_NOWHERE) problem->weights = gr_new_doubles(table->rows);
    if (!problem->y || (chosen->weights != GRADUS_NOWHERE && !problem->weights))
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

/* A name with room for an exponent behind it. */
static char *new_name(const char *name)
{
    const size_t bytes = strlen(name) + 32;
    char *copy = (char *)gr_new(bytes, 1);
    if (copy) (void)snprintf(copy, bytes, "%s", name);
    return copy;
}

/* The names of the coefficients: regressors, or the powers of the only one, then the intercept. */
static gradus_status take_names(const gr_table *table, const gr_columns_chosen *chosen, size_t degree,
                                gr_problem *problem, gradus_error *error)
{
    problem->response = new_name(table->names[chosen->response]);
    problem->names = (char **)gr_new(problem->X.cols + 1, sizeof *problem->names);
    if (!problem->response || !problem->names) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    size_t column = 0;
    for (size_t k = 0; k < problem->X.cols; k++) {
        while (!gr_is_regressor(chosen, column)) column++;
        char *name = problem->names[problem->coefficients++] = new_name(table->names[column]);
        if (!name) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
        if (degree) gr_polynomial_name(table->names[column], k + 1, strlen(name) + 32, name);
        column += degree ? 0 : 1;
    }
    if (!problem->intercept) return GRADUS_OK;
    problem->names[problem->coefficients] = new_name("(intercept)");
    return problem->names[problem->coefficients++] ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

gradus_status gr_problem_make(gr_table *table, const gr_roles *roles, gr_problem *problem,
                              gradus_error *error)
{
    gr_columns_chosen chosen;
    gr_problem made = {.intercept = roles->intercept};
    gradus_status status = gr_columns_choose(table, roles, &chosen, error);
    if (!status) status = take_numbers(table, &chosen, &made, error);
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
    for (size_t j = 0; j < problem->coefficients; j++) gr_delete(problem->names[j]);
    gr_delete((void *)problem->names);
    gr_delete(problem->response);
    gr_delete(problem->x);
    gr_delete(problem->low);
    gr_delete(problem->y);
    gr_delete(problem->weights);
    *problem = (gr_problem){.coefficients = 0};
}

gradus_model_options gr_problem_options(const gr_problem *problem, double ridge, gradus_error *error)
{
    gradus_model_options options = gradus_model_options_default();
    options.ridge = ridge;
    options.weights = problem->weights;
    options.intercept = problem->intercept;
    options.error = error;
    if (problem->L.data) options.low = &problem->L;
    return options;
}
