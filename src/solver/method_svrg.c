/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stochastic variance-reduced gradient: steepest descent along
 *
 *   g = g_B(theta) - g_B(s) + grad phi(s),
 *
 * where g_B is the gradient of the batch and s the iterate where phi was last evaluated on all rows. Its mean over the batches
 * is grad phi(theta), and its variance vanishes as theta and s both near the answer. Value likewise.
 * Johnson and Zhang, Advances in Neural Information Processing Systems 26 (2013) 315.
 */
#include "base/vector.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/point.h"
#include "solver/state.h"

static gradus_status reduce(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                            gr_outcome *outcome)
{
    const gr_point *full = &solver->batches.full;
    gr_point there = {.theta = full->theta, .gradient = solver->own};
    const gradus_status status = gr_evaluate_batch(solver, batch, &there, outcome);
    if (status || *outcome != GR_FINITE) return status;
    /* in this order: near the answer the first two cancel without rounding */
    point->value = (point->value - there.value) + full->value;
    for (size_t i = 0; i < solver->n; i++)
        point->gradient[i] = (point->gradient[i] - there.gradient[i]) + full->gradient[i];
    point->gradient_norm = gr_norm(solver->n, point->gradient);
    *outcome = gr_classify(solver, point->value, point->gradient_norm);
    return GRADUS_OK;
}

static void direct(gradus_solver *solver)
{
    gr_method_gradient.direct(solver);
}

const gr_method gr_method_svrg = {
    .id = GRADUS_METHOD_SVRG, .name = "SVRG", .vectors = 1, .direct = direct, .reduce = reduce};
