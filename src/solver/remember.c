/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All that a run goes on from, in the order in which a reader can take it: first what its report says, then the metric, from which method
 * and step rule follow, then their memory. Scratch is left out; so is what follows from the objective and the options, such as every
 * size. The metric is stored and not made anew: some are those of an iterate that is gone, and what is stored costs no pass.
 */
#include "solver/remember.h"

#include <math.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/classes.h"
#include "pass/pass.h"
#include "solver/anchor.h"
#include "solver/choose.h"
#include "solver/compress.h"
#include "solver/curvature.h"
#include "solver/ladder.h"
#include "solver/leap.h"
#include "solver/line.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/record.h"
#include "solver/refine.h"
#include "solver/state.h"
#include "solver/stop.h"

/* ---- what the report says ---- */

static void remember_metric(gradus_solver *solver, gr_record *record)
{
    const gr_metric *first = solver->metric;
    size_t place = 0, last = 0;
    while (gr_all_metrics[last]) last++;
    while (place < last && gr_all_metrics[place] != first) place++;
    gr_record_size(record, &place);
    if (!gr_record_reads(record)) return;
    gr_record_refuse(record, place >= last || !gr_metric_leads_to(first, gr_all_metrics[place]));
    if (!record->status) solver->metric = gr_all_metrics[place];
}

static void remember_point(const gradus_solver *solver, gr_point *point, gr_record *record)
{
    gr_record_doubles(record, solver->n, point->theta);
    gr_record_doubles(record, solver->n, point->gradient);
    gr_record_double(record, &point->value);
    gr_record_double(record, &point->gradient_norm);
    gr_record_double(record, &point->penalty);
    gr_record_double(record, &point->gap);
    gr_record_flag(record, &point->estimated);
}

/* When something has happened: not after the last iteration, from which the criteria count */
static void remember_moment(const gradus_solver *solver, size_t *iteration, gr_record *record)
{
    gr_record_size(record, iteration);
    gr_record_refuse(record, *iteration > solver->iterations);
}

static void remember_counts(gradus_solver *solver, gr_record *record)
{
    gr_record_size(record, &solver->iterations);
    gr_record_refuse(record, solver->iterations > INT64_MAX / 2); /* a budget is a signed number */
    gr_record_size(record, &solver->evaluations);
    remember_moment(solver, &solver->best_iteration, record);
    gr_record_size(record, &solver->refinement.steps);
    gr_record_double(record, &solver->best_value);
    gr_record_double(record, &solver->step_size);
    gr_record_double(record, &solver->curvature);
    gr_record_double(record, &solver->metric_passes);
    gr_record_double(record, &solver->condition);
    gr_record_double(record, &solver->work.reader.elements);
    gr_record_double(record, &solver->work.rows_read);
    gr_record_text(record, sizeof solver->reason, solver->reason);
}

/* One of the reasons that are no error */
static void remember_stop(gradus_stop_reason *stop, gr_record *record)
{
    size_t reason = (size_t)*stop;
    gr_record_size(record, &reason);
    gr_record_refuse(record, reason >= (size_t)GRADUS_STOP_FAILED);
    if (gr_record_reads(record)) *stop = (gradus_stop_reason)reason;
}

/* The clock goes on where it stood. */
static void remember_time(gradus_solver *solver, gr_record *record)
{
    double spent = gr_seconds() - solver->started;
    gr_record_double(record, &spent);
    if (!gr_record_reads(record)) return;
    gr_record_refuse(record, !(spent >= 0.0 && spent <= 1e300));
    solver->started = gr_seconds() - spent;
}

static void remember_report(gradus_solver *solver, gr_record *record)
{
    remember_metric(solver, record);
    remember_point(solver, &solver->current, record);
    remember_counts(solver, record);
    remember_stop(&solver->stop, record);
    remember_time(solver, record);
    gr_record_flag(record, &solver->factored.exact);
    gr_record_want_finite(record, solver->n, solver->current.theta);
}

/* ---- what every run goes on from ---- */

