/* SPDX-License-Identifier: BSD-3-Clause */
/* A model with several outputs as an objective: k columns of coefficients, one behind the other, in one pass. */
#include <limits.h>
#include <math.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/options.h"

/* Value and gradient (may be NULL) from what a pass has added up: [X 1]'R/W + lambda Theta, the intercepts excepted */
static void finish(const gr_model *model, const gr_sums *sums, const double *theta, double *value,
                   double *gradient)
{
    const size_t n = model->X.cols, p = gr_model_size(model);
    double penalty = 0.0;
    for (size_t c = 0; c < model->outputs; c++)
        penalty += gr_model_ridge(model, theta + c * p, theta + c * p);
    *value = sums->loss / model->total_weight + 0.5 * penalty;
    for (size_t c = 0; gradient && c < model->outputs; c++) {
        double *of_output = gradient + c * p;
        for (size_t j = 0; j < p; j++) of_output[j] /= model->total_weight;
        for (size_t j = 0; j < n; j++) of_output[j] += model->ridge * theta[c * p + j];
    }
}

static size_t minima_of(const gr_model *model)
{
    return model->several->minima ? model->several->minima(model->outputs) : 0;
}

static int workspace_threads(const gr_model *model, int limit)
{
    return gr_outputs_threads(&model->X, model->outputs, limit);
}

/* Behind what the pass needs, the minima and two partitions, where there are classes */
static bool workspace_doubles(const gr_model *model, int threads, size_t *doubles)
{
    const size_t minima = minima_of(model), partitions = minima > 0 ? 2 * model->outputs : 0;
    size_t notes;
    return gr_outputs_doubles(&model->X, model->outputs, minima, threads, doubles) &&
           gr_add(minima, partitions, &notes) && gr_add(*doubles, notes, doubles);
}

static gr_workspace open_workspace(const gr_model *model, int threads, double *memory,
                                   const volatile int *cancel)
{
    _Static_assert(sizeof(size_t) <= sizeof(double), "a class's group takes the place of a double");
    const size_t k = model->outputs, minima = minima_of(model);
    gr_workspace work = {
        .reader = gr_outputs_open(&model->X, k, minima, threads, memory, cancel),
    };
    size_t doubles;
    if (minima == 0 || !gr_outputs_doubles(&model->X, k, minima, threads, &doubles)) return work;
    work.looks = model->ridge <= 0.0;
    work.least = memory + doubles;
    work.groups.of = (size_t *)(work.least + minima);
    work.proof.of = work.groups.of + k;
    return work;
}

gr_outputs_response gr_model_outputs_response(const gr_model *model)
{
    return (gr_outputs_response){.y = model->y,
                                 .weights = model->weights,
                                 .offset = model->offset,
                                 .rows = model->X.rows,
                                 .outputs = model->outputs};
}

static gradus_status evaluate(const gradus_objective *f, gr_workspace *work, const double *theta,
                              double *value, double *gradient)
{
    const gr_model *model = &f->model;
    gr_outputs_response response = gr_model_outputs_response(model);
    response.looks = work->looks;
    response.groups = &work->groups;
    response.losses = work->margins;
    const gr_outputs_evaluation at = {.outputs = model->outputs,
                                      .theta = theta,
                                      .intercept = model->intercept,
                                      .pointwise = model->several->pointwise,
                                      .context = &response,
                                      .sums = &work->sums,
                                      .gradient = gradient,
                                      .minima = work->looks ? minima_of(model) : 0,
                                      .least = work->least};
    gr_pass_outputs(&work->reader, &at);
    if (at.minima > 0)
        work->sums.separation = gr_classes_separation(model->outputs, work->least, &work->groups,
                                                      &work->proof);
    finish(model, &work->sums, theta, value, gradient);
    return GRADUS_OK;
}

