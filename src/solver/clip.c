/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * g <- g min(1, clip / ||g||) before the method sees it; criteria, monitor and report see g itself. Pascanu, Mikolov and
 * Bengio, ICML 2013.
 */
#include "solver/method.h"
#include "solver/point.h"
#include "solver/state.h"

/* The gradient that the method is to see. */
static double *clipped(gradus_solver *solver)
{
    const gr_point *point = &solver->current;
    const double clip = solver->options.clip;
    if (!(clip > 0.0) || point->gradient_norm <= clip) return point->gradient;
    const double share = clip / point->gradient_norm;
    for (size_t i = 0; i < solver->n; i++) solver->clipped[i] = share * point->gradient[i];
    return solver->clipped;
}

void gr_direct(gradus_solver *solver)
{
    double *gradient = solver->current.gradient;
    solver->current.gradient = clipped(solver);
    solver->method->direct(solver);
    solver->current.gradient = gradient;
}

bool gr_restart(gradus_solver *solver)
{
    double *gradient = solver->current.gradient;
    if (!solver->method->restart) return false;
    solver->current.gradient = clipped(solver);
    const bool restarted = solver->method->restart(solver);
    solver->current.gradient = gradient;
    return restarted;
}