/* What the library has set itself while the run was made */
static void remember_options(gradus_options *options, gr_record *record)
{
    gr_record_double(record, &options->step.size);
    gr_record_double(record, &options->momentum);
    gr_record_double(record, &options->stop.gradient_tolerance);
    gr_record_count(record, &options->stop.patience);
    gr_record_want_positive(record, options->step.size);
    gr_record_want_finite(record, 1, &options->momentum);
}

static void remember_history(gradus_solver *solver, gr_record *record)
{
    gr_history *history = &solver->history;
    gr_record_double(record, &history->start_gradient_norm);
    gr_record_double(record, &history->start_value);
    gr_record_double(record, &history->least_value);
    gr_record_double(record, &history->least_norm);
    remember_moment(solver, &history->progress_at, record);
    gr_record_double(record, &history->step_norm);
    gr_record_double(record, &history->previous_value);
    gr_record_double(record, &history->previous_slope);
    gr_record_double(record, &history->start_correction);
    gr_record_double(record, &history->previous_correction);
    gr_record_flag(record, &history->from_origin);
}

/* What the last evaluation added up, and which partition of the classes the next one is to ask of */
static void remember_workspace(gradus_solver *solver, gr_record *record)
{
    gr_sums *sums = &solver->work.sums;
    gr_groups *groups = &solver->work.groups;
    const size_t classes = groups->of ? solver->f->model.outputs : 0;
    gr_record_double(record, &sums->loss);
    gr_record_double(record, &sums->residual);
    gr_record_double(record, &sums->separation);
    gr_record_size(record, &groups->count);
    gr_record_refuse(record, groups->count > classes);
    for (size_t c = 0; c < classes; c++) {
        gr_record_size(record, &groups->of[c]);
        gr_record_refuse(record, groups->count > 0 && groups->of[c] >= groups->count);
    }
}

static void remember_travel(gradus_solver *solver, gr_record *record)
{
    const size_t n = solver->n;
    remember_point(solver, &solver->trial, record);
    remember_point(solver, &solver->best, record);
    gr_record_doubles(record, n, solver->direction);
    gr_record_double(record, &solver->slope);
    gr_record_double(record, &solver->squared_norm);
    gr_record_double(record, &solver->correction);
    gr_record_double(record, &solver->first_trial);
    gr_record_double(record, &solver->suspicion);
    remember_moment(solver, &solver->renewed_at, record);
    gr_record_want_finite(record, n, solver->current.gradient);
    gr_record_want_finite(record, n, solver->best.theta);
    gr_record_want_finite(record, n, solver->direction);
    gr_record_refuse(record, !(solver->first_trial >= 0.0 && solver->first_trial <= 1e300));
    remember_history(solver, record);
    remember_workspace(solver, record);
}

/* ---- the parts that some runs have ---- */

void gr_remember_leap(gr_leaping *leap, gr_record *record)
{
    gr_record_double(record, &leap->elements);
    gr_record_flag(record, &leap->found);
    gr_record_flag(record, &leap->waiting);
}

/* The place that a leap is still waiting for */
static void remember_leap(gradus_solver *solver, gr_record *record)
{
    gr_leaping *leap = &solver->leap;
    if (!leap->waiting) return;
    if (gr_record_reads(record)) {
        leap->memory = gr_allocate_doubles(&solver->allocator, solver->n);
        if (!leap->memory) record->status = GRADUS_ERROR_MEMORY;
        leap->theta = leap->memory;
    }
    gr_record_doubles(record, solver->n, leap->theta);
    gr_record_want_finite(record, solver->n, leap->theta);
}

/* The margins at the iterate, where the last trial has left them */
static void remember_search(gradus_solver *solver, gr_record *record)
{
    gr_search *search = &solver->search;
    gr_record_flag(record, &search->known);
    gr_record_flag(record, &search->on_line);
    gr_record_size(record, &search->trials);
    gr_record_double(record, &search->first);
    gr_record_double(record, &search->slope);
    gr_record_refuse(record, search->known && !search->memory);
    if (search->known && search->memory) gr_record_doubles(record, solver->f->model.X.rows, search->along.z);
}

