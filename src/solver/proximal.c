/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * phi = s + h: s, loss and ridge, has a gradient, h, lasso and constraints, a proximal operator. What takes the place of the
 * gradient's norm is that of the gradient mapping
 *
 *   G(theta) = theta - prox_h(theta - grad s(theta)),
 *
 * 0 at the minimum alone, and grad s itself where h is 0. Nesterov, Math. Program. 140 (2013) 125.
 */
#include "solver/proximal.h"

#include <math.h>

#include "base/size.h"
#include "base/vector.h"
#include "model/dual.h"
#include "model/objective.h"
#include "model/options.h"
#include "model/penalty.h"
#include "solver/curvature.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/record.h"
#include "solver/state.h"

/* y, its gradient, G, and P */
enum { VECTORS = 4 };

bool gr_proximal_doubles(const gradus_solver *solver, size_t *doubles)
{
    size_t vectors;
    *doubles = 0;
    if (!solver->proximal.active) return true;
    return gr_multiply(solver->n, VECTORS, &vectors) && gr_add(vectors, solver->f->model.X.rows, doubles);
}

void gr_proximal_open(gradus_solver *solver, double *memory)
{
    gr_proximal *proximal = &solver->proximal;
    const size_t n = solver->n;
    if (!proximal->active) return;
    proximal->ahead.theta = memory;
    proximal->ahead.gradient = memory + n;
    proximal->mapping = memory + 2 * n;
    proximal->weights = memory + 3 * n;
    proximal->margins = memory + VECTORS * n;
    solver->work.margins = proximal->margins;
}

void gr_proximal_project(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    if (solver->proximal.active)
        gr_penalty_project(&model->penalty, gr_model_penalised(model), solver->current.theta);
}

/* What P of a column far from 1 in size becomes, whose square no double holds: P is but a measure of steps, which the search corrects. */
static const double least_weight = 1e-300, most_weight = 1e300;

/* The diagonal of P, by columns.scale where the metric is DIAGONAL */
void gr_proximal_prepare(gradus_solver *solver)
{
    gr_proximal *proximal = &solver->proximal;
    const double *root = solver->metric == &gr_metric_diagonal ? solver->columns.scale : NULL;
    if (!proximal->active) return;
    const size_t p = gr_model_size(&solver->f->model);
    for (size_t j = 0; j < solver->n; j++)
        proximal->weights[j] = root ? fmin(fmax(root[j % p] * root[j % p], least_weight), most_weight) : 1.0;
}

static void map_gradient(const gradus_solver *solver, const gr_point *point, double *mapping)
{
    const gr_model *model = &solver->f->model;
    const size_t n = gr_model_penalised(model), p = gr_model_size(model);
    for (size_t j = 0; j < solver->n; j++) mapping[j] = point->theta[j] - point->gradient[j];
    gr_penalty_prox(&model->penalty, n, NULL, 1.0, mapping);
    for (size_t j = 0; j < n; j++) {
        const size_t at = gr_penalty_place(&model->penalty, j);
        mapping[at] = point->theta[at] - mapping[at];
    }
    for (size_t last = p; model->intercept && last <= solver->n; last += p)
        mapping[last - 1] = point->gradient[last - 1];
}

/* The last column of a Gram matrix with intercept, or of its first output's block */
static const double *column_means(const gradus_solver *solver)
{
    const bool gram = solver->metric == &gr_metric_curvature_gram ||
                      solver->metric == &gr_metric_curvature_outputs_gram;
    const bool known = gram && solver->factored.matrix && solver->f->model.intercept;
    return known ? solver->factored.matrix + (gr_model_size(&solver->f->model) - 1) * solver->n : NULL;
}

void gr_proximal_measure(gradus_solver *solver, gr_point *point)
{
    gr_proximal *proximal = &solver->proximal;
    const gr_model *model = &solver->f->model;
    map_gradient(solver, point, proximal->mapping);
    point->gradient_norm = gr_norm(solver->n, proximal->mapping);
    point->penalty = gr_penalty_value(&model->penalty, gr_model_penalised(model), point->theta);
    point->value += point->penalty;
    point->gap = (double)NAN;
    if (!gr_model_has_gap(model)) return;
    point->gap = gr_model_gap(model, &solver->work, point->theta, point->gradient, proximal->margins,
                              solver->work.sums.loss, column_means(solver));
}

/* What the criteria and the monitor look at: G at the iterate, and its square in the metric */
static void look(gradus_solver *solver)
{
    gr_proximal *proximal = &solver->proximal;
    map_gradient(solver, &solver->current, proximal->mapping);
    solver->squared_norm = 0.0;
    for (size_t j = 0; j < solver->n; j++)
        solver->squared_norm += proximal->mapping[j] * proximal->mapping[j] / proximal->weights[j];
    solver->slope = -solver->squared_norm;
}

const gr_method gr_method_proximal_gradient = {
    .id = GRADUS_METHOD_GRADIENT, .name = "proximal gradient", .direct = look};
const gr_method gr_method_coordinate = {
    .id = GRADUS_METHOD_COORDINATE, .name = "coordinate", .direct = look, .learn = gr_curvature_learn};

/* FISTA's t; its points are those of every proximal run. */
static void remember_fista(gradus_solver *solver, gr_record *record)
{
    gr_record_double(record, &solver->inertia);
}

const gr_method gr_method_fista = {
    .id = GRADUS_METHOD_NESTEROV, .name = "FISTA", .direct = look, .remember = remember_fista};
