/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * alpha = s'Ps / s'y: the step that would be exact if the last step's curvature held along every direction. Along s = alpha d
 * with d = -P^(-1)g it is the zero of the secant through both slopes. phi may rise for a while, but stays below the largest
 * of its last values. Barzilai and Borwein, IMA J. Numer. Anal. 8 (1988) 141; Raydan, SIAM J. Optim. 7 (1997) 26.
 */
#include <math.h>

#include "solver/line.h"
#include "solver/record.h"
#include "solver/rounding.h"
#include "solver/state.h"
#include "solver/step.h"

static const double sufficient = 1e-4; /* Raydan's gamma */
static const double longest = 1e300;

/* The largest phi of the last steps, this one included. */
static double reference(const gradus_solver *solver)
{
    const size_t count = solver->iterations + 1 < GR_RECENT ? solver->iterations + 1 : GR_RECENT;
    double largest = solver->current.value;
    for (size_t i = 0; i < count; i++) largest = fmax(largest, solver->recent[i]);
    return largest;
}

/* Below the reference by enough, or no higher than the best value but for its rounding. */
static bool acceptable(const gradus_solver *solver, double alpha)
{
    const double bound = reference(solver) + sufficient * alpha * solver->slope;
    const double best = solver->best_value + GR_VALUE_ROUNDING * fabs(solver->best_value);
    return solver->trial.value <= fmax(bound, best);
}

/* The next first trial; where the slope did not rise, ten times this step. */
static double next_trial(const gradus_solver *solver, double alpha)
{
    const double rise = gr_trial_slope(solver) - solver->slope;
    const double next = rise > 0.0 ? alpha * (-solver->slope / rise) : 10.0 * alpha;
    return fmin(fmax(next, 1e-300), longest);
}

static gradus_status advance(gradus_solver *solver)
{
    solver->recent[solver->iterations % GR_RECENT] = solver->current.value;
    const gradus_status status = gr_search_shorter(solver, acceptable);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    solver->first_trial = next_trial(solver, solver->step_size);
    return GRADUS_OK;
}

static void remember(gradus_solver *solver, gr_record *record)
{
    gr_record_doubles(record, GR_RECENT, solver->recent);
}

const gr_step gr_step_barzilai_borwein = {.id = GRADUS_STEP_BARZILAI_BORWEIN,
                                          .name = "Barzilai-Borwein",
                                          .searches = true,
                                          .advance = advance,
                                          .remember = remember};

gradus_step gradus_step_barzilai_borwein(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_BARZILAI_BORWEIN, .size = initial};
}
