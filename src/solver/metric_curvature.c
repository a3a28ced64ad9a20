/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What runs by coordinates have in the place of a metric: H, the Hessian of loss and ridge, for the model
 *
 *   s(theta + d) ~ s(theta) + grad s(theta)'d + d'Hd/2.
 *
 * For least squares it is the Gram matrix, read together with the start. Otherwise each row is weighted with the loss's curvature at an
 * iterate, or before the first step, where a loss says so, with that expected at the optimum; where X has very many rows a random sample of them
 * does. Every step then teaches H the curvature along itself, by the update of Broyden, Fletcher, Goldfarb and Shanno, and it is made
 * anew only where it has become poor.
 * Lee, Sun and Saunders, SIAM J. Optim. 24 (2014) 1420; Nocedal and Wright, Numerical Optimization, 2nd ed., section 6.1.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/loss.h"
#include "model/objective.h"
#include "model/options.h"
#include "model/penalty.h"
#include "solver/coordinate.h"
#include "solver/curvature.h"
#include "solver/metric.h"
#include "solver/options.h"
#include "solver/point.h"
#include "solver/record.h"
#include "solver/rounding.h"
#include "solver/state.h"

/* From how many rows an entry of theta on a sample is enough, and the rows an entry it has: between the two a row of so many of X. */
enum { SAMPLE_PAYS = 512, FEWEST = 64, MOST = 128, SHARE = 8 };

/*
 * How near to its minimum a model is brought, in units of its step: where X has at least this many rows a column a pass costs more than
 * that takes, and otherwise it is the next model that brings more.
 */
enum { TALL = 16 };
static const double near = 1e-10, near_enough = 1e-4;

/* So many coefficients have an H of their own even where X has fewer rows, and no more than so many where it has as many. */
enum { ALWAYS_WHOLE = 768, MOST_WHOLE = 4096 };

/* The same of several outputs, whose H takes the pass of every pair of them. */
enum { MOST_OF_OUTPUTS = 1024 };

/* A loss that bends nowhere else is taken to bend by this share of its bound. */
static const double least_share = 1e-3;

/* A pair whose curvature is this much less than H's is rounding. */
static const double least_curvature = 1e-4;

bool gr_curvature_applies(const gradus_objective *f, const gradus_options *o)
{
    const bool open = gr_all_automatic(o) && o->metric == GRADUS_METRIC_AUTOMATIC && !o->compress &&
                      !o->refine && o->batch.rows == 0 && !(o->clip > 0.0);
    const gr_penalty *h = &f->model.penalty;
    if (!open || !gr_objective_is_proximal(f)) return false;
    return gr_curvature_is_whole(f) || (h->lasso > 0.0 && gr_objective_is_model(f));
}

bool gr_curvature_is_whole(const gradus_objective *f)
{
    if (gr_objective_has_outputs(f)) return f->size <= MOST_OF_OUTPUTS;
    return f->size <= ALWAYS_WHOLE || (f->size <= f->model.X.rows && f->size <= MOST_WHOLE);
}

const gr_metric *gr_curvature_metric(const gradus_solver *solver)
{
    const bool quadratic = gr_model_is_quadratic(&solver->f->model);
    if (gr_objective_has_outputs(solver->f))
        return quadratic ? &gr_metric_curvature_outputs_gram : &gr_metric_curvature_outputs;
    if (!gr_curvature_is_whole(solver->f)) return quadratic ? &gr_metric_working_gram : &gr_metric_working;
    if (quadratic) return &gr_metric_curvature_gram;
    return solver->f->model.X.rows / SAMPLE_PAYS >= solver->n ? &gr_metric_curvature_sampled
                                                              : &gr_metric_curvature;
}

bool gr_curvature_runs(const gradus_solver *solver)
{
    const gr_metric *metric = solver->metric;
    return metric == &gr_metric_curvature_gram || metric == &gr_metric_curvature ||
           metric == &gr_metric_curvature_outputs_gram || metric == &gr_metric_curvature_outputs ||
           metric == &gr_metric_curvature_sampled || metric == &gr_metric_working_gram ||
           metric == &gr_metric_working;
}

