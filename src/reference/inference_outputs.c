/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inference for several outputs. Of k classes the k - 1 contrasts theta_c - theta_0 have an information, sum_i w_i (diag(p_i) - p_i p_i')
 * (x) x_i x_i' over the classes but the first, and that matrix of a row is L D L' in closed form: with s_c = p_0 + sum_{d>c} p_d, what is
 * left behind class c, D_c = p_c s_c / s_(c-1) and L_dc = -p_d / s_c. So every row has k - 1 rows (w D_c)^(1/2) L_c' (x) x_i' in a design
 * A, whose QR factorisation gives the covariance (A'A)^(-1) without squaring its condition. Tanabe and Sagae, J. R. Statist. Soc. B 54
 * (1992) 211.
 *
 * Several responses share (X'DX)^(-1), each times the covariance of their residuals. Mardia, Kent and Bibby, Multivariate Analysis,
 * Academic Press 1979, section 6.2.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "factor/equilibrate.h"
#include "factor/qr.h"
#include "factor/triangle.h"
#include "model/linear.h"
#include "model/options.h"
#include "reference/distribution.h"
#include "reference/inference.h"
#include "reference/inference_check.h"

typedef struct contrasting {
    const gradus_objective *f;
    const gr_model *model;
    const double *theta;
    const gradus_infer_options *options;
    gradus_allocator allocator;
    size_t p, k, q, rows;    /* entries of a class, classes, (k - 1) p, (k - 1) m */
    double *memory, *lent;   /* of the vectors, and of the workspace */
    double *gradient, *step; /* k p; q */
    double *share;           /* k: a row's probabilities */
    double *copy;            /* [X 1], m x p, row-major */
    double *A;               /* rows x q, column-major */
    double *inverse;         /* q x q: R, then R^(-1) */
    int *exponent;           /* column j of A was multiplied by 2^-e_j */
    double value;
    gr_qr qr;
} contrasting;

static gradus_status take_memory(contrasting *on)
{
    const size_t m = on->model->X.rows;
    size_t copy = 0, design = 0, square = 0, vectors, doubles;
    const bool fits = gr_multiply(on->k - 1, on->p, &on->q) && gr_multiply(on->k - 1, m, &on->rows) &&
                      gr_multiply(m, on->p, &copy) && gr_multiply(on->rows, on->q, &design) &&
                      gr_multiply(on->q, on->q, &square) && gr_add(on->f->size, on->q + on->k, &vectors) &&
                      gr_add(copy, design, &doubles) && gr_add(doubles, square, &doubles) &&
                      gr_add(doubles, vectors, &doubles);
    if (fits) on->memory = gr_allocate_doubles(&on->allocator, doubles);
    on->exponent = (int *)gr_allocate(&on->allocator, on->q, sizeof *on->exponent);
    if (!on->memory || !on->exponent) return gr_error_plain(on->options->error, GRADUS_ERROR_MEMORY);
    on->copy = on->memory;
    on->A = on->copy + copy;
    on->inverse = on->A + design;
    on->gradient = on->inverse + square;
    on->step = on->gradient + on->f->size;
    on->share = on->step + on->q;
    return GRADUS_OK;
}

/* Value and gradient; the second evaluation asks of the groups of classes that the first has found. */
static gradus_status evaluate(contrasting *on)
{
    const gradus_objective *f = on->f;
    gradus_error *error = on->options->error;
    gr_workspace work;
    on->lent = gr_workspace_lend(f, &work);
    if (!on->lent) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gradus_status status = f->kind->evaluate(f, &work, on->theta, &on->value, NULL);
    if (!status) status = f->kind->evaluate(f, &work, on->theta, &on->value, on->gradient);
    if (status) return status;
    if (isfinite(on->value) && isfinite(gr_norm(f->size, on->gradient))) {
        gr_pass_design(&work.reader, NULL, on->model->intercept, on->copy);
        return gr_infer_refuse_infinite(f, &work, on->theta, &on->allocator, error);
    }
    status = f->kind->find_bad_data(&work, error);
    if (status) return status;
    return gr_error(error, GRADUS_ERROR_START_VALUE, gr_fault_limit(on->value, (double)NAN),
                    "the function or its gradient is not finite at theta");
}

/* The probabilities of row i */
static void find_shares(const contrasting *on, size_t i)
{
    const double *offset = on->model->offset, *x = on->copy + i * on->p;
    double most = (double)-INFINITY, sum = 0.0;
    for (size_t c = 0; c < on->k; c++) {
        on->share[c] = gr_dot(on->p, x, on->theta + c * on->p) +
                       (offset ? offset[c * on->model->X.rows + i] : 0.0);
        most = fmax(most, on->share[c]);
    }
    for (size_t c = 0; c < on->k; c++) sum += on->share[c] = exp(on->share[c] - most);
    for (size_t c = 0; c < on->k; c++) on->share[c] /= sum;
}

/* The k - 1 rows of A that row i makes */
static void write_rows(const contrasting *on, size_t i)
{
    const double weight = on->model->weights ? on->model->weights[i] : 1.0, *share = on->share;
    const double *x = on->copy + i * on->p;
    double behind = share[0];
    for (size_t c = on->k; c-- > 1;) {
        const double with = behind + share[c];
        const double root = behind > 0.0 ? sqrt(weight * share[c] * behind / with) : 0.0;
        for (size_t d = c; root > 0.0 && d < on->k; d++) {
            const double factor = d == c ? root : -root * (share[d] / behind);
            double *entry = on->A + (c - 1) * on->model->X.rows + i + (d - 1) * on->p * on->rows;
            for (size_t j = 0; j < on->p; j++) entry[j * on->rows] = factor * x[j];
        }
        behind = with;
    }
}

static gradus_status factor(contrasting *on)
{
    for (size_t i = 0; i < on->model->X.rows; i++) {
        find_shares(on, i);
        write_rows(on, i);
    }
    for (size_t j = 0; j < on->q; j++) {
        on->exponent[j] = gr_norm_exponent(on->rows, on->A + j * on->rows);
        gr_scale(on->rows, on->A + j * on->rows, -on->exponent[j]);
    }
    gradus_error *error = on->options->error;
    const gradus_status status = gr_qr_factor(&on->allocator, on->rows, on->q, on->A, &on->qr, error);
    if (status) return status;
    const size_t rank = gr_qr_rank(&on->qr);
    if (rank == on->q) return GRADUS_OK;
    gr_fault fault = gr_fault_limit(gr_qr_pivot_ratio(&on->qr, rank), on->qr.tolerance);
    fault.column = (size_t)on->qr.pivot[rank] + on->p;
    return gr_error(error, GRADUS_ERROR_RANK_DEFICIENT, fault,
                    "the design has rank %zu of %zu at theta: coefficient %zu of class %zu depends on others "
                    "and has no standard error",
                    rank, on->q, fault.column % on->p, fault.column / on->p);
}

/* || A d ||_2 for Newton's step d in the contrasts, and the inverse of R */
static gradus_status check_and_invert(contrasting *on)
{
    const size_t q = on->q;
    double terms = 0.0;
    memset(on->inverse, 0, q * q * sizeof *on->inverse);
    for (size_t j = 0; j < q; j++) {
        const size_t at = (size_t)on->qr.pivot[j] + on->p;
        for (size_t i = 0; i <= j; i++) on->inverse[i + j * q] = on->qr.a[i + j * on->rows];
        on->step[j] = ldexp(on->model->total_weight * on->gradient[at], -on->exponent[at - on->p]);
        terms += fabs(ldexp(on->theta[at] - on->theta[at % on->p], on->exponent[at - on->p]));
    }
    gr_solve_upper_transposed(q, on->inverse, on->step);
    const double length = gr_norm(q, on->step), limit = fmax(GR_STILL, GR_STILL_ROUNDING * terms);
    if (!(length <= limit)) return gr_infer_not_optimum(length, limit, on->options->error);
    double *R = on->A; /* has been read: Q is of no use */
    memcpy(R, on->inverse, q * q * sizeof *R);
    memset(on->inverse, 0, q * q * sizeof *on->inverse);
    for (size_t j = 0; j < q; j++) {
        on->inverse[j + j * q] = 1.0;
        gr_solve_upper(q, R, on->inverse + j * q);
    }
    return GRADUS_OK;
}

/* sum_k R^(-1)_ik R^(-1)_jk, in the caller's units */
static double entry(const contrasting *on, size_t i, size_t j)
{
    double sum = 0.0;
    for (size_t k = i > j ? i : j; k < on->q; k++)
        sum += on->inverse[i + k * on->q] * on->inverse[j + k * on->q];
    return ldexp(sum, -on->exponent[on->qr.pivot[i]] - on->exponent[on->qr.pivot[j]]);
}

/* Class 0, from which the contrasts are taken, has neither errors nor covariances. */
static void write(const contrasting *on, double *standard_errors, double *covariance)
{
    const size_t size = on->f->size;
    if (standard_errors) memset(standard_errors, 0, size * sizeof *standard_errors);
    if (covariance) memset(covariance, 0, size * size * sizeof *covariance);
    for (size_t i = 0; i < on->q; i++) {
        const size_t row = (size_t)on->qr.pivot[i] + on->p;
        if (standard_errors) standard_errors[row] = sqrt(entry(on, i, i));
        for (size_t j = 0; covariance && j < on->q; j++)
            covariance[row + ((size_t)on->qr.pivot[j] + on->p) * size] = entry(on, i, j);
    }
}

static gradus_inference describe(const contrasting *on)
{
    const double W = on->model->total_weight;
    gradus_inference out = {.dispersion = 1.0, .r_squared = (double)NAN, .adjusted_r_squared = (double)NAN};
    gr_infer_likelihood(&out, -W * on->value, (double)on->q, W);
    out.degrees_of_freedom = W - (double)on->q;
    out.confidence = on->options->confidence;
    out.quantile = gr_student_quantile(1.0 - out.confidence, (double)INFINITY);
    out.condition = gr_qr_condition(&on->qr);
    return out;
}

static gradus_status infer_classes(const gradus_objective *f, const double *theta,
                                   const gradus_infer_options *options, gradus_inference *out,
                                   double *standard_errors, double *covariance)
{
    contrasting on = {.f = f,
                      .model = &f->model,
                      .theta = theta,
                      .options = options,
                      .allocator = gr_allocator(options->allocator),
                      .p = gr_model_size(&f->model),
                      .k = f->model.outputs};
    gradus_status status = take_memory(&on);
    if (!status) status = evaluate(&on);
    if (!status) status = factor(&on);
    gradus_inference made = {0};
    if (!status) {
        made = describe(&on);
        status = check_and_invert(&on);
    }
    if (!status) {
        write(&on, standard_errors, covariance);
        *out = made;
    }
    gr_qr_free(&on.qr);
    gr_release(&f->allocator, on.lent);
    gr_release(&on.allocator, on.exponent);
    gr_release(&on.allocator, on.memory);
    return status;
}

/* ---- several responses ---- */

typedef struct responding {
    const gr_model *model;
    size_t p, k;
    double *memory;
    double *errors;    /* k p */
    double *unit;      /* (X'DX)^(-1), p x p */
    double *scratch;   /* p x p */
    double *residuals; /* m x k */
    double *S;         /* k x k: the residuals' covariance */
} responding;

static bool take_responses(responding *on, const gradus_allocator *allocator)
{
    size_t square, residuals = 0, vectors = 0, products, doubles;
    const bool fits = gr_multiply(on->p, 2 * on->p, &square) &&
                      gr_multiply(on->model->X.rows, on->k, &residuals) &&
                      gr_multiply(on->p, on->k, &vectors) && gr_multiply(on->k, on->k, &products) &&
                      gr_add(square, residuals, &doubles) && gr_add(doubles, vectors, &doubles) &&
                      gr_add(doubles, products, &doubles);
    if (fits) on->memory = gr_allocate_doubles(allocator, doubles);
    if (!on->memory) return false;
    on->unit = on->memory;
    on->scratch = on->unit + on->p * on->p;
    on->residuals = on->scratch + on->p * on->p;
    on->errors = on->residuals + residuals;
    on->S = on->errors + vectors;
    return true;
}

/* The problem with response c alone */
static gradus_objective response_alone(const gradus_objective *f, size_t c)
{
    gradus_objective single = *f;
    gr_model *model = &single.model;
    const size_t rows = model->X.rows;
    model->several = NULL;
    model->outputs = 0;
    model->loss = &gr_loss_squares;
    model->y += c * rows;
    if (model->offset) model->offset += c * rows;
    single.size = gr_model_size(model);
    single.kind = gr_least_squares_kind();
    return single;
}

/* What response c says by itself is added to what is said of all; its variance is S_cc. */
static gradus_status infer_response(responding *on, const gradus_objective *f, const double *theta, size_t c,
                                    const gradus_infer_options *options, gradus_inference *all)
{
    gradus_objective single = response_alone(f, c);
    gradus_inference one;
    const gradus_status status = gr_infer_single(&single, theta + c * on->p, options, &one,
                                                 on->errors + c * on->p, on->scratch);
    if (status) return status;
    on->S[c + c * on->k] = one.dispersion;
    for (size_t j = 0; one.dispersion > 0.0 && j < on->p * on->p; j++)
        on->unit[j] = on->scratch[j] / one.dispersion;
    if (c == 0) {
        *all = one;
        return GRADUS_OK;
    }
    all->log_likelihood += one.log_likelihood;
    all->aic += one.aic;
    all->bic += one.bic;
    all->r_squared = all->adjusted_r_squared = all->dispersion = (double)NAN;
    return GRADUS_OK;
}

/* x_i'theta_c + o_ic - Y_ic, in one read of X for each response */
static gradus_status find_residuals(responding *on, const gradus_objective *f, const double *theta)
{
    const size_t m = on->model->X.rows;
    for (size_t c = 0; c < on->k; c++) {
        gradus_objective single = response_alone(f, c);
        double value;
        gr_workspace work;
        double *lent = gr_workspace_lend(&single, &work), *r = on->residuals + c * m;
        if (!lent) return GRADUS_ERROR_MEMORY;
        work.margins = r;
        const gradus_status status = single.kind->evaluate(&single, &work, theta + c * on->p, &value, NULL);
        gr_release(&f->allocator, lent);
        if (status) return status;
        for (size_t i = 0; i < m; i++)
            r[i] += (single.model.offset ? single.model.offset[i] : 0.0) - single.model.y[i];
    }
    return GRADUS_OK;
}

static void relate_responses(responding *on, double degrees_of_freedom)
{
    const size_t m = on->model->X.rows;
    for (size_t d = 1; d < on->k; d++) {
        for (size_t c = 0; c < d; c++) {
            const double *a = on->residuals + c * m, *b = on->residuals + d * m, *w = on->model->weights;
            double sum = 0.0;
            for (size_t i = 0; i < m; i++) sum += (w ? w[i] : 1.0) * a[i] * b[i];
            on->S[c + d * on->k] = on->S[d + c * on->k] = sum / degrees_of_freedom;
        }
    }
}

/* S (x) (X'DX)^(-1) */
static void write_responses(const responding *on, double *covariance)
{
    const size_t p = on->p, size = p * on->k;
    for (size_t column = 0; column < size; column++) {
        for (size_t row = 0; row < size; row++)
            covariance[row + column * size] = on->S[row / p + column / p * on->k] *
                                              on->unit[row % p + column % p * p];
    }
}

static gradus_status infer_responses(const gradus_objective *f, const double *theta,
                                     const gradus_infer_options *options, gradus_inference *out,
                                     double *standard_errors, double *covariance)
{
    const gradus_allocator allocator = gr_allocator(options->allocator);
    responding on = {.model = &f->model, .p = gr_model_size(&f->model), .k = f->model.outputs};
    gradus_status status = take_responses(&on, &allocator) ? GRADUS_OK : GRADUS_ERROR_MEMORY;
    if (status) (void)gr_error_plain(options->error, status);
    gradus_inference made = {0};
    for (size_t c = 0; c < on.k && !status; c++) status = infer_response(&on, f, theta, c, options, &made);
    if (!status && covariance && on.k > 1) {
        status = find_residuals(&on, f, theta);
        if (status)
            (void)gr_error_plain(options->error, status);
        else
            relate_responses(&on, made.degrees_of_freedom);
    }
    if (!status) {
        *out = made;
        if (standard_errors) memcpy(standard_errors, on.errors, f->size * sizeof *standard_errors);
        if (covariance) write_responses(&on, covariance);
    }
    gr_release(&allocator, on.memory);
    return status;
}

gradus_status gr_infer_outputs(const gradus_objective *f, const double *theta,
                               const gradus_infer_options *options, gradus_inference *out,
                               double *standard_errors, double *covariance)
{
    const gradus_status status = gr_infer_check(f, theta, options->error);
    if (status) return status;
    if (f->model.several->minima) return infer_classes(f, theta, options, out, standard_errors, covariance);
    return infer_responses(f, theta, options, out, standard_errors, covariance);
}
