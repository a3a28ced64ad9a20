/* SPDX-License-Identifier: BSD-3-Clause */
/* A linear model as an objective: the weighted mean loss plus the ridge penalty. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/options.h"

void gr_model_set_lasso(gr_model *model, double lasso)
{
    model->penalty.lasso = lasso;
    model->proximal = !gr_penalty_is_nothing(&model->penalty, gr_model_penalised(model));
}

double gr_model_intercept(const gr_model *model, const double *theta)
{
    return model->intercept ? theta[model->X.cols] : 0.0;
}

gr_response gr_model_response(const gr_model *model)
{
    return (gr_response){model->loss, model->y, model->weights, model->offset, model->huber};
}

double gr_model_ridge(const gr_model *model, const double *u, const double *v)
{
    return model->ridge > 0.0 ? model->ridge * gr_dot(model->X.cols, u, v) : 0.0;
}

/*
 * A division takes as long as eight multiplications, and in 1000 columns that is a third of a microsecond; by the inverse the
 * result has one rounding more. Where that is not a normal number, W being at the ends of double's range, gr_model_finish divides.
 */
double gr_model_share(const gr_model *model)
{
    const double inverse = 1.0 / model->total_weight;
    return isnormal(inverse) ? inverse : 1.0;
}

void gr_model_finish(const gr_model *model, const gr_sums *sums, const double *theta, double *value,
                     double *gradient)
{
    const size_t n = model->X.cols;
    const double W = model->total_weight;
    *value = sums->loss / W + 0.5 * gr_model_ridge(model, theta, theta);
    if (!gradient) return;
    for (size_t j = 0; !isnormal(1.0 / W) && j < n; j++) gradient[j] /= W;
    for (size_t j = 0; model->ridge > 0.0 && j < n; j++) gradient[j] += model->ridge * theta[j];
    if (model->intercept) gradient[n] = sums->residual / W;
}

static gradus_status evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                              double *value, double *gradient)
{
    const gr_model *model = &f->model;
    const gr_response response = gr_model_response(model);
    const gr_evaluation at = {.theta = theta,
                              .intercept = gr_model_intercept(model, theta),
                              .pointwise = gr_response_pointwise,
                              .context = &response,
                              .sums = &work->sums,
                              .share = gr_model_share(model),
                              .gradient = gradient,
                              .margins = work->margins,
                              .residual = model->intercept};
    gr_pass_gradient(&work->reader, &at);
    gr_model_finish(model, &work->sums, theta, value, gradient);
    return GRADUS_OK;
}

static double curvature(const gradus_objective *f, gr_workspace *work, const double *v)
{
    const gr_model *model = &f->model;
    const double square = gr_pass_product_norm(&work->reader, v, gr_model_intercept(model, v),
                                               model->weights);
    return square / model->total_weight + gr_model_ridge(model, v, v);
}

gradus_status gr_model_find_bad_data(gr_workspace *work, gradus_error *error)
{
    size_t row, column;
    double measured;
    if (gr_pass_finite(&work->reader, &row, &column, &measured)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(row, column, measured),
                    "X[%zu][%zu] is %g; every element must be finite", row, column, measured);
}

static int workspace_threads(const gr_model *model, int limit)
{
    return gr_reader_threads(&model->X, limit);
}

static bool workspace_doubles(const gr_model *model, int threads, size_t *doubles)
{
    return gr_reader_doubles(&model->X, threads, doubles);
}

static gr_workspace open_workspace(const gr_model *model, int threads, double *memory,
                                   const volatile int *cancel)
{
    return (gr_workspace){.reader = gr_reader_open(&model->X, threads, memory, cancel)};
}

static const gr_objective_kind quadratic_model = {.name = "quadratic model",
                                                  .evaluate = evaluate,
                                                  .curvature = curvature,
                                                  .find_bad_data = gr_model_find_bad_data,
                                                  .evaluate_batch = gr_model_evaluate_batch,
                                                  .threads = workspace_threads,
                                                  .doubles = workspace_doubles,
                                                  .open = open_workspace};
static const gr_objective_kind general_model = {.name = "model",
                                                .evaluate = evaluate,
                                                .find_bad_data = gr_model_find_bad_data,
                                                .evaluate_batch = gr_model_evaluate_batch,
                                                .threads = workspace_threads,
                                                .doubles = workspace_doubles,
                                                .open = open_workspace};

/* Do the constraints allow every multiple of a direction, and of classes the mean over any of them? */
static bool allows_separation(const gr_model *model)
{
    const gr_penalty *h = &model->penalty;
    const size_t cols = model->X.cols, n = gr_model_penalised(model);
    if (!gr_penalty_is_cone(h, n)) return false;
    for (size_t j = cols; j < n; j++) {
        const bool lower = isinf(gr_penalty_lower(h, j)) == isinf(gr_penalty_lower(h, j % cols));
        const bool upper = isinf(gr_penalty_upper(h, j)) == isinf(gr_penalty_upper(h, j % cols));
        if (!lower || !upper) return false;
    }
    return true;
}

bool gr_objective_separated(const gradus_objective *f, const gr_workspace *work)
{
    const bool has_rows = gr_objective_is_model(f) || gr_objective_has_outputs(f);
    if (!has_rows || f->model.ridge > 0.0) return false;
    if (f->model.proximal && !allows_separation(&f->model)) return false;
    return work->sums.separation > 0.0 && work->sums.separation <= (double)INFINITY;
}

const gr_objective_kind *gr_least_squares_kind(void)
{
    return &quadratic_model;
}

static gradus_status make(const gradus_matrix *X, const double *y, const gradus_model_options *given,
                          const gr_loss *loss, bool negated, gradus_objective **objective)
{
    gradus_model_options options;
    gradus_objective made = {.kind = loss->quadratic ? &quadratic_model : &general_model, .negated = negated};
    gradus_status status = gr_model_options_read(given, &options);
    if (status) return status;
    if (!objective) return gr_error_plain(options.error, GRADUS_ERROR_NULL);
    status = gr_model_make(X, y, &options, loss, &made.model);
    if (status) return status;
    made.size = gr_model_size(&made.model);
    made.allocator = gr_allocator(options.allocator);
    gradus_objective *f = gr_objective_new(&made);
    if (!f) return gr_error_plain(options.error, GRADUS_ERROR_MEMORY);
    *objective = f;
    return GRADUS_OK;
}

gradus_status gradus_least_squares(const gradus_matrix *X, const double *y,
                                   const gradus_model_options *options, gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_squares, false, objective);
}

gradus_status gradus_logistic(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                              gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_logistic, false, objective);
}

gradus_status gradus_log_likelihood(const gradus_matrix *X, const double *y,
                                    const gradus_model_options *options, gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_logistic, true, objective);
}

gradus_status gradus_poisson(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_poisson, false, objective);
}

gradus_status gradus_huber(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                           gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_huber, false, objective);
}

gradus_status gradus_squared_hinge(const gradus_matrix *X, const double *y,
                                   const gradus_model_options *options, gradus_objective **objective)
{
    return make(X, y, options, &gr_loss_squared_hinge, false, objective);
}
