/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgh_judge.h"

#include <math.h>
#include <string.h>

mgh_judge mgh_judge_begin(const mgh_problem *problem)
{
    double start[MGH_MOST_VARIABLES], gradient[MGH_MOST_VARIABLES];
    mgh_judge judge = {.problem = problem, .lowest = (double)INFINITY};
    mgh_start(problem, 1.0, start);
    judge.at_start = mgh_evaluate(problem, start, gradient);
    return judge;
}

static bool reached(const mgh_judge *judge, double value)
{
    for (size_t k = 0; k < judge->problem->minima; k++) {
        const double minimum = judge->problem->minimum[k];
        const double scale = fmin(fmax(1.0, fabs(minimum)), fabs(judge->at_start - minimum));
        if (fabs(value - minimum) <= MGH_ACCURACY * scale) return true;
    }
    return false;
}

static void look(mgh_judge *judge, const double *x)
{
    judge->value = mgh_evaluate(judge->problem, x, judge->gradient);
    judge->evaluations++;
    if (judge->value < judge->lowest) judge->lowest = judge->value;
    if (judge->solved_at == 0 && reached(judge, judge->value)) judge->solved_at = judge->evaluations;
}

double mgh_judge_evaluate(mgh_judge *judge, const double *x, double *gradient)
{
    const size_t bytes = judge->problem->n * sizeof(double);
    if (judge->evaluations == 0 || memcmp(judge->point, x, bytes) != 0) look(judge, x);
    memcpy(judge->point, x, bytes);
    if (gradient) memcpy(gradient, judge->gradient, bytes);
    return judge->value;
}

bool mgh_judge_ended(const mgh_judge *judge)
{
    return judge->solved_at > 0 || judge->evaluations >= MGH_BUDGET;
}
