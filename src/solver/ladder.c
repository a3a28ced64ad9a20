/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ladder of least squares: Gram, sketch, QR, standardised columns. A metric whose factorisation breaks down gives way while
 * it is prepared. A sketch whose factorisation holds may still be a bad one, by bad luck: then the answer's backward error, which
 * the factor at hand estimates, does not fall, and X itself is factored.
 */
#include "solver/ladder.h"

#include <math.h>

#include "base/memory.h"
#include "model/objective.h"
#include "solver/choose.h"
#include "solver/factored.h"
#include "solver/line.h"
#include "solver/metric.h"
#include "solver/state.h"
#include "solver/stop.h"

/* What a good sketch leaves is 1e-16, what a bad one stops at is 1e-3 or more. */
static const double accepted = 1e-12;

bool gr_rung_failed(const gradus_solver *solver)
{
    const bool ended = solver->stop == GRADUS_STOP_NO_PROGRESS || solver->stop == GRADUS_STOP_DIVERGED;
    if (!(solver->correction > 0.0)) return false; /* the gradient is 0: no answer is better */
    return solver->refines && solver->metric == &gr_metric_sketch && ended &&
           !(gr_backward_error(solver) <= accepted);
}

/* X itself is factored in the place of the sketch. */
static gradus_status take_qr(gradus_solver *solver)
{
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){0};
    solver->condition = (double)NAN;
    solver->options.step.size = 1.0;
    solver->anchor.active = false;
    solver->metric = &gr_metric_qr;
    const double before = gr_workspace_passes(solver->f, &solver->work);
    const gradus_status status = solver->metric->prepare(solver);
    solver->metric_passes += gr_workspace_passes(solver->f, &solver->work) - before;
    if (status) return status;
    gr_choose_travel(solver);
    return gr_search_prepare(solver); /* standardised columns search */
}

gradus_status gr_climb(gradus_solver *solver)
{
    gr_because(solver, "but the backward error does not fall");
    const gradus_status status = take_qr(solver);
    solver->stop = status ? GRADUS_STOP_FAILED : GRADUS_STOP_RUNNING;
    if (status) return status;
    gr_forget_values(solver);
    solver->method->direct(solver);
    return GRADUS_OK;
}

/* Which metric gives way to which, wherever that is done */
static const gr_metric *const ways[][2] = {
    {&gr_metric_hessian, &gr_metric_sketch},
    {&gr_metric_sampled_gram, &gr_metric_sketch},
    {&gr_metric_sampled_hessian, &gr_metric_gram},
    {&gr_metric_gram, &gr_metric_sketch},
    {&gr_metric_sketch, &gr_metric_qr},
    {&gr_metric_qr, &gr_metric_standardized},
    {&gr_metric_renewed, &gr_metric_outputs},
    {&gr_metric_outputs, &gr_metric_renewed},
    {&gr_metric_outputs, &gr_metric_outputs_exact},
    {&gr_metric_outputs, &gr_metric_identity},
    {&gr_metric_curvature_sampled, &gr_metric_curvature},
};

enum { WAYS = sizeof ways / sizeof *ways };

static bool leads_to(const gr_metric *first, const gr_metric *last, size_t steps)
{
    if (first == last) return true;
    for (size_t k = 0; steps > 0 && k < WAYS; k++) {
        if (ways[k][0] == first && leads_to(ways[k][1], last, steps - 1)) return true;
    }
    return false;
}

bool gr_metric_leads_to(const gr_metric *first, const gr_metric *last)
{
    return leads_to(first, last, WAYS);
}
