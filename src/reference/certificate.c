/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The backward error of t as an answer to min || A t - b ||, r = b - A t, bounded by sqrt(2) times
 *
 *   || (||t||^2 A'A + ||r||^2 I)^(-1/2) A'r || / ||A||_F
 *     = ( sum_i (v_i'A'r)^2 / (||t||^2 sigma_i^2 + ||r||^2) )^(1/2) / ||A||_F,     A = U diag(sigma) V'.
 *
 * A'r is computed from r, not from sigma and U: what is small about it is what is measured.
 *
 * Karlson and Walden, BIT 37 (1997) 862; Gratton, Jiranek and Titley-Peloquin, SIAM J. Matrix Anal. Appl. 33
 * (2012) 822; Grcar, Saunders and Su, Stanford SOL 2007-1.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/vector.h"
#include "model/options.h"
#include "reference/bound.h"
#include "reference/closed_form.h"

/* The answer on trial and what follows from it, in the design's units times a common 2^-shift. */
typedef struct trial {
    double *t;      /* cols */
    double *r;      /* rows: b - A t */
    double *normal; /* cols: A'r */
    int shift;      /* so large that t and b are at most 1 */
    double t_norm, r_norm, a_norm;
} trial;

static gradus_status open_trial(const gr_design *design, trial *on, gradus_error *error)
{
    *on = (trial){.t = gr_allocate_doubles(&design->allocator, design->cols),
                  .r = gr_allocate_doubles(&design->allocator, design->rows),
                  .normal = gr_allocate_doubles(&design->allocator, design->cols)};
    return on->t && on->r && on->normal ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

static void free_trial(const gr_design *design, trial *on)
{
    gr_release(&design->allocator, on->t);
    gr_release(&design->allocator, on->r);
    gr_release(&design->allocator, on->normal);
}

/* t_j = 2^(e_j - s - shift) theta_j, with the shift that keeps every entry at most 1. */
static void take_units(const gr_design *design, const double *theta, trial *on)
{
    on->shift = 0;
    for (size_t j = 0; j < design->cols; j++) {
        int exponent;
        if (frexp(theta[j], &exponent) == 0.0) continue;
        exponent += design->exponent[j] - design->response_exponent;
        if (exponent > on->shift) on->shift = exponent;
    }
    for (size_t j = 0; j < design->cols; j++)
        on->t[j] = ldexp(theta[j], design->exponent[j] - design->response_exponent - on->shift);
}

static void measure(const gr_design *design, const double *theta, trial *on)
{
    const int rows = (int)design->rows, cols = (int)design->cols;
    take_units(design, theta, on);
    for (size_t i = 0; i < design->rows; i++) on->r[i] = ldexp(design->b[i], -on->shift);
    cblas_dgemv(CblasColMajor, CblasNoTrans, rows, cols, -1.0, design->a, rows, on->t, 1, 1.0, on->r, 1);
    cblas_dgemv(CblasColMajor, CblasTrans, rows, cols, 1.0, design->a, rows, on->r, 1, 0.0, on->normal, 1);
    on->t_norm = gr_norm(design->cols, on->t);
    on->r_norm = gr_norm(design->rows, on->r);
    on->a_norm = gr_norm(design->rows * design->cols, design->a);
}

static double orthogonality(const gr_design *design, const trial *on)
{
    if (on->r_norm == 0.0 || on->a_norm == 0.0) return 0.0;
    return gr_norm(design->cols, on->normal) / on->a_norm / on->r_norm;
}

static double backward_error(const trial *on, const gr_qr *qr, const gr_svd *svd)
{
    double sum = 0.0;
    if (on->r_norm == 0.0 || on->a_norm == 0.0) return 0.0;
    for (size_t i = 0; i < svd->rows; i++) {
        double along = 0.0; /* v_i'A'r */
        for (size_t j = 0; j < svd->cols; j++) along += svd->vt[i + j * svd->cols] * on->normal[qr->pivot[j]];
        along /= hypot(on->t_norm * svd->sigma[i], on->r_norm);
        sum += along * along;
    }
    return sqrt(2.0 * sum) / on->a_norm;
}

/* -log10 of the relative error of the worst coefficient, 0 .. 15 */
static double digits(size_t n, const double *theta, const double *reference)
{
    double least = 15.0;
    for (size_t j = 0; j < n; j++) {
        const double scale = reference[j] == 0.0 ? 1.0 : fabs(reference[j]);
        const double digits = -log10(fabs(theta[j] - reference[j]) / scale);
        least = fmin(least, digits);
    }
    return fmax(least, 0.0);
}

static void compare(const gr_design *design, const gr_closed_form *form, const double *theta, const trial *on,
                    gradus_certificate *certificate)
{
    const size_t n = design->cols;
    const double size = gr_norm(n, form->phi);
    certificate->distance = gr_distance(n, theta, form->phi);
    if (size > 0.0) certificate->distance /= size;
    certificate->digits = digits(n, theta, form->phi);
    certificate->residual_norm = ldexp(on->r_norm,
                                       design->row_exponent + design->response_exponent + on->shift);
    certificate->condition = form->condition;
    certificate->rank = form->rank;
}

/* The closed form from the factors in hand: QR, or SVD where the rank is deficient. */
static gradus_status solve(const gr_design *design, const gr_qr *qr, const gr_svd *svd, gr_closed_form *form,
                           gradus_error *error)
{
    gradus_status status = gr_closed_form_open(design, form, error);
    if (status) return status;
    status = gr_qr_rank(qr) < qr->cols ? gr_solve_by_svd(design, qr, svd, form, error)
                                       : gr_solve_by_qr(design, qr, form, error);
    return status ? status : gr_design_unscale(design, form->phi, form->phi, error);
}

/* qr has overwritten A; its size was measured before. */
static gradus_status bound(const gr_design *design, const gr_qr *qr, const gr_svd *svd, const trial *on,
                           const double *theta, gradus_certificate *certificate, gradus_error *error)
{
    const gr_judged judged = {
        .design = design, .qr = qr, .svd = svd, .residual = ldexp(on->r_norm, on->shift), .size = on->a_norm};
    return gr_bound_error(&judged, theta, certificate, error);
}

static gradus_status judge(const gr_design *design, const double *theta, const trial *on,
                           gradus_certificate *certificate, gradus_error *error)
{
    gr_qr qr = {0};
    gr_svd svd = {0};
    gr_closed_form form = {0};
    gradus_status status = gr_qr_factor(&design->allocator, design->rows, design->cols, design->a, &qr,
                                        error);
    if (!status) status = gr_svd_of_qr(&qr, true, &svd, error);
    if (!status) status = solve(design, &qr, &svd, &form, error);
    gradus_certificate made;
    memset(&made, 0, sizeof made);
    if (!status) status = bound(design, &qr, &svd, on, theta, &made, error);
    if (!status) {
        made.backward_error = backward_error(on, &qr, &svd);
        made.orthogonality = orthogonality(design, on);
        compare(design, &form, theta, on, &made);
        *certificate = made;
    }
    gr_closed_form_free(design, &form);
    gr_svd_free(&svd);
    gr_qr_free(&qr);
    return status;
}

static gradus_status check_theta(const gr_design *design, const double *theta, gradus_error *error)
{
    const size_t bad = gr_first_not_finite(design->cols, theta);
    if (bad == design->cols) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_START_NOT_FINITE, gr_fault_at(bad, GRADUS_NOWHERE, theta[bad]),
                    "theta[%zu] is %g; only a finite answer can be judged", bad, theta[bad]);
}

gradus_status gradus_certify_least_squares(const gradus_matrix *X, const double *y,
                                           const gradus_model_options *options, const double *theta,
                                           gradus_certificate *certificate)
{
    gradus_model_options read;
    gradus_status status = gr_model_options_read(options, &read);
    if (status) return status;
    if (!theta || !certificate) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    gr_design design;
    trial on = {0};
    status = gr_design_make(X, y, &read, &design);
    if (!status) status = check_theta(&design, theta, read.error);
    if (!status) status = open_trial(&design, &on, read.error);
    if (!status) {
        measure(&design, theta, &on);
        status = judge(&design, theta, &on, certificate, read.error);
    }
    free_trial(&design, &on);
    gr_design_free(&design);
    return status;
}
