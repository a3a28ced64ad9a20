/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps whose length is a function of how many were taken. */
#include <math.h>

#include "solver/line.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/step.h"

static double inverse_time(const gradus_step *step, double k)
{
    return step->size / (1.0 + step->decay * k);
}

static double inverse_square_root(const gradus_step *step, double k)
{
    return step->size / sqrt(1.0 + step->decay * k);
}

static double cosine(const gradus_step *step, double k)
{
    const double pi = 3.14159265358979323846, period = (double)step->period;
    if (k >= period) return step->last;
    return step->last + 0.5 * (step->size - step->last) * (1.0 + cos(pi * (k / period)));
}

static double decay(const gradus_step *step, double k)
{
    return step->size * pow(step->decay, floor(k / (double)step->period));
}

static gradus_status advance(gradus_solver *solver)
{
    gr_outcome outcome;
    solver->step_size = solver->step->schedule(&solver->options.step, (double)solver->iterations);
    const gradus_status status = gr_try(solver, solver->step_size, &outcome);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    if (outcome == GR_REJECTED) solver->stop = GRADUS_STOP_DIVERGED;
    return GRADUS_OK;
}

const gr_step gr_step_inverse_time = {
    .id = GRADUS_STEP_INVERSE_TIME, .name = "inverse time", .advance = advance, .schedule = inverse_time};
const gr_step gr_step_inverse_square_root = {.id = GRADUS_STEP_INVERSE_SQUARE_ROOT,
                                             .name = "inverse square root",
                                             .advance = advance,
                                             .schedule = inverse_square_root};
const gr_step gr_step_cosine = {
    .id = GRADUS_STEP_COSINE, .name = "cosine", .advance = advance, .schedule = cosine};
const gr_step gr_step_decay = {
    .id = GRADUS_STEP_DECAY, .name = "decay", .advance = advance, .schedule = decay};

gradus_step gradus_step_inverse_time(double alpha, double decay_rate)
{
    return (gradus_step){.rule = GRADUS_STEP_INVERSE_TIME, .size = alpha, .decay = decay_rate};
}

gradus_step gradus_step_inverse_square_root(double alpha, double decay_rate)
{
    return (gradus_step){.rule = GRADUS_STEP_INVERSE_SQUARE_ROOT, .size = alpha, .decay = decay_rate};
}

gradus_step gradus_step_cosine(double alpha, double last, int64_t period)
{
    return (gradus_step){.rule = GRADUS_STEP_COSINE, .size = alpha, .last = last, .period = period};
}

gradus_step gradus_step_decay(double alpha, double factor, int64_t period)
{
    return (gradus_step){.rule = GRADUS_STEP_DECAY, .size = alpha, .decay = factor, .period = period};
}
