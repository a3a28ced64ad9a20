/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inference on one output: the weighted design A = D^(1/2) [X 1] with the loss's curvatures at theta as weights, copied and scaled as for
 * the closed form, and A P = Q R; covariance = dispersion * P R^(-1) R^(-T) P'.
 * Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996, section 2.8.3, on covariances from R.
 */
#include "reference/inference.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pair.h"
#include "base/size.h"
#include "base/vector.h"
#include "factor/qr.h"
#include "factor/triangle.h"
#include "model/linear.h"
#include "reference/design.h"
#include "reference/distribution.h"
#include "reference/exact.h"
#include "reference/inference_check.h"

/* of a column of the inverse; each leaves less than half of the error */
enum { MOST_CORRECTIONS = 30 };

typedef struct inferring {
    const gradus_objective *f;
    const gr_model *model;
    const double *theta;
    gradus_infer_options options;
    gradus_allocator allocator;
    size_t p;
    double *memory;
    double *gradient, *column, *triangle, *inverse; /* p, p, p x p: R, p x p: R^(-1) */
    double *margins, *curvatures;                   /* rows each */
    double value;                                   /* of the loss, not negated */
    double rss;
    gr_design design;
    gr_exact exact; /* of least squares */
    gr_qr qr;
} inferring;

/* Is f a likelihood without penalty, with rows to spare, and theta finite? */
static gradus_status check(const inferring *on)
{
    gradus_error *error = on->options.error;
    const gr_loss *loss = on->model->loss;
    const bool likelihood = loss == &gr_loss_squares || loss == &gr_loss_logistic || loss == &gr_loss_poisson;
    if (!likelihood)
        return gr_error(
            error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
            "inference is for least squares, logistic, softmax and Poisson regression, and this objective is "
            "none of them");
    const gradus_status status = gr_infer_check(on->f, on->theta, error);
    if (status) return status;
    const double spare = on->model->total_weight - (double)on->p;
    if (spare > 0.0 || !loss->quadratic) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_DEGREES_OF_FREEDOM,
                    gr_fault_limit(on->model->total_weight, (double)on->p),
                    "rows of weight %g have %zu coefficients: no degree of freedom is left",
                    on->model->total_weight, on->p);
}

static bool take_memory(inferring *on, size_t lent)
{
    size_t square, rows, doubles;
    if (gr_multiply(on->p, 2 * on->p + 2, &square) && gr_multiply(on->model->X.rows, 2, &rows) &&
        gr_add(square, rows, &doubles) && gr_add(doubles, lent, &doubles))
        on->memory = gr_allocate_doubles(&on->allocator, doubles);
    if (!on->memory) return false;
    on->gradient = on->memory;
    on->column = on->gradient + on->p;
    on->triangle = on->column + on->p;
    on->inverse = on->triangle + on->p * on->p;
    on->margins = on->inverse + on->p * on->p;
    on->curvatures = on->margins + on->model->X.rows;
    return true;
}

/* Value, gradient, and the curvatures of the rows, in one read */
static gradus_status evaluate(inferring *on)
{
    const int threads = gr_workspace_threads(on->f, 0);
    size_t lent;
    if (!gr_workspace_doubles(on->f, threads, &lent) || !take_memory(on, lent))
        return gr_error_plain(on->options.error, GRADUS_ERROR_MEMORY);
    gr_workspace work = gr_workspace_open(on->f, threads, on->curvatures + on->model->X.rows, NULL);
    work.margins = on->margins;
    gradus_status status = on->f->kind->evaluate(on->f, &work, on->theta, &on->value, on->gradient);
    if (status) return status;
    if (isfinite(on->value) && isfinite(gr_norm(on->p, on->gradient))) {
        const gr_response response = gr_model_response(on->model);
        gr_response_curvatures(&response, 0, on->model->X.rows, on->margins, on->curvatures);
        return gr_infer_refuse_infinite(on->f, &work, on->theta, &on->allocator, on->options.error);
    }
    status = on->f->kind->find_bad_data(&work, on->options.error);
    if (status) return status;
    return gr_error(on->options.error, GRADUS_ERROR_START_VALUE, gr_fault_limit(on->value, (double)NAN),
                    "the function or its gradient is not finite at theta");
}

/* ||D^(1/2)(X theta - y)||^2 in twice the precision, in the caller's units: near an exact fit it is all cancellation */
static double residual_square(const inferring *on)
{
    const gr_design *design = &on->design;
    for (size_t j = 0; j < on->p; j++)
        on->column[j] = ldexp(on->theta[j], design->exponent[j] - design->response_exponent);
    return ldexp(gr_exact_residual_square(&on->exact, on->column),
                 2 * (design->row_exponent + design->response_exponent));
}