static size_t rows_of_sample(const gradus_solver *solver)
{
    const size_t m = solver->f->model.X.rows, n = solver->n;
    if (solver->metric != &gr_metric_curvature_sampled) return m;
    return gr_min(m, gr_min(MOST * n, gr_max(FEWEST * n, m / SHARE)));
}

static void fill_lower(const gradus_solver *solver)
{
    double *H = solver->factored.matrix;
    for (size_t j = 0; j < solver->n; j++) {
        for (size_t i = 0; i < j; i++) H[j + i * solver->n] = H[i + j * solver->n];
    }
}

/* A column of which the sample has nothing but zeros, as that of a rare category may be */
static bool has_empty_column(const gradus_solver *solver)
{
    const double *H = solver->factored.matrix;
    for (size_t j = 0; j < solver->n; j++) {
        const double ridge = j < solver->f->model.X.cols ? solver->f->model.ridge : 0.0;
        if (!(H[j + j * solver->n] > ridge)) return true;
    }
    return false;
}

/* The rows' curvatures at the iterate, whose margins are those of the last evaluation */
static void write_curvatures(const gradus_solver *solver, bool expected)
{
    const gr_model *model = &solver->f->model;
    const gr_response response = gr_model_response(model);
    double *curvatures = solver->curved.curvatures;
    (expected ? gr_response_expected : gr_response_curvatures)(&response, 0, model->X.rows,
                                                               solver->proximal.margins, curvatures);
    const double least = least_share * model->loss->curvature_bound;
    for (size_t i = 0; isfinite(least) && i < model->X.rows; i++)
        curvatures[i] = fmax(curvatures[i], least * (model->weights ? model->weights[i] : 1.0));
}

static gradus_status read_outputs(gradus_solver *solver)
{
    const gradus_status status = gr_model_outputs_hessian(&solver->f->model, &solver->work,
                                                          &solver->allocator, solver->current.theta, false,
                                                          solver->factored.matrix);
    return status ? gr_error_plain(solver->options.error, status) : GRADUS_OK;
}

static gradus_status read_hessian(gradus_solver *solver)
{
    const gradus_status status = gr_model_curved_hessian(&solver->f->model, &solver->work, &solver->allocator,
                                                         solver->curved.curvatures, rows_of_sample(solver),
                                                         solver->factored.matrix);
    return status ? gr_error_plain(solver->options.error, status) : GRADUS_OK;
}

gradus_status gr_curvature_renew(gradus_solver *solver)
{
    const double before = gr_workspace_passes(solver->f, &solver->work);
    const bool outputs = gr_objective_has_outputs(solver->f);
    if (!outputs) write_curvatures(solver, solver->f->model.loss->expected && solver->iterations == 0);
    gradus_status status = outputs ? read_outputs(solver) : read_hessian(solver);
    if (!status && solver->metric == &gr_metric_curvature_sampled && has_empty_column(solver)) {
        solver->metric = &gr_metric_curvature;
        status = read_hessian(solver);
    }
    fill_lower(solver);
    solver->curved.fresh = true;
    solver->metric_passes += gr_workspace_passes(solver->f, &solver->work) - before;
    if (!status && solver->work.reader.cancelled) solver->stop = GRADUS_STOP_CANCELLED;
    return status;
}

/* Scratch, and for losses that are no quadratic H and the rows' curvatures */
static gradus_status take_memory(gradus_solver *solver)
{
    gr_curved *curved = &solver->curved;
    const gr_model *model = &solver->f->model;
    const size_t n = solver->n, m = model->several || gr_model_is_quadratic(model) ? 0 : model->X.rows;
    size_t scratch = 0, doubles;
    curved->chosen = (size_t *)gr_allocate(&solver->allocator, n, sizeof *curved->chosen);
    if (curved->chosen && gr_quadratic_doubles(n, &scratch) && gr_add(scratch, m, &doubles))
        curved->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!curved->memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    curved->curvatures = curved->memory + scratch;
    curved->q = (gr_quadratic){.n = n,
                               .H = solver->factored.matrix,
                               .cols = gr_model_penalised(model),
                               .penalty = &model->penalty,
                               .factor = curved->memory,
                               .chosen = curved->chosen,
                               .cancel = solver->options.cancel,
                               .solved = model->X.rows / TALL >= n ? near : near_enough};
    return GRADUS_OK;
}

