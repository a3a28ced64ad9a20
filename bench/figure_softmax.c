/* SPDX-License-Identifier: BSD-3-Clause */
/* Softmax regression on the handwritten digits to a relative gradient of 10^-5: about what scikit-learn's lbfgs can reach, whose
 * own test of the value ends it at a few 10^-6 whatever it is asked. */
#include "figure.h"
#include "ours.h"
#include "script.h"

static void show(bench_run *run, const char *name)
{
    bench_results results;
    const bench_problem problem = {.kind = &bench_kind_softmax,
                                   .carried = "digits",
                                   .rows = 1797,
                                   .cols = 64,
                                   .outputs = 10,
                                   .ridge_rows = 1.0,
                                   .layout = GRADUS_LAYOUT_ROW_MAJOR,
                                   .asked = 1e-5};
    if (!bench_show_race(run, name, problem, bench_softmax_contestants, false, &results)) return;
    bench_at_least(run, name, "times faster than scikit-learn lbfgs",
                   bench_ratio(&results, &bench_sklearn_softmax_lbfgs, &bench_ours_solve), 5.0, 0.0);
    bench_at_least(run, name, "times faster than scikit-learn newton-cg",
                   bench_ratio(&results, &bench_sklearn_softmax_newton, &bench_ours_solve), 1.0, 2.0);
}

const bench_figure bench_figure_softmax = {
    "softmax", "softmax regression on handwritten digits, against whoever offers it", show};