/* margins *= w; the loss is sum w_i z_ic^2 */
static void square(const void *context, size_t first, size_t rows, double *margins, double *loss,
                   double *least) /* NOLINT(readability-non-const-parameter): the type is given */
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    for (size_t c = 0; c < response->outputs; c++) {
        for (size_t i = 0; i < rows; i++) {
            double *z = margins + c * rows + i;
            const double before = *z;
            if (response->weights) *z *= response->weights[first + i];
            *loss += *z * before;
        }
    }
    (void)least;
}

static double curvature(const gradus_objective *f, gr_workspace *work, const double *v)
{
    const gr_model *model = &f->model;
    const gr_outputs_response response = {.weights = model->weights, .outputs = model->outputs};
    const size_t p = gr_model_size(model);
    gr_sums sums;
    const gr_outputs_evaluation at = {.outputs = model->outputs,
                                      .theta = v,
                                      .intercept = model->intercept,
                                      .pointwise = square,
                                      .context = &response,
                                      .sums = &sums};
    gr_pass_outputs(&work->reader, &at);
    double penalty = 0.0;
    for (size_t c = 0; c < model->outputs; c++) penalty += gr_model_ridge(model, v + c * p, v + c * p);
    return sums.loss / model->total_weight + penalty;
}

static const gr_objective_kind quadratic_outputs = {.name = "quadratic model with several outputs",
                                                    .evaluate = evaluate,
                                                    .curvature = curvature,
                                                    .find_bad_data = gr_model_find_bad_data,
                                                    .threads = workspace_threads,
                                                    .doubles = workspace_doubles,
                                                    .open = open_workspace};
static const gr_objective_kind general_outputs = {.name = "model with several outputs",
                                                  .evaluate = evaluate,
                                                  .find_bad_data = gr_model_find_bad_data,
                                                  .threads = workspace_threads,
                                                  .doubles = workspace_doubles,
                                                  .open = open_workspace};

/* The largest label plus 1, at least 2; what is no label does not count */
static size_t count_classes(const gradus_matrix *X, const double *y)
{
    double largest = 1.0;
    for (size_t i = 0; i < X->rows; i++) {
        if (y[i] > largest && y[i] <= (double)INT_MAX) largest = y[i];
    }
    return (size_t)largest + 1;
}

static gradus_status check_classes(const gradus_matrix *X, const double *y, size_t classes,
                                   gradus_error *error)
{
    for (size_t i = 0; i < X->rows; i++) {
        if (y[i] >= 0.0 && y[i] <= (double)(classes - 1) && y[i] == floor(y[i])) continue;
        return gr_error(
            error, GRADUS_ERROR_LABEL, gr_fault_at(i, GRADUS_NOWHERE, y[i]),
            "the label of row %zu is %.17g; with %zu classes it must be a whole number from 0 to %zu", i,
            y[i], classes, classes - 1);
    }
    return GRADUS_OK;
}

/* What is made for one output alone. */
static gradus_status refuse_options(const gradus_model_options *options)
{
    if (!options->low) return GRADUS_OK;
    return gr_error(options->error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "low is set, but it is for least squares with one output alone");
}

/* A model whose response is not yet checked */
static gradus_status begin(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                           const gr_outputs_loss *loss, size_t outputs, gr_model *model)
{
    gradus_status status = refuse_options(options);
    if (!status) status = gr_model_begin(X, y, options, model);
    if (status) return status;
    model->several = loss;
    model->bound = loss->curvature_bound;
    model->outputs = outputs;
    return GRADUS_OK;
}

static gradus_status check_responses(const gradus_matrix *X, const double *Y, size_t responses,
                                     gradus_error *error)
{
    size_t count;
    if (!gr_multiply(X->rows, responses, &count))
        return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW,
                        gr_fault_limit((double)X->rows * (double)responses, (double)SIZE_MAX),
                        "Y has %zu rows and %zu columns; that product overflows size_t", X->rows, responses);
    const size_t bad = gr_first_not_finite(count, Y);
    if (bad == count) return GRADUS_OK;
    const size_t row = bad % X->rows, column = bad / X->rows;
    return gr_error(error, GRADUS_ERROR_RESPONSE_NOT_FINITE, gr_fault_at(row, column, Y[bad]),
                    "response %zu of row %zu is %g", column, row, Y[bad]);
}

