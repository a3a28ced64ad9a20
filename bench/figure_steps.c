/* SPDX-License-Identifier: BSD-3-Clause */
/* The textbook's loop on a large X: so many fixed steps, each one read of X, or none. */
#include "figure.h"
#include "ours.h"
#include "script.h"

static bench_problem problem_of(size_t steps)
{
    return (bench_problem){.kind = &bench_kind_steps,
                           .rows = 200000,
                           .cols = 200,
                           .condition = 1e2,
                           .layout = GRADUS_LAYOUT_ROW_MAJOR,
                           .steps = steps,
                           .asked = 1e-9};
}

static void show(bench_run *run, const char *name)
{
    bench_results results;
    if (bench_show_race(run, name, problem_of(100), bench_steps_contestants, false, &results))
        bench_at_least(run, name, "100 steps, each a read of X: times faster than NumPy",
                       bench_ratio(&results, &bench_numpy_steps, &bench_ours_steps), 2.2, 0.0);
    if (bench_show_race(run, name, problem_of(1000), bench_steps_contestants, false, &results))
        bench_at_least(run, name, "1000 steps, compressed: times faster than NumPy",
                       bench_ratio(&results, &bench_numpy_steps, &bench_ours_steps_compressed), 100.0, 0.0);
}

const bench_figure bench_figure_steps = {"steps", "fixed steps on 200000 x 200, against the loop in NumPy",
                                         show};
