/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Least squares with a lasso and bounds, from its Gram matrix. With H = [X 1]'D[X 1]/W + ridge and the gradient g at theta, the
 * minimum along coordinate j is
 *
 *   theta_j <- soft(theta_j - g_j/H_jj, lambda/H_jj) within the bounds,     g <- g + change * H_j,
 *
 * 2 N operations for a coordinate that moves, few for one that does not. Coordinates that are not 0 go round until they have
 * settled, then all of them once; the run ends by the criteria of a proximal run, the duality gap first. One read of X for the whole path.
 * Friedman, Hastie and Tibshirani, J. Stat. Softw. 33 (2010) 1, the covariance updates.
 */
#include <float.h>
#include <math.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/dual.h"
#include "solver/path.h"
#include "solver/state.h"

/* Rounds of the coordinates at hand between two looks at all of them, and the change that is worth another round, in units of the
 * largest coordinate's. */
enum { ROUNDS = 200 };
static const double settled = 1e-3;

/* A round that moves nothing by more than this share of the largest coordinate has arrived. */
static const double rounding = 4.0 * DBL_EPSILON;

/* A path in progress. */
typedef struct descent {
    gradus_objective *f;
    const gradus_options *options;
    size_t n;            /* entries of theta */
    double *H, *origin;  /* both triangles; the gradient at 0 */
    double *theta, *g;   /* g: of loss and ridge at theta */
    double *scratch;     /* N doubles */
    double value_at_0;   /* of loss and ridge */
    double size;         /* of the largest coordinate, H_jj theta_j^2 */
    double start_norm;   /* of the gradient mapping at the start of the path */
    gradus_report point; /* what was measured last */
} descent;

static const double *column(const descent *d, size_t j)
{
    return d->H + j * d->n;
}

/* g = origin + H theta, without what the updates have gathered of rounding */
static void renew_gradient(descent *d)
{
    for (size_t i = 0; i < d->n; i++) d->g[i] = d->origin[i];
    for (size_t j = 0; j < d->n; j++) {
        const double *h = column(d, j), t = d->theta[j];
        if (!(t > 0.0 || t < 0.0)) continue;
        for (size_t i = 0; i < d->n; i++) d->g[i] += t * h[i];
    }
}

/* Where coordinate j has its minimum; a column without curvature stays. */
static double minimum_along(const descent *d, size_t j)
{
    const gr_penalty *h = &d->f->model.penalty;
    const double curvature = column(d, j)[j];
    if (!(curvature > 0.0)) return d->theta[j];
    const double v = d->theta[j] - d->g[j] / curvature;
    if (j == d->f->model.X.cols) return v;
    const double t = gr_soft_threshold(v, h->lasso / curvature);
    if (t < gr_penalty_lower(h, j)) return gr_penalty_lower(h, j);
    return t > gr_penalty_upper(h, j) ? gr_penalty_upper(h, j) : t;
}

/* Once round; the largest change in the units that curvature gives, H_jj change^2. In these units d->size is the largest coordinate. */
static double go_round(descent *d, bool all)
{
    double largest = 0.0;
    if (all) d->size = 0.0;
    for (size_t j = 0; j < d->n; j++) {
        if (!all && !(d->theta[j] > 0.0 || d->theta[j] < 0.0)) continue;
        const double next = minimum_along(d, j), change = next - d->theta[j];
        const double *h = column(d, j);
        if (all) d->size = fmax(d->size, h[j] * next * next);
        if (!(change > 0.0 || change < 0.0)) continue;
        d->theta[j] = next;
        for (size_t i = 0; i < d->n; i++) d->g[i] += change * h[i];
        largest = fmax(largest, h[j] * change * change);
    }
    d->point.iterations++;
    return largest;
}

/* Value, gradient mapping and gap at theta */
static void measure(descent *d)
{
    const gr_model *model = &d->f->model;
    double *mapping = d->scratch;
    const size_t cols = model->X.cols;
    double smooth = d->value_at_0;
    for (size_t j = 0; j < d->n; j++) {
        smooth += 0.5 * d->theta[j] * (d->origin[j] + d->g[j]); /* origin't + t'Ht/2 */
        mapping[j] = d->theta[j] - d->g[j];
    }
    gr_penalty_prox(&model->penalty, cols, NULL, 1.0, mapping);
    for (size_t j = 0; j < d->n; j++) mapping[j] = d->theta[j] - mapping[j];
    const double loss = fmax(smooth - 0.5 * gr_model_ridge(model, d->theta, d->theta), 0.0);
    d->point.value = smooth + gr_penalty_value(&model->penalty, cols, d->theta);
    d->point.gradient_norm = gr_norm(d->n, mapping);
    d->point.duality_gap = (double)NAN;
    if (gr_model_has_gap(model))
        d->point.duality_gap = gr_model_gap(model, d->theta, d->g, NULL, loss * model->total_weight);
}

