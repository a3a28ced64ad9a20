/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/problem.h"

#include <math.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/columns.h"
#include "cli/heap.h"
#include "cli/problem_names.h"
#include "data/polynomial.h"

/* Of one row the entries of these columns, `rows` apart */
static void take(const gr_column_list *list, const double *row, double *to, size_t rows)
{
    for (size_t c = 0; c < list->count; c++) to[c * rows] = row[list->columns[c]];
}

/*
 * Moves the regressors together at the front of the table's memory, so that no second copy of the data is
 * needed: element k of row i goes to i * regressors + k, never behind where it is read.
 */
static void split(gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem)
{
    double *out = table->data;
    for (size_t i = 0; i < table->rows; i++) {
        const double *row = table->data + i * table->columns;
        take(&chosen->responses, row, problem->y + i, table->rows);
        if (problem->offset) take(&chosen->offsets, row, problem->offset + i, table->rows);
        if (problem->weights) problem->weights[i] = row[chosen->weights];
        for (size_t j = 0; j < table->columns; j++) {
            if (gr_is_regressor(chosen, j)) *out++ = row[j];
        }
    }
}

static double *new_columns(const gr_table *table, const gr_column_list *list)
{
    size_t doubles;
    return gr_multiply(table->rows, list->count, &doubles) ? gr_new_doubles(doubles) : NULL;
}

static gradus_status take_numbers(gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem,
                                  gradus_error *error)
{
    const bool weights = chosen->weights != GRADUS_NOWHERE, offset = chosen->offsets.count > 0;
    problem->y = new_columns(table, &chosen->responses);
    if (weights) problem->weights = gr_new_doubles(table->rows);
    if (offset) problem->offset = new_columns(table, &chosen->offsets);
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

static gradus_status take_columns(const gr_table *table, const gr_columns_chosen *chosen, gr_problem *problem,
                                  gradus_error *error)
{
    gr_column_list regressors = {0, (size_t *)gr_new(chosen->regressors, sizeof(size_t))};
    if (!regressors.columns) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    for (size_t j = 0; j < table->columns; j++) {
        if (gr_is_regressor(chosen, j)) regressors.columns[regressors.count++] = j;
    }
    gradus_status status = gr_problem_take_names(table, &regressors, &problem->columns,
                                                 &problem->column_count, error);
    gr_delete(regressors.columns);
    if (!status)
        status = gr_problem_take_names(table, &chosen->responses, &problem->responses,
                                       &problem->response_count, error);
    if (!status && chosen->offsets.count > 0)
        status = gr_problem_take_names(table, &chosen->offsets, &problem->offsets, &problem->offset_count,
                                       error);
    return status;
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
    const size_t classes = count_classes(problem);
    if (classes > problem->X.rows)
        return gr_error(error, GRADUS_ERROR_LABEL, gr_fault_limit((double)classes, (double)problem->X.rows),
                        "the largest label is %zu, and there are %zu rows: some classes have none",
                        classes - 1, problem->X.rows);
    return gr_problem_name_outputs(problem, classes, NULL, error);
}

gradus_status gr_problem_check_offsets(const gr_problem *problem, gradus_error *error)
{
    const size_t offsets = problem->offset_count, outputs = problem->outputs;
    if (offsets == 0 || offsets == outputs) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)offsets, (double)outputs),
                    "--offset names %zu column%s; allowed %s %zu, one for each %s, with commas between them",
                    offsets, offsets == 1 ? "" : "s", outputs == 1 ? "is" : "are", outputs,
                    outputs == problem->response_count ? "response" : "class");
}

gr_problem gr_problem_response(const gr_problem *problem, size_t c)
{
    gr_problem alone = *problem;
    if (problem->response_count == 1) return alone;
    const size_t rows = problem->X.rows, each = problem->coefficients / problem->outputs;
    alone.responses += c;
    alone.response_count = 1;
    alone.names += c * each;
    alone.coefficients = each;
    alone.outputs = 1;
    alone.y += c * rows;
    if (alone.offsets) alone.offsets += c;
    if (alone.offsets) alone.offset_count = 1;
    if (alone.offset) alone.offset += c * rows;
    if (alone.lower) alone.lower += c * problem->X.cols;
    if (alone.upper) alone.upper += c * problem->X.cols;
    return alone;
}

gradus_status gr_problem_make(gr_table *table, const gr_roles *roles, gr_problem *problem,
                              gradus_error *error)
{
    gr_columns_chosen chosen;
    gr_problem made = {.intercept = roles->intercept, .outputs = 1};
    gradus_status status = gr_columns_choose(table, roles, &chosen, error);
    if (!status) status = take_numbers(table, &chosen, &made, error);
    if (!status) status = take_columns(table, &chosen, &made, error);
    gr_columns_free(&chosen);
    if (!status && roles->degree) status = raise(&made, roles->degree, error);
    if (!status) status = gr_problem_name(roles->degree, &made, error);
    if (!status && made.response_count > 1)
        status = gr_problem_name_outputs(&made, made.response_count, made.responses, error);
    if (status)
        gr_problem_free(&made);
    else
        *problem = made;
    return status;
}

void gr_problem_free(gr_problem *problem)
{
    gr_problem_free_names(problem->names, problem->coefficients);
    gr_problem_free_names(problem->columns, problem->column_count);
    gr_problem_free_names(problem->responses, problem->response_count);
    gr_problem_free_names(problem->offsets, problem->offset_count);
    gr_delete(problem->x);
    gr_delete(problem->low);
    gr_delete(problem->y);
    gr_delete(problem->weights);
    gr_delete(problem->offset);
    gr_delete(problem->lower);
    *problem = (gr_problem){.coefficients = 0};
}

gradus_status gr_problem_bound(gr_problem *problem, double lower, double upper, gradus_error *error)
{
    const size_t n = problem->X.cols * problem->outputs; /* is no more than there are names */
    size_t doubles;
    if (isinf(lower) && isinf(upper)) return GRADUS_OK;
    problem->lower = gr_multiply(2, n, &doubles) ? gr_new_doubles(doubles) : NULL;
    if (!problem->lower) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    problem->upper = problem->lower + n;
    for (size_t j = 0; j < n; j++) {
        problem->lower[j] = lower;
        problem->upper[j] = upper;
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
    options.lower = problem->lower;
    options.upper = problem->upper;
    options.error = error;
    if (problem->L.data && problem->outputs == 1) options.low = &problem->L;
    return options;
}
