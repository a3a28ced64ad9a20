/* SPDX-License-Identifier: BSD-3-Clause */
#include "problem.h"

#include <stdio.h>
#include <stdlib.h>

enum { QUICK_ROWS = 50, QUICK_COLS = 4, LEAST_ROWS_PER_COLUMN = 4, LEAST_COLS = 2, QUICK_STEPS = 10 };

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t bench_problem_elements(const bench_problem *problem)
{
    return problem->rows * problem->cols;
}

size_t bench_answer_size(const bench_problem *problem)
{
    return problem->cols * larger(1, problem->outputs) * larger(1, problem->lambdas);
}

bench_problem bench_problem_quick(bench_problem problem)
{
    if (problem.carried) return problem;
    if (problem.rows < problem.cols) {
        problem.cols = larger(problem.rows, problem.cols / QUICK_STEPS);
        return problem;
    }
    const size_t cols = larger(LEAST_COLS, problem.cols / QUICK_COLS);
    const size_t rows = larger(LEAST_ROWS_PER_COLUMN * cols, problem.rows / QUICK_ROWS);
    if (cols < problem.cols) problem.cols = cols;
    if (rows < problem.rows) problem.rows = rows;
    if (problem.steps > 0) problem.steps = larger(1, problem.steps / QUICK_STEPS);
    return problem;
}

void bench_problem_print(const bench_problem *problem, size_t size, char *text)
{
    char condition[32] = "", ridge[32] = "", steps[32] = "", outputs[48] = "", lambdas[32] = "";
    if (problem->condition > 0.0) snprintf(condition, sizeof condition, ", kappa %.0e", problem->condition);
    if (problem->ridge_rows > 0.0) snprintf(ridge, sizeof ridge, ", lambda m = %g", problem->ridge_rows);
    if (problem->steps > 0) snprintf(steps, sizeof steps, ", %zu steps", problem->steps);
    if (problem->outputs > 0)
        snprintf(outputs, sizeof outputs, ", %zu %s", problem->outputs,
                 problem->kind->softmax ? "classes" : "responses");
    if (problem->lambdas > 0) snprintf(lambdas, sizeof lambdas, ", %zu lambdas", problem->lambdas);
    snprintf(text, size, "%s%s%s %zu x %zu%s%s%s%s%s, %s %s", problem->kind->name,
             problem->carried ? " " : "", problem->carried ? problem->carried : "", problem->rows,
             problem->cols, condition, ridge, steps, outputs, lambdas,
             problem->layout == GRADUS_LAYOUT_COL_MAJOR ? "column-major" : "row-major",
             problem->single ? "float" : "double");
}

double bench_data_at(const bench_data *data, size_t i, size_t j)
{
    const bench_problem *problem = &data->problem;
    return data
        ->x[problem->layout == GRADUS_LAYOUT_COL_MAJOR ? i + j * problem->rows : i * problem->cols + j];
}

/* Rows in strips, so that a strip's cache lines serve all columns. */
static void transpose(size_t rows, size_t cols, const double *from, double *to)
{
    enum { STRIP = 64 };
    for (size_t first = 0; first < rows; first += STRIP) {
        const size_t end = first + STRIP < rows ? first + STRIP : rows;
        for (size_t j = 0; j < cols; j++)
            for (size_t i = first; i < end; i++) to[i + j * rows] = from[i * cols + j];
    }
}

const double *bench_data_columns(bench_data *data)
{
    const bench_problem *problem = &data->problem;
    if (problem->layout == GRADUS_LAYOUT_COL_MAJOR) return data->x;
    if (data->columns) return data->columns;
    data->columns = (double *)malloc(bench_problem_elements(problem) * sizeof(double));
    if (data->columns) transpose(problem->rows, problem->cols, data->x, data->columns);
    return data->columns;
}
