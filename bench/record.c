/* SPDX-License-Identifier: BSD-3-Clause */
#include "record.h"

#include <math.h>
#include <omp.h>

void bench_record_begin(bench_run *run)
{
    if (!run->csv) return;
    fprintf(run->csv, "figure,kind,rows,cols,condition,ridge,layout,element,contestant,threads,blas,"
                      "median,fastest,slowest,runs,asked,accuracy,passes,evaluations,note\n");
}

/* The notes come from peers: what would end the field is replaced. */
static void print_text(FILE *file, const char *text)
{
    for (; *text; text++) fputc(*text == ',' || *text == '"' || *text == '\n' ? ';' : *text, file);
}

void bench_record(bench_run *run, const char *figure, const bench_data *data, const bench_result *result)
{
    const bench_problem *problem = &data->problem;
    const bench_samples *samples = &result->samples;
    if (!run->csv) return;
    fprintf(run->csv, "%s,%s,%zu,%zu,%g,%g,%s,%s,", figure, problem->kind->name, problem->rows, problem->cols,
            problem->condition, data->ridge,
            problem->layout == GRADUS_LAYOUT_COL_MAJOR ? "column-major" : "row-major",
            problem->single ? "float" : "double");
    print_text(run->csv, result->who->name);
    fprintf(run->csv, ",%d,%s,%.9g,%.9g,%.9g,%zu,%.3g,%.3g,%g,%g,", omp_get_max_threads(), bench_blas_build(),
            bench_quantile(samples, 0.5), bench_quantile(samples, 0.0), bench_quantile(samples, 1.0),
            samples->count, data->asked, result->accuracy, result->passes, result->evaluations);
    print_text(run->csv, result->note);
    fprintf(run->csv, "\n");
    fflush(run->csv);
}
