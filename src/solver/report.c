/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/report.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "model/objective.h"
#include "solver/batches.h"
#include "solver/state.h"

static double in_callers_sign(const gradus_solver *solver, double value)
{
    return solver->ascent ? -value : value;
}

gradus_report gr_report_empty(void)
{
    gradus_report report;
    memset(&report, 0, sizeof report);
    report.value = report.gradient_norm = report.best_value = (double)NAN;
    report.curvature = report.condition = report.duality_gap = (double)NAN;
    report.stop = GRADUS_STOP_FAILED;
    return report;
}

void gr_report_fill(const gradus_solver *solver, gradus_report *report)
{
    *report = gr_report_empty();
    report->value = in_callers_sign(solver, solver->current.value);
    report->gradient_norm = solver->current.gradient_norm;
    report->iterations = solver->iterations;
    report->evaluations = solver->evaluations;
    report->passes = gr_workspace_passes(solver->f, &solver->work);
    report->stop = solver->stop;
    report->method = solver->method->id;
    report->metric = solver->metric->id;
    report->step_rule = solver->step->id;
    report->step_size = solver->step_size;
    report->seconds = gr_seconds() - solver->started;
    report->best_value = in_callers_sign(solver, solver->best_value);
    report->best_iteration = solver->best_iteration;
    report->curvature = solver->curvature;
    report->metric_passes = solver->metric_passes;
    report->condition = solver->condition;
    memcpy(report->metric_reason, solver->reason, sizeof solver->reason);
    report->refinements = solver->refinement.steps;
    report->epochs = gr_epochs(solver);
    if (solver->proximal.active) report->duality_gap = solver->current.gap;
    report->exact = solver->current.estimated ? 0 : 1;
}
