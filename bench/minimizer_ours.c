/* SPDX-License-Identifier: BSD-3-Clause */
#include <gradus.h>

#include "minimizer.h"

/* Any number above 0 ends the solve. */
static gradus_status evaluate(void *given, size_t n, const double *x, double *value, double *gradient)
{
    mgh_judge *judge = (mgh_judge *)given;
    (void)n;
    if (mgh_judge_ended(judge)) return 1;
    *value = mgh_judge_evaluate(judge, x, gradient);
    return 0;
}

static void run(const bench_minimizer *who, mgh_judge *judge, double *x)
{
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    (void)who;
    options.stop.gradient_tolerance = GRADUS_OFF;
    if (gradus_function(judge->problem->n, evaluate, judge, &f)) return;
    (void)gradus_descend(f, x, &options, NULL);
    gradus_objective_free(f);
}

const bench_minimizer bench_minimizer_ours = {
    .name = "gradus", .configuration = "the defaults; stop.gradient_tolerance off", .run = run, .ours = true};
