/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/vector.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/state.h"
#include "solver/stop.h"

/* d = -P^(-1) grad phi. Cauchy, Comptes Rendus 25 (1847) 536. */
static void direct(gradus_solver *solver)
{
    gr_steepest(solver, solver->current.gradient, solver->direction);
    solver->slope = gr_dot(solver->n, solver->current.gradient, solver->direction);
    gr_measure(solver, solver->current.gradient, solver->direction);
}

const gr_method gr_method_gradient = {.id = GRADUS_METHOD_GRADIENT, .name = "gradient", .direct = direct};
