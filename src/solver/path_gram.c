/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Least squares with a lasso and bounds, from its Gram matrix H = [X 1]'D[X 1]/W + ridge: a quadratic that coordinate.c solves for one
 * lasso after another. The run ends by the criteria of a proximal run, the duality gap first. One read of X for the whole path.
 */
#include <math.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/dual.h"
#include "model/linear.h"
#include "model/objective.h"
#include "model/penalty.h"
#include "solver/coordinate.h"
#include "solver/curvature.h"
#include "solver/options.h"
#include "solver/path.h"
#include "solver/report.h"
#include "solver/rounding.h"

/* Times that a run may go on because its gap was nothing but rounding */
enum { RENEWALS = 8 };

/* A path in progress. */
typedef struct descent {
    gradus_objective *f;
    const gradus_options *options;
    bool asked_for_gradient; /* by the caller: then the gap has no word in it */
    gr_quadratic q;          /* at theta, with the gradient of loss and ridge there */
    double *H, *origin;      /* both triangles; the gradient at 0 */
    double *scratch;         /* N doubles */
    double value_at_0;       /* of loss and ridge */
    double start_norm;       /* of the gradient mapping at the start of the path */
    gradus_report point;     /* what was measured last */
} descent;

/* g = origin + H theta, without what the updates have gathered of rounding */
static void renew_gradient(descent *d)
{
    const gr_quadratic *q = &d->q;
    for (size_t i = 0; i < q->n; i++) q->g[i] = d->origin[i];
    for (size_t j = 0; j < q->n; j++) {
        if (q->x[j] > 0.0 || q->x[j] < 0.0) gr_quadratic_add_column(q, j, q->x[j]);
    }
}

/* Value, gradient mapping and gap at theta */
static void measure(descent *d)
{
    const gr_model *model = &d->f->model;
    double *mapping = d->scratch;
    const size_t cols = model->X.cols;
    double smooth = d->value_at_0;
    for (size_t j = 0; j < d->q.n; j++) {
        smooth += 0.5 * d->q.x[j] * (d->origin[j] + d->q.g[j]); /* origin't + t'Ht/2 */
        mapping[j] = d->q.x[j] - d->q.g[j];
    }
    gr_penalty_prox(&model->penalty, cols, NULL, 1.0, mapping);
    for (size_t j = 0; j < d->q.n; j++) mapping[j] = d->q.x[j] - mapping[j];
    const double loss = fmax(smooth - 0.5 * gr_model_ridge(model, d->q.x, d->q.x), 0.0);
    d->point.value = smooth + gr_penalty_value(&model->penalty, cols, d->q.x);
    d->point.gradient_norm = gr_norm(d->q.n, mapping);
    d->point.duality_gap = (double)NAN;
    if (gr_model_has_gap(model))
        d->point.duality_gap = gr_model_gap(model, NULL, d->q.x, d->q.g, NULL, loss * model->total_weight,
                                            d->H + (d->q.n - 1) * d->q.n);
}

static bool is_far(const descent *d)
{
    return d->point.duality_gap > GR_GAP_ARRIVED * fabs(d->point.value);
}

/* The criteria that a proximal run has, where all coordinates have just moved by at most `change`. */
static gradus_stop_reason check(descent *d, double change)
{
    const gradus_stop_criteria *stop = &d->options->stop;
    if (gr_quadratic_cancelled(&d->q)) return GRADUS_STOP_CANCELLED;
    if (stop->gap_tolerance > 0.0 && d->point.duality_gap <= stop->gap_tolerance * fabs(d->point.value))
        return GRADUS_STOP_DUALITY_GAP;
    const bool far = is_far(d);
    const bool small = stop->gradient_tolerance > 0.0 &&
                       d->point.gradient_norm <= stop->gradient_tolerance * d->start_norm;
    if (small && (d->asked_for_gradient || !far)) return GRADUS_STOP_GRADIENT;
    if (!gr_quadratic_moves(&d->q, change)) return far ? GRADUS_STOP_STALLED : GRADUS_STOP_NO_PROGRESS;
    return (int64_t)d->point.iterations >= stop->max_iterations ? GRADUS_STOP_MAX_ITERATIONS
                                                                : GRADUS_STOP_RUNNING;
}

/* Rounds until a criterion holds; RUNNING where it does no longer without the rounding that the updates have gathered */
static gradus_stop_reason go_round(descent *d)
{
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    while (reason == GRADUS_STOP_RUNNING) {
        const double change = gr_quadratic_cycle(&d->q);
        d->point.iterations = d->q.rounds;
        measure(d);
        reason = check(d, change);
    }
    renew_gradient(d);
    measure(d);
    if (!is_far(d)) return reason;
    if (reason == GRADUS_STOP_NO_PROGRESS) return GRADUS_STOP_STALLED;
    const bool by_rounding = reason == GRADUS_STOP_DUALITY_GAP ||
                             (reason == GRADUS_STOP_GRADIENT && !d->asked_for_gradient);
    return by_rounding ? GRADUS_STOP_RUNNING : reason;
}

/* The lasso at hand, from theta as it is */
static void solve(descent *d)
{
    renew_gradient(d);
    d->q.rounds = 0;
    d->point.stop = GRADUS_STOP_RUNNING;
    for (int k = 0; k < RENEWALS && d->point.stop == GRADUS_STOP_RUNNING; k++) d->point.stop = go_round(d);
    if (d->point.stop == GRADUS_STOP_RUNNING) d->point.stop = GRADUS_STOP_STALLED;
}