static gradus_status prepare_gram(gradus_solver *solver)
{
    gr_because(solver, "a lasso or bounds: coordinate by coordinate on the Gram matrix");
    fill_lower(solver);
    return take_memory(solver);
}

/* H of all coefficients, of all outputs */
static gradus_status allocate_hessian(gradus_solver *solver)
{
    size_t doubles;
    if (gr_multiply(solver->n, solver->n, &doubles))
        solver->factored.matrix = gr_allocate_doubles(&solver->allocator, doubles);
    return solver->factored.matrix ? GRADUS_OK : gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
}

/* What the reads took is counted by the caller. */
static gradus_status prepare(gradus_solver *solver)
{
    gr_because(solver, "a lasso or bounds: coordinate by coordinate on the %s%s",
               gr_model_is_quadratic(&solver->f->model) ? "Gram matrix" : "Hessian",
               solver->metric == &gr_metric_curvature_sampled ? " of a random sample" : "");
    gradus_status status = allocate_hessian(solver);
    if (!status) status = take_memory(solver);
    if (status) return status;
    const double counted = solver->metric_passes;
    status = gr_curvature_renew(solver);
    solver->metric_passes = counted;
    return status;
}

void gr_curvature_learn(gradus_solver *solver, const gr_point *from, const gr_point *to)
{
    const size_t n = solver->n;
    double *H = solver->factored.matrix, *s = solver->curved.memory, *Hs = s + n, *y = s + 2 * n;
    solver->curved.fresh = solver->curved.strayed = false;
    if (gr_model_is_quadratic(&solver->f->model) || !solver->curved.memory) return;
    if (fabs(to->value - from->value) <= GR_VALUE_ROUNDING * fabs(from->value)) return;
    for (size_t j = 0; j < n; j++) {
        s[j] = to->theta[j] - from->theta[j];
        y[j] = to->gradient[j] - from->gradient[j];
    }
    for (size_t j = 0; j < n; j++) Hs[j] = gr_dot(n, H + j * n, s);
    const double old = gr_dot(n, s, Hs), new_ = gr_dot(n, s, y);
    if (!(new_ > least_curvature * old) || !(old > 0.0)) return;
    for (size_t j = 0; j < n; j++) {
        const double a = y[j] / new_, b = Hs[j] / old;
        for (size_t i = 0; i < n; i++) H[i + j * n] += y[i] * a - Hs[i] * b;
    }
}

/* H as the steps have taught it, both triangles: an update does not keep them equal to the last bit. */
static void remember(gradus_solver *solver, gr_record *record)
{
    if (gr_record_reads(record)) record->status = allocate_hessian(solver);
    if (gr_record_reads(record)) record->status = take_memory(solver);
    if (!record->status) gr_record_doubles(record, solver->n * solver->n, solver->factored.matrix);
}

const gr_metric gr_metric_curvature_gram = {.id = GRADUS_METRIC_GRAM,
                                            .name = "Gram",
                                            .needs_model = true,
                                            .from_hessian = true,
                                            .prepare = prepare_gram,
                                            .remember = remember};
const gr_metric gr_metric_curvature = {.id = GRADUS_METRIC_HESSIAN,
                                       .name = "Hessian",
                                       .needs_model = true,
                                       .prepare = prepare,
                                       .remember = remember};
const gr_metric gr_metric_curvature_sampled = {.id = GRADUS_METRIC_SAMPLED_HESSIAN,
                                               .name = "sampled Hessian",
                                               .needs_model = true,
                                               .prepare = prepare,
                                               .remember = remember};

/* Of several outputs together, nothing of it read with the start */
const gr_metric gr_metric_curvature_outputs = {
    .id = GRADUS_METRIC_HESSIAN, .name = "Hessian", .prepare = prepare, .remember = remember};
const gr_metric gr_metric_curvature_outputs_gram = {
    .id = GRADUS_METRIC_GRAM, .name = "Gram", .prepare = prepare, .remember = remember};
