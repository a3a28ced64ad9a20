/* SPDX-License-Identifier: BSD-3-Clause */
#include "figure.h"

#include "data.h"

const bench_figure *const bench_figures[] = {
    &bench_figure_gradient,  &bench_figure_float,         &bench_figure_outputs,
    &bench_figure_shapes,    &bench_figure_least_squares, &bench_figure_logistic,
    &bench_figure_softmax,   &bench_figure_lasso,         &bench_figure_steps,
    &bench_figure_functions, &bench_figure_threads,       &bench_figure_textbook,
    &bench_figure_bandwidth, &bench_figure_scaling,       NULL};

bool bench_show_race(bench_run *run, const char *figure, bench_problem problem,
                     const bench_contestant *const *contestants, bool silent, bench_results *results)
{
    bench_data data;
    results->count = 0;
    if (run->quick) problem = bench_problem_quick(problem);
    if (!bench_data_make(&problem, &data)) {
        printf("%s: memory is out for %zu x %zu\n\n", figure, problem.rows, problem.cols);
        return false;
    }
    if (problem.kind == &bench_kind_gradient || problem.kind == &bench_kind_outputs)
        bench_calibrate(&data, contestants[0]);
    bench_race(run, figure, &data, contestants, results);
    if (!silent) bench_print_results(run, &data, results);
    bench_data_free(&data);
    return true;
}