static gradus_status factor(inferring *on)
{
    gradus_model_options options = gradus_model_options_default();
    options.weights = on->curvatures;
    options.intercept = on->model->intercept;
    options.allocator = &on->allocator;
    options.error = on->options.error;
    options.offset = on->model->offset;
    if (on->model->low.data) options.low = &on->model->low;
    options.huber = 1.0;
    gradus_status status = gr_design_make(&on->model->X, on->model->y, &options, &on->design);
    if (status) return status;
    if (on->model->loss->quadratic) status = gr_exact_open(&on->design, &on->exact, on->options.error);
    if (status) return status;
    on->rss = on->model->loss->quadratic ? residual_square(on) : (double)NAN;
    status = gr_qr_factor(&on->allocator, on->design.rows, on->p, on->design.a, &on->qr, on->options.error);
    if (status) return status;
    const size_t rank = gr_qr_rank(&on->qr);
    if (rank == on->p) return GRADUS_OK;
    gr_fault fault = gr_fault_limit(gr_qr_pivot_ratio(&on->qr, rank), on->qr.tolerance);
    fault.column = (size_t)on->qr.pivot[rank];
    return gr_error(on->options.error, GRADUS_ERROR_RANK_DEFICIENT, fault,
                    "the design has rank %zu of %zu at theta: coefficient %zu depends on others and has no "
                    "standard error",
                    rank, on->p, fault.column);
}

/* R, and column by column its inverse */
static void invert(inferring *on)
{
    const size_t p = on->p;
    memset(on->triangle, 0, 2 * p * p * sizeof *on->triangle);
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) on->triangle[i + j * p] = on->qr.a[i + j * on->design.rows];
        on->inverse[j + j * p] = 1.0;
    }
    for (size_t j = 0; j < p; j++) gr_solve_upper(p, on->triangle, on->inverse + j * p);
}

/* || A d ||_2 for Newton's step d = (A'A)^(-1) W g, which is || R^(-T) P' W g || in the design's units */
static double newton_step(const inferring *on)
{
    const gr_design *design = &on->design;
    for (size_t k = 0; k < on->p; k++) {
        const size_t j = (size_t)on->qr.pivot[k];
        on->column[k] = ldexp(on->model->total_weight * on->gradient[j],
                              -design->exponent[j] - design->row_exponent);
    }
    gr_solve_upper_transposed(on->p, on->triangle, on->column);
    return gr_norm(on->p, on->column);
}

static gradus_status check_optimum(const inferring *on, double dispersion)
{
    double terms = 0.0;
    for (size_t j = 0; j < on->p; j++)
        terms += fabs(ldexp(on->theta[j], on->design.exponent[j] + on->design.row_exponent));
    const double step = newton_step(on), limit = fmax(GR_STILL * sqrt(dispersion), GR_STILL_ROUNDING * terms);
    return step <= limit ? GRADUS_OK : gr_infer_not_optimum(step, limit, on->options.error);
}

/* sum_k R^(-1)_ik R^(-1)_jk, in the caller's units */
static double entry(const inferring *on, size_t i, size_t j, double dispersion)
{
    const size_t p = on->p;
    const gr_design *design = &on->design;
    double sum = 0.0;
    for (size_t k = i > j ? i : j; k < p; k++) sum += on->inverse[i + k * p] * on->inverse[j + k * p];
    const int exponent = design->exponent[on->qr.pivot[i]] + design->exponent[on->qr.pivot[j]];
    return ldexp(dispersion * sum, -2 * design->row_exponent - exponent);
}

static void write_errors(const inferring *on, double dispersion, double *standard_errors, double *covariance)
{
    for (size_t i = 0; i < on->p; i++) {
        const size_t row = (size_t)on->qr.pivot[i];
        if (standard_errors) standard_errors[row] = sqrt(entry(on, i, i, dispersion));
        for (size_t j = 0; covariance && j < on->p; j++)
            covariance[row + (size_t)on->qr.pivot[j] * on->p] = entry(on, i, j, dispersion);
    }
}

/*
 * z <- (A'A)^(-1) e_j: corrections by way of R until one no longer halves the one before it, or changes no bit. R is that of X: where
 * `low` is no rounding of X, already the second one is larger than z itself, and z means nothing.
 */
static gradus_status solve_for_column(inferring *on, size_t j, gr_pair *z)
{
    double before = (double)INFINITY;
    for (int k = 0; k < MOST_CORRECTIONS; k++) {
        gr_exact_gradient(&on->exact, z, true, on->column);
        on->column[j] -= 1.0;
        const double length = gr_exact_correct(&on->exact, &on->qr, on->column, z);
        if (k == 1 && !(length < before))
            return gr_error(
                on->options.error, GRADUS_ERROR_RANK_DEFICIENT, (gr_fault){GRADUS_NOWHERE, j, length, before},
                "coefficient %zu: corrections of its variance do not shrink, %.3g after %.3g; the "
                "columns are dependent at working precision, or low is no rounding of X",
                j, length, before);
        if (!(length < 0.5 * before) || !(length > 0.0)) break;
        before = length;
    }
    return GRADUS_OK;
}