/* The criteria that a proximal run has, where all coordinates have just moved by at most `change`. */
static gradus_stop_reason check(const descent *d, double change)
{
    const gradus_stop_criteria *stop = &d->options->stop;
    const volatile int *cancel = d->options->cancel;
    if (cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED)) return GRADUS_STOP_CANCELLED;
    if (stop->gap_tolerance > 0.0 && d->point.duality_gap <= stop->gap_tolerance * fabs(d->point.value))
        return GRADUS_STOP_DUALITY_GAP;
    if (stop->gradient_tolerance > 0.0 && d->point.gradient_norm <= stop->gradient_tolerance * d->start_norm)
        return GRADUS_STOP_GRADIENT;
    const bool far = d->point.duality_gap > GR_GAP_ARRIVED * fabs(d->point.value);
    if (!(change > rounding * rounding * d->size)) return far ? GRADUS_STOP_STALLED : GRADUS_STOP_NO_PROGRESS;
    return (int64_t)d->point.iterations >= stop->max_iterations ? GRADUS_STOP_MAX_ITERATIONS
                                                                : GRADUS_STOP_RUNNING;
}

/* The lasso at hand, from theta as it is */
static void solve(descent *d)
{
    renew_gradient(d);
    d->point.iterations = 0;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    while (reason == GRADUS_STOP_RUNNING) {
        const double largest = go_round(d, true);
        double change = largest;
        for (int k = 0; k < ROUNDS && change > settled * settled * largest; k++) change = go_round(d, false);
        measure(d);
        reason = check(d, largest);
    }
    renew_gradient(d);
    measure(d);
    d->point.stop = reason;
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
        gr_path_set(d->f, lambdas[k]);
        solve(d);
        d->point.seconds = gr_seconds() - started;
        report(d, reports + k);
        for (size_t j = 0; j < d->n; j++) thetas[k * d->n + j] = d->theta[j];
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
    const gradus_status status = gr_model_hessian(model, &work, allocator, d->theta, false, &d->value_at_0,
                                                  d->origin, d->H);
    d->point.passes = d->point.metric_passes = gr_workspace_passes(d->f, &work);
    *finite = !status && !work.reader.cancelled && isfinite(d->value_at_0) &&
              isfinite(gr_norm(d->n, d->origin));
    for (size_t j = 0; *finite && j < d->n; j++) {
        for (size_t i = 0; i <= j; i++) d->H[j + i * d->n] = d->H[i + j * d->n];
        *finite = isfinite(gr_norm(j + 1, d->H + j * d->n));
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
    return open && f->model.loss->quadratic && !(f->model.penalty.radius > 0.0) && f->size <= f->model.X.rows;
}

static void begin(descent *d, double *memory)
{
    const size_t n = d->n;
    d->H = memory;
    d->origin = memory + n * n;
    d->theta = d->origin + n;
    d->g = d->theta + n;
    d->scratch = d->g + n;
    d->point = gr_report_empty();
    d->point.method = GRADUS_METHOD_COORDINATE;
    d->point.metric = GRADUS_METRIC_GRAM;
    d->point.step_rule = GRADUS_STEP_EXACT;
    d->point.evaluations = d->point.exact = 1;
}

gradus_status gr_path_by_gram(gradus_objective *f, const double *lambdas, size_t count,
                              const gradus_options *options, double *thetas, gradus_report *reports,
                              bool *done)
{
    const gradus_allocator allocator = gr_allocator(options->allocator);
    descent d = {.f = f, .options = options, .n = f->size};
    size_t doubles;
    double *memory = NULL;
    if (!applies(f, options) || count == 0) return GRADUS_OK;
    if (gr_multiply(d.n, d.n + 4, &doubles)) memory = gr_allocate_doubles(&allocator, doubles);
    if (!memory) return GRADUS_ERROR_MEMORY;
    begin(&d, memory);
    const gradus_status status = read_gram(&d, &allocator, done);
    if (!status && *done) {
        gr_path_set(f, lambdas[0]);
        gr_penalty_project(&f->model.penalty, f->model.X.cols, d.theta);
        renew_gradient(&d);
        measure(&d);
        d.start_norm = d.point.gradient_norm;
        follow(&d, lambdas, count, thetas, reports);
    }
    gr_release(&allocator, memory);
    return status;
}
