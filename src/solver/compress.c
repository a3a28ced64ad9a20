/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Least squares without its rows: around an anchor a, with delta = theta - a,
 *
 *   phi(theta) = phi(a) + grad phi(a)'delta + delta'H delta / 2,     grad phi(theta) = grad phi(a) + H delta,
 *
 * n^2 operations where an evaluation on X takes 4 m n. Value and gradient at the anchor come from X, so that only the
 * rounding of H delta is left, and a new anchor at the end of a run removes that.
 */
#include "solver/compress.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/record.h"
#include "solver/state.h"
#include "solver/stop.h"

/* 1e4 roundings of 1e-16 stay below the 1e-10 that line searches take for the rounding of a value, with room to spare. */
#define LARGEST_RATIO 1e4

/* One BLAS call stays below the 9216 elements from which OpenBLAS 0.3.21 starts threads of its own. */
enum { CALL_ELEMENTS = 8192 };

/* Steps on X without progress, after the compressed form has made all it could. */
enum { POLISH_PATIENCE = 20 };

static bool take_memory(gradus_solver *solver)
{
    gr_compressed *c = &solver->compressed;
    const size_t p = solver->n;
    size_t square, doubles;
    if (!gr_multiply(p, p, &square) || !gr_add(square, 3 * p, &doubles)) return false;
    c->memory = gr_allocate_doubles(&solver->allocator, doubles);
    c->hessian = c->memory;
    c->delta = c->memory + square;
    c->anchor.theta = c->delta + p;
    c->anchor.gradient = c->anchor.theta + p;
    return c->memory != NULL;
}

/* Of the gradient at the iterate, in the metric. */
static double squared_norm(gradus_solver *solver)
{
    gr_steepest(solver, solver->current.gradient, solver->trial.gradient);
    return -gr_dot(solver->n, solver->current.gradient, solver->trial.gradient);
}

/* The iterate, evaluated on X, becomes the anchor. */
static void drop_anchor(gradus_solver *solver)
{
    gr_point *anchor = &solver->compressed.anchor;
    memcpy(anchor->theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(anchor->gradient, solver->current.gradient, solver->n * sizeof(double));
    anchor->value = solver->current.value;
    anchor->gradient_norm = solver->current.gradient_norm;
}

gradus_status gr_compress_begin(gradus_solver *solver, const double *P)
{
    const size_t p = solver->n;
    if (!take_memory(solver)) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    double *hessian = solver->compressed.hessian;
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) hessian[i + j * p] = hessian[j + i * p] = P[i + j * p];
    }
    drop_anchor(solver);
    solver->compressed.active = true;
    return GRADUS_OK;
}

/* out = H v */
static void multiply(const gradus_solver *solver, const double *v, double *out)
{
    const size_t p = solver->n, panel = gr_max(1, CALL_ELEMENTS / p);
    for (size_t j = 0; j < p; j += panel) {
        cblas_dgemv(CblasColMajor, CblasTrans, (int)p, (int)gr_min(panel, p - j), 1.0,
                    solver->compressed.hessian + j * p, (int)p, v, 1, 0.0, out + j, 1);
    }
}

void gr_compressed_evaluate(const gradus_solver *solver, gr_point *point, gr_outcome *outcome)
{
    const gr_compressed *c = &solver->compressed;
    const size_t p = solver->n;
    for (size_t j = 0; j < p; j++) c->delta[j] = point->theta[j] - c->anchor.theta[j];
    multiply(solver, c->delta, point->gradient);
    *outcome = gr_expand(solver, &c->anchor, c->delta, point);
}

double gr_compressed_curvature(const gradus_solver *solver, const double *v)
{
    multiply(solver, v, solver->compressed.delta);
    return gr_dot(solver->n, v, solver->compressed.delta);
}

/* A new anchor where the terms that make up the value have become so much larger than it that their rounding would show. */
gradus_status gr_compress_renew(gradus_solver *solver)
{
    const gr_compressed *c = &solver->compressed;
    if (!c->active || fabs(c->anchor.value) <= LARGEST_RATIO * fabs(solver->current.value)) return GRADUS_OK;
    gr_outcome outcome;
    const gradus_status status = gr_evaluate_again(solver, &outcome);
    if (status || outcome != GR_FINITE) return status;
    drop_anchor(solver);
    gr_forget_values(solver);
    return GRADUS_OK;
}

/* The direction at the iterate; its gradient has changed, so the method begins anew. */
static void look_again(gradus_solver *solver)
{
    if (!gr_restart(solver)) gr_direct(solver);
    solver->stop = gr_stop_check(solver);
}

/* What is left of the gradient is the compressed form's own rounding. A few steps on X show whether it is X's, too. */
static void leave(gradus_solver *solver)
{
    solver->compressed.active = false;
    if (!solver->asked_for_patience) solver->options.stop.patience = POLISH_PATIENCE;
}

gradus_status gr_compress_settle(gradus_solver *solver)
{
    const gradus_stop_reason reason = solver->stop;
    const double before = solver->compressed.squared_norm;
    gr_outcome outcome;
    const gradus_status status = gr_evaluate_again(solver, &outcome);
    if (status || outcome != GR_FINITE) return status;
    drop_anchor(solver);
    gr_forget_values(solver);
    const double now = squared_norm(solver);
    const bool nearer = before == 0.0 || now <= 0.25 * before;
    solver->compressed.squared_norm = now;
    if (!gradus_stop_converged(reason) && reason != GRADUS_STOP_STALLED) return GRADUS_OK;
    look_again(solver);
    if (solver->stop == GRADUS_STOP_RUNNING && !nearer) leave(solver);
    return GRADUS_OK;
}

void gr_remember_compressed(gradus_solver *solver, gr_record *record)
{
    gr_compressed *c = &solver->compressed;
    const size_t p = solver->n;
    gr_record_flag(record, &c->active);
    gr_record_double(record, &c->squared_norm);
    gr_record_refuse(record, c->active && !solver->options.compress);
    if (!c->active || record->status) return;
    if (gr_record_reads(record) && !take_memory(solver)) record->status = GRADUS_ERROR_MEMORY;
    if (record->status) return;
    gr_record_upper(record, p, c->hessian);
    for (size_t j = 0; gr_record_reads(record) && j < p; j++) {
        for (size_t i = 0; i < j; i++) c->hessian[j + i * p] = c->hessian[i + j * p];
    }
    gr_record_doubles(record, p, c->anchor.theta);
    gr_record_doubles(record, p, c->anchor.gradient);
    gr_record_double(record, &c->anchor.value);
}