/* A'A's inverse, corrected, in the place of R^(-1): column j of it for coefficient j */
static gradus_status refine(inferring *on)
{
    const size_t p = on->p;
    size_t doubles;
    gr_pair *z = gr_multiply(p, 2, &doubles) ? (gr_pair *)gr_allocate_doubles(&on->allocator, doubles) : NULL;
    if (!z) return gr_error_plain(on->options.error, GRADUS_ERROR_MEMORY);
    gradus_status status = GRADUS_OK;
    for (size_t j = 0; j < p && !status; j++) {
        for (size_t i = 0; i < p; i++) z[i] = (gr_pair){0.0, 0.0};
        status = solve_for_column(on, j, z);
        for (size_t i = 0; i < p; i++) on->inverse[i + j * p] = z[i].high;
    }
    gr_release(&on->allocator, z);
    return status;
}

/* The upper triangle's entry of the corrected inverse, in the caller's units */
static double refined_entry(const inferring *on, size_t i, size_t j, double dispersion)
{
    const gr_design *design = &on->design;
    const double inverse = on->inverse[i < j ? i + j * on->p : j + i * on->p];
    return ldexp(dispersion * inverse, -2 * design->row_exponent - design->exponent[i] - design->exponent[j]);
}

static void write_refined(const inferring *on, double dispersion, double *standard_errors, double *covariance)
{
    for (size_t i = 0; i < on->p; i++) {
        if (standard_errors) standard_errors[i] = sqrt(refined_entry(on, i, i, dispersion));
        for (size_t j = 0; covariance && j < on->p; j++)
            covariance[i + j * on->p] = refined_entry(on, i, j, dispersion);
    }
}

static gradus_status write(inferring *on, double dispersion, double *standard_errors, double *covariance)
{
    const bool refined = on->options.refine && on->model->loss->quadratic;
    if (!refined) {
        write_errors(on, dispersion, standard_errors, covariance);
        return GRADUS_OK;
    }
    const gradus_status status = refine(on);
    if (!status) write_refined(on, dispersion, standard_errors, covariance);
    return status;
}

/* sum w_i (y_i - o_i - mean)^2, the mean 0 without intercept */
static double total_square(const gr_model *model)
{
    double mean = 0.0, square = 0.0;
    for (int round = 0; round < 2; round++) {
        double sum = 0.0;
        for (size_t i = 0; i < model->X.rows; i++) {
            const double w = model->weights ? model->weights[i] : 1.0;
            const double y = model->y[i] - (model->offset ? model->offset[i] : 0.0) - mean;
            sum += w * y;
            square += round ? w * y * y : 0.0;
        }
        if (model->intercept && round == 0) mean = sum / model->total_weight;
    }
    return square;
}

static void describe_squares(const inferring *on, gradus_inference *out)
{
    const double W = on->model->total_weight, total = total_square(on->model);
    out->dispersion = on->rss / out->degrees_of_freedom;
    out->log_likelihood = -0.5 * W * (log(2.0 * 3.14159265358979323846 * on->rss / W) + 1.0);
    out->r_squared = 1.0 - on->rss / total;
    out->adjusted_r_squared = 1.0 - out->dispersion / (total / (on->model->intercept ? W - 1.0 : W));
    out->student = 1;
}

static gradus_inference describe(const inferring *on)
{
    gradus_inference out = {.dispersion = 1.0, .r_squared = (double)NAN, .adjusted_r_squared = (double)NAN};
    const double W = on->model->total_weight;
    out.degrees_of_freedom = W - (double)on->p;
    out.log_likelihood = -W * on->value;
    if (on->model->loss->quadratic) describe_squares(on, &out);
    gr_infer_likelihood(&out, out.log_likelihood, (double)on->p + (out.student ? 1.0 : 0.0), W);
    out.confidence = on->options.confidence;
    out.quantile = gr_student_quantile(1.0 - out.confidence,
                                       out.student ? out.degrees_of_freedom : (double)INFINITY);
    out.condition = gr_qr_condition(&on->qr);
    return out;
}

gradus_status gr_infer_single(const gradus_objective *f, const double *theta,
                              const gradus_infer_options *options, gradus_inference *out,
                              double *standard_errors, double *covariance)
{
    inferring on = {.f = f,
                    .model = &f->model,
                    .theta = theta,
                    .options = *options,
                    .allocator = gr_allocator(options->allocator),
                    .p = f->size};
    gradus_status status = check(&on);
    if (!status) status = evaluate(&on);
    if (!status) status = factor(&on);
    if (!status) {
        invert(&on);
        const gradus_inference made = describe(&on);
        status = check_optimum(&on, made.dispersion);
        if (!status) status = write(&on, made.dispersion, standard_errors, covariance);
        if (!status) *out = made;
    }
    gr_qr_free(&on.qr);
    gr_exact_free(&on.exact);
    gr_design_free(&on.design);
    gr_release(&on.allocator, on.memory);
    return status;
}