static void report(const descent *d, gradus_report *out)
{
    *out = d->point;
    if (d->f->negated) out->value = -out->value;
    out->best_value = out->value;
    out->best_iteration = out->iterations;
}

static void follow(descent *d, const double *lambdas, size_t count, double *thetas, gradus_report *reports)
{
    for (size_t k = 0; k < count; k++) {
        const double started = gr_seconds();
        gr_model_set_lasso(&d->f->model, lambdas[k]);
        solve(d);
        d->point.seconds = gr_seconds() - started;
        report(d, reports + k);
        for (size_t j = 0; j < d->q.n; j++) thetas[k * d->q.n + j] = d->q.x[j];
        d->point.passes = d->point.metric_passes = 0.0;
        d->point.evaluations = 0;
    }
}

/* Value, gradient and H at 0 in one read; false where the numbers are not finite, for a solve on X to blame. */
static gradus_status read_gram(descent *d, const gradus_allocator *allocator, bool *finite)
{
    const gr_model *model = &d->f->model;
    const int threads = gr_workspace_threads(d->f, d->options->threads);
    size_t doubles;
    double *lent = NULL;
    if (gr_workspace_doubles(d->f, threads, &doubles)) lent = gr_allocate_doubles(allocator, doubles);
    if (!lent) return GRADUS_ERROR_MEMORY;
    gr_workspace work = gr_workspace_open(d->f, threads, lent, d->options->cancel);
    const gradus_status status = gr_model_hessian(model, &work, allocator, d->q.x, false, &d->value_at_0,
                                                  d->origin, d->H);
    d->point.passes = d->point.metric_passes = gr_workspace_passes(d->f, &work);
    *finite = !status && !work.reader.cancelled && isfinite(d->value_at_0) &&
              isfinite(gr_norm(d->q.n, d->origin));
    for (size_t j = 0; *finite && j < d->q.n; j++) {
        for (size_t i = 0; i <= j; i++) d->H[j + i * d->q.n] = d->H[i + j * d->q.n];
        *finite = isfinite(gr_norm(j + 1, d->H + j * d->q.n));
    }
    gr_release(allocator, lent);
    return status;
}

/* Everything left open, least squares, penalties that go coordinate by coordinate, and a Gram matrix no larger than X */
static bool applies(const gradus_objective *f, const gradus_options *o)
{
    const bool open = gr_all_automatic(o) && o->metric == GRADUS_METRIC_AUTOMATIC && !o->compress &&
                      !o->refine && o->batch.rows == 0 && !(o->clip > 0.0) && !o->monitor &&
                      !(o->stop.seconds > 0.0) && !(o->stop.step_tolerance > 0.0) &&
                      !(o->stop.value_tolerance > 0.0);
    return open && gr_objective_is_model(f) && f->model.loss->quadratic && !(f->model.penalty.radius > 0.0) &&
           gr_curvature_is_whole(f);
}

static void begin(descent *d, double *memory, size_t *chosen)
{
    const size_t n = d->f->size;
    d->H = memory;
    d->origin = memory + n * n;
    d->scratch = d->origin + n;
    d->q = (gr_quadratic){.n = n,
                          .cols = d->f->model.X.cols,
                          .H = d->H,
                          .penalty = &d->f->model.penalty,
                          .x = d->scratch + n,
                          .g = d->scratch + 2 * n,
                          .factor = d->scratch + 3 * n,
                          .cancel = d->options->cancel};
    d->q.chosen = chosen;
    d->point = gr_report_empty();
    d->point.method = GRADUS_METHOD_COORDINATE;
    d->point.metric = GRADUS_METRIC_GRAM;
    d->point.step_rule = GRADUS_STEP_EXACT;
    d->point.evaluations = d->point.exact = 1;
}

gradus_status gr_path_by_gram(gradus_objective *f, const double *lambdas, size_t count,
                              const gradus_options *options, bool asked_for_gradient, double *thetas,
                              gradus_report *reports, bool *done)
{
    const gradus_allocator allocator = gr_allocator(options->allocator);
    descent d = {.f = f, .options = options, .asked_for_gradient = asked_for_gradient};
    const size_t n = f->size;
    size_t doubles, scratch;
    double *memory = NULL;
    if (!applies(f, options) || count == 0) return GRADUS_OK;
    size_t *chosen = (size_t *)gr_allocate(&allocator, n, sizeof *chosen);
    if (chosen && gr_multiply(n, n + 4, &doubles) && gr_quadratic_doubles(n, &scratch) &&
        gr_add(doubles, scratch, &doubles))
        memory = gr_allocate_doubles(&allocator, doubles);
    if (memory) begin(&d, memory, chosen);
    const gradus_status status = memory ? read_gram(&d, &allocator, done) : GRADUS_ERROR_MEMORY;
    if (!status && *done) {
        gr_model_set_lasso(&f->model, lambdas[0]);
        gr_penalty_project(&f->model.penalty, f->model.X.cols, d.q.x);
        renew_gradient(&d);
        measure(&d);
        d.start_norm = d.point.gradient_norm;
        follow(&d, lambdas, count, thetas, reports);
    }
    gr_release(&allocator, memory);
    gr_release(&allocator, chosen);
    return status;
}
