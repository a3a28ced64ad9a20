/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/traces.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/heap.h"

static gradus_status find(const gr_table *table, const char *name, size_t *column, gradus_error *error)
{
    for (*column = 0; *column < table->columns; ++*column) {
        if (strcmp(table->names[*column], name) == 0) return GRADUS_OK;
    }
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                    "there is no column \"%s\"; a trace, as gradus fit --trace writes it, has one", name);
}

/* Of the iterates that were evaluated on all rows: what a batch says is no distance from anything. */
static double *copy(const gr_table *table, size_t column, size_t exact, size_t *count)
{
    double *numbers = gr_new_doubles(table->rows);
    *count = 0;
    for (size_t i = 0; numbers && i < table->rows; i++) {
        const double *row = table->data + i * table->columns;
        if (row[exact] != 0.0) numbers[(*count)++] = row[column];
    }
    return numbers;
}

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
    size_t length = strlen(name);
    char *made = (char *)gr_new(length + 1, 1);
    if (!made) return NULL;
    if (length > 4 && strcmp(name + length - 4, ".csv") == 0) length -= 4;
    for (size_t k = 0; k < length; k++) made[k] = name[k];
    return made;
}

/* One run as its file has it; `evaluations` is kept where the passes are wanted but are not there. */
static gradus_status take(const gr_table *table, const char *path, gr_run *run, double **evaluations,
                          gradus_error *error)
{
    static const char *const names[] = {"value", "gradient_norm", "passes", "evaluations", "exact"};
    size_t columns[5];
    gradus_status status = GRADUS_OK;
    for (int k = 0; k < 5 && !status; k++) status = find(table, names[k], &columns[k], error);
    if (status) return status;
    run->name = name_of(path);
    run->value = copy(table, columns[0], columns[4], &run->count);
    run->gradient = copy(table, columns[1], columns[4], &run->count);
    run->work = copy(table, columns[2], columns[4], &run->count);
    run->gap = gr_new_doubles(table->rows);
    *evaluations = copy(table, columns[3], columns[4], &run->count);
    const bool enough = run->name && run->value && run->gradient && run->work && run->gap && *evaluations;
    if (!enough) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (run->count > 0) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_FORMAT, gr_fault_none(),
                    "no iterate was evaluated on all rows; fit it with --check 1");
}

static gradus_status read_one(const char *path, gr_run *run, double **evaluations, gradus_error *error)
{
    gr_table table;
    gradus_status status = gr_csv_read(path, NULL, &table, error);
    if (status) return status;
    status = take(&table, path, run, evaluations, error);
    gr_table_free(&table);
    return status;
}

/* 1 for a descent, -1 for a climb. */
static double sign_of(const gr_run *run)
{
    return run->value[run->count - 1] > run->value[0] ? -1.0 : 1.0;
}

void gr_traces_measure(gr_traces *traces)
{
    double best = INFINITY;
    for (size_t r = 0; r < traces->count; r++) {
        const gr_run *run = &traces->runs[r];
        for (size_t k = 0; k < run->count; k++) best = fmin(best, sign_of(run) * run->value[k]);
    }
    for (size_t r = 0; r < traces->count; r++) {
        gr_run *run = &traces->runs[r];
        for (size_t k = 0; k < run->count; k++) run->gap[k] = sign_of(run) * run->value[k] - best;
    }
}

/* Passes where every run has them: a caller's function has none, and then all are measured in evaluations. */
static void choose_work(gr_traces *traces, double **evaluations)
{
    traces->passes = true;
    for (size_t r = 0; r < traces->count; r++) {
        const gr_run *run = &traces->runs[r];
        if (!(run->work[run->count - 1] > 0.0)) traces->passes = false;
    }
    for (size_t r = 0; r < traces->count && !traces->passes; r++) {
        double *passes = traces->runs[r].work;
        traces->runs[r].work = evaluations[r];
        evaluations[r] = passes;
    }
}

static gradus_status check_count(char *const *paths, size_t *count, gradus_error *error)
{
    for (*count = 0; paths[*count];) ++*count;
    if (*count >= 1 && *count <= GR_MOST_TRACES) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)*count, GR_MOST_TRACES),
                    "there are %zu traces; allowed is 1 to %d files that gradus fit --trace wrote", *count,
                    GR_MOST_TRACES);
}

gradus_status gr_traces_read(char *const *paths, gr_traces *traces, gr_trouble *trouble)
{
    double *evaluations[GR_MOST_TRACES] = {NULL};
    size_t count;
    *traces = (gr_traces){.count = 0};
    gradus_status status = check_count(paths, &count, &trouble->error);
    for (size_t r = 0; r < count && !status; r++) {
        trouble->where = paths[r];
        status = read_one(paths[r], &traces->runs[traces->count++], &evaluations[r], &trouble->error);
    }
    if (!status) {
        trouble->where = NULL;
        gr_traces_measure(traces);
        choose_work(traces, evaluations);
    }
    for (size_t r = 0; r < GR_MOST_TRACES; r++) gr_delete(evaluations[r]);
    return status;
}

void gr_traces_free(gr_traces *traces)
{
    for (size_t r = 0; r < traces->count; r++) {
        gr_run *run = &traces->runs[r];
        gr_delete(run->name);
        gr_delete(run->work);
        gr_delete(run->value);
        gr_delete(run->gap);
        gr_delete(run->gradient);
    }
    *traces = (gr_traces){.count = 0};
}
