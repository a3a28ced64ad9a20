/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/metric.h"
#include "solver/state.h"

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    for (size_t i = 0; i < solver->n; i++) direction[i] = -gradient[i];
}

const gr_metric gr_metric_identity = {.id = GRADUS_METRIC_IDENTITY, .name = "identity", .steepest = steepest};
