/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference/closed_form.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/vector.h"
#include "model/options.h"

gradus_status gr_closed_form_open(const gr_design *design, gr_closed_form *form, gradus_error *error)
{
    *form = (gr_closed_form){.phi = gr_allocate_doubles(&design->allocator, design->cols),
                             .residual = gr_allocate_doubles(&design->allocator, design->rows)};
    return form->phi && form->residual ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

void gr_closed_form_free(const gr_design *design, gr_closed_form *form)
{
    gr_release(&design->allocator, form->phi);
    gr_release(&design->allocator, form->residual);
}

static gradus_status solve_with_svd(const gr_design *design, const gr_qr *qr, gr_closed_form *form,
                                    gradus_error *error)
{
    gr_svd svd = {0};
    gradus_status status = gr_svd_of_qr(qr, true, &svd, error);
    if (!status) status = gr_solve_by_svd(design, qr, &svd, form, error);
    gr_svd_free(&svd);
    return status;
}

/* QR and SVD share the QR factorisation; automatic takes the SVD where QR would refuse. */
static gradus_status solve_orthogonally(gr_design *design, gradus_reference method, gr_closed_form *form,
                                        gradus_error *error)
{
    gr_qr qr = {0};
    gradus_status status = gr_qr_factor(&design->allocator, design->rows, design->cols, design->a, &qr,
                                        error);
    if (!status) {
        const bool deficient = gr_qr_rank(&qr) < qr.cols;
        const bool by_svd = method == GRADUS_REFERENCE_SVD ||
                            (method == GRADUS_REFERENCE_AUTOMATIC && deficient);
        status = by_svd ? solve_with_svd(design, &qr, form, error) : gr_solve_by_qr(design, &qr, form, error);
    }
    gr_qr_free(&qr);
    return status;
}

/* ||D^(1/2) (X theta - y)||: the residual without the rows of the ridge, which stand among the others. */
static double data_residual(const gr_design *design, double *residual)
{
    for (size_t i = 0; i < design->rows; i++) {
        if ((size_t)design->order[i] >= design->model.X.rows) residual[i] = 0.0;
    }
    return ldexp(gr_norm(design->rows, residual), design->row_exponent + design->response_exponent);
}

/* What was found, in the caller's units; NaN for what a refusal leaves unknown. */
static void fill_facts(const gr_design *design, const gr_closed_form *form, const double *theta,
                       gradus_facts *facts)
{
    memset(facts, 0, sizeof *facts);
    facts->method = form->method;
    facts->size = design->cols;
    facts->rank = form->rank;
    facts->condition = form->condition;
    facts->value = facts->residual_norm = (double)NAN;
    if (!theta) return;
    const gr_model *model = &design->model;
    const double penalty = gr_norm(model->X.cols, theta);
    facts->residual_norm = data_residual(design, form->residual);
    const double root = facts->residual_norm / sqrt(model->total_weight);
    facts->value = 0.5 * root * root + (model->ridge > 0.0 ? 0.5 * model->ridge * penalty * penalty : 0.0);
}

static gradus_status answer(gr_design *design, gradus_reference method, gr_closed_form *form, double *theta,
                            gradus_facts *facts, gradus_error *error)
{
    gradus_status status = method == GRADUS_REFERENCE_CHOLESKY
                               ? gr_solve_by_cholesky(design, form, error)
                               : solve_orthogonally(design, method, form, error);
    if (status == GRADUS_ERROR_RANK_DEFICIENT && facts) fill_facts(design, form, NULL, facts);
    if (status) return status;
    status = gr_design_unscale(design, form->phi, form->phi, error);
    if (status) return status;
    if (facts) fill_facts(design, form, form->phi, facts);
    memcpy(theta, form->phi, design->cols * sizeof *theta);
    return GRADUS_OK;
}

static gradus_status check_method(gradus_reference method, gradus_error *error)
{
    if (method >= GRADUS_REFERENCE_AUTOMATIC && method <= GRADUS_REFERENCE_CHOLESKY) return GRADUS_OK;
    return gr_error(
        error, GRADUS_ERROR_OPTION, gr_fault_limit((double)method, GRADUS_REFERENCE_CHOLESKY),
        "the reference method is %d; it is one of GRADUS_REFERENCE_AUTOMATIC, _QR, _SVD, _CHOLESKY",
        (int)method);
}

gradus_status gradus_reference_least_squares(const gradus_matrix *X, const double *y,
                                             const gradus_model_options *options, gradus_reference method,
                                             double *theta, gradus_facts *facts)
{
    gradus_model_options read;
    gradus_status status = gr_model_options_read(options, &read);
    if (status) return status;
    if (!theta) return gr_error_plain(read.error, GRADUS_ERROR_NULL);
    status = check_method(method, read.error);
    if (status) return status;
    gr_design design;
    gr_closed_form form = {0};
    status = gr_design_make(X, y, &read, &design);
    if (!status) status = gr_closed_form_open(&design, &form, read.error);
    if (!status) status = answer(&design, method, &form, theta, facts, read.error);
    gr_closed_form_free(&design, &form);
    gr_design_free(&design);
    return status;
}
