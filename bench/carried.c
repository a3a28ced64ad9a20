/* SPDX-License-Identifier: BSD-3-Clause */
#include "carried.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 4096, PATH_SIZE = 512 };

static bool read_row(const char *line, const bench_data *data, size_t i)
{
    const bench_problem *problem = &data->problem;
    const bool by_columns = problem->layout == GRADUS_LAYOUT_COL_MAJOR;
    const char *at = line;
    for (size_t j = 0; j <= problem->cols; j++) {
        char *end;
        const double number = strtod(at, &end);
        if (end == at) return false;
        at = *end == ',' ? end + 1 : end;
        if (j == problem->cols)
            data->y[i] = number;
        else
            data->x[by_columns ? i + j * problem->rows : i * problem->cols + j] = number;
    }
    return true;
}

static bool read_rows(FILE *file, const bench_data *data)
{
    char line[LINE_SIZE];
    if (!fgets(line, sizeof line, file)) return false;
    for (size_t i = 0; i < data->problem.rows; i++) {
        if (!fgets(line, sizeof line, file) || !read_row(line, data, i)) return false;
    }
    return !fgets(line, sizeof line, file);
}

bool bench_read_carried(bench_data *data)
{
    const bench_problem *problem = &data->problem;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s.csv", BENCH_CARRIED, problem->carried);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    data->x = (double *)malloc(bench_problem_elements(problem) * sizeof(double));
    data->y = (double *)malloc(problem->rows * sizeof(double));
    data->point = (double *)calloc(bench_answer_size(problem), sizeof(double));
    const bool read = data->x && data->y && data->point && read_rows(file, data);
    fclose(file);
    return read;
}