static gradus_status check_offsets(const gr_model *model, gradus_error *error)
{
    const size_t rows = model->X.rows;
    for (size_t c = 0; model->offset && c < model->outputs; c++) {
        const double *offset = model->offset + c * rows;
        const size_t bad = gr_first_not_finite(rows, offset);
        if (bad == rows) continue;
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_at(bad, c, offset[bad]),
                        "the offset of row %zu and output %zu is %g; it must be finite", bad, c, offset[bad]);
    }
    return GRADUS_OK;
}

/* Is there room for k columns of coefficients, and do BLAS's integers hold their number? */
static gradus_status check_outputs(const gr_model *model, size_t *size, gradus_error *error)
{
    const size_t k = model->outputs;
    if (!gr_fits_int(k))
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)k, INT_MAX),
                        "there are %zu outputs; BLAS takes at most %d", k, INT_MAX);
    if (gr_multiply(gr_model_size(model), k, size)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW,
                    gr_fault_limit((double)gr_model_size(model) * (double)k, (double)SIZE_MAX),
                    "%zu coefficients for each of %zu outputs; that product overflows size_t",
                    gr_model_size(model), k);
}

static gradus_status make(const gr_model *model, const gradus_model_options *options,
                          gradus_objective **objective)
{
    gradus_objective made = {.kind = model->several->quadratic ? &quadratic_outputs : &general_outputs,
                             .model = *model};
    gradus_status status = check_outputs(model, &made.size, options->error);
    if (!status) status = check_offsets(model, options->error);
    if (!status) status = gr_model_make_penalty(options, &made.model);
    if (status) return status;
    made.allocator = gr_allocator(options->allocator);
    gradus_objective *f = gr_objective_new(&made);
    if (!f) return gr_error_plain(options->error, GRADUS_ERROR_MEMORY);
    *objective = f;
    return GRADUS_OK;
}

gradus_status gradus_softmax(const gradus_matrix *X, const double *y, size_t classes,
                             const gradus_model_options *given, gradus_objective **objective)
{
    gradus_model_options options;
    gr_model model;
    gradus_status status = gr_model_options_read(given, &options);
    if (status) return status;
    if (!objective) return gr_error_plain(options.error, GRADUS_ERROR_NULL);
    if (classes == 1)
        return gr_error(options.error, GRADUS_ERROR_OPTION, gr_fault_limit((double)classes, 2.0),
                        "classes is 1; softmax regression takes 2 or more, or 0 to count them");
    status = begin(X, y, &options, &gr_loss_softmax, classes, &model);
    if (status) return status;
    if (classes == 0) model.outputs = count_classes(X, y);
    status = check_classes(X, y, model.outputs, options.error);
    return status ? status : make(&model, &options, objective);
}

gradus_status gradus_least_squares_multiple(const gradus_matrix *X, const double *Y, size_t responses,
                                            const gradus_model_options *given, gradus_objective **objective)
{
    gradus_model_options options;
    gr_model model;
    gradus_status status = gr_model_options_read(given, &options);
    if (status) return status;
    if (!objective) return gr_error_plain(options.error, GRADUS_ERROR_NULL);
    if (responses < 1)
        return gr_error(options.error, GRADUS_ERROR_OPTION, gr_fault_limit(0.0, 1.0),
                        "responses is 0; least squares takes 1 or more");
    status = begin(X, Y, &options, &gr_loss_squares_multiple, responses, &model);
    if (!status) status = check_responses(X, Y, responses, options.error);
    return status ? status : make(&model, &options, objective);
}