static void remember_anchor(gradus_solver *solver, gr_record *record)
{
    gr_anchor *anchor = &solver->anchor;
    gr_record_flag(record, &anchor->active);
    gr_record_refuse(record, anchor->active && !anchor->memory);
    if (!anchor->active || !anchor->memory) return;
    remember_point(solver, &anchor->at, record);
    gr_record_want_finite(record, solver->n, anchor->at.theta);
}

static void remember_refinement(gradus_solver *solver, gr_record *record)
{
    gr_refinement *refinement = &solver->refinement;
    gr_record_flag(record, &refinement->active);
    gr_record_refuse(record, refinement->active && !refinement->memory);
    if (!refinement->active || !refinement->memory) return;
    gr_record_doubles(record, 2 * solver->n, refinement->memory); /* theta, as pairs */
    gr_record_want_finite(record, 2 * solver->n, refinement->memory);
    gr_record_size(record, &refinement->still);
    gr_record_double(record, &refinement->least);
    remember_stop(&refinement->reason, record);
}

static void remember_proximal(gradus_solver *solver, gr_record *record)
{
    gr_proximal *proximal = &solver->proximal;
    if (!proximal->active) return;
    gr_proximal_prepare(solver);
    remember_point(solver, &proximal->ahead, record);
    gr_record_flag(record, &proximal->refused);
    gr_record_doubles(record, solver->f->model.X.rows, proximal->margins);
    for (size_t j = 0; j < solver->n; j++)
        gr_record_refuse(record, !(proximal->weights[j] > 0.0 && proximal->weights[j] <= 1e300));
    gr_record_want_finite(record, solver->n, proximal->ahead.theta);
    gr_record_want_finite(record, solver->n, proximal->ahead.gradient);
}

static void remember_curved(gradus_solver *solver, gr_record *record)
{
    gr_curved *curved = &solver->curved;
    if (!gr_curvature_runs(solver)) return;
    gr_record_double(record, &curved->promise);
    gr_record_flag(record, &curved->fresh);
    gr_record_flag(record, &curved->strayed);
    gr_record_size(record, &curved->held);
    gr_record_refuse(record, curved->held > solver->n);
}

/* ---- the order ---- */

/* Method and step rule follow from the metric, and so does the memory that these ask for. */
static void choose_again(gradus_solver *solver, gr_record *record)
{
    if (!gr_record_reads(record)) return;
    gr_choose_travel(solver);
    record->status = gr_search_prepare(solver);
    if (!record->status) record->status = gr_anchor_prepare(solver);
    if (!record->status) record->status = gr_refine_prepare(solver);
}

static void remember_metrics_memory(gradus_solver *solver, gr_record *record)
{
    gr_record_doubles(record, solver->n, solver->columns.center);
    gr_record_doubles(record, solver->n, solver->columns.scale);
    gr_record_double(record, &solver->factored.trace);
    if (solver->metric->remember) solver->metric->remember(solver, record);
}

static void remember_parts(gradus_solver *solver, gr_record *record)
{
    if (solver->method->remember) solver->method->remember(solver, record);
    if (solver->step->remember) solver->step->remember(solver, record);
    remember_leap(solver, record);
    remember_search(solver, record);
    gr_remember_compressed(solver, record);
    remember_anchor(solver, record);
    remember_refinement(solver, record);
    if (solver->batches.active) {
        remember_point(solver, &solver->batches.full, record);
        gr_record_want_finite(record, solver->n, solver->batches.full.theta);
    }
    remember_proximal(solver, record);
    remember_curved(solver, record);
}

/* A run that has ended does not go on: its report is all there is. */
void gr_remember(gradus_solver *solver, gr_record *record)
{
    remember_report(solver, record);
    if (record->status) return;
    if (solver->stop != GRADUS_STOP_RUNNING) {
        if (gr_record_reads(record)) gr_choose_travel(solver);
        return;
    }
    remember_metrics_memory(solver, record);
    choose_again(solver, record);
    remember_travel(solver, record);
    remember_options(&solver->options, record);
    if (!record->status) remember_parts(solver, record);
}
