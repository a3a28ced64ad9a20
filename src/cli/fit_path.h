/* SPDX-License-Identifier: BSD-3-Clause */
/* `gradus fit --path`: one fit after another, from the lasso that leaves nothing down to a small one. */
#ifndef GR_CLI_FIT_PATH_H
#define GR_CLI_FIT_PATH_H

#include "cli/fit.h"

typedef struct gr_fit_path {
    double largest; /* the smallest lasso at which every coefficient is 0 */
    size_t count;   /* of the fits that were made; an interrupt makes them fewer */
    double *lambdas;
    double *thetas; /* count x coefficients */
    gradus_report *reports;
} gr_fit_path;

/*
 * lambda_k = largest * ratio^(k/(N - 1)), k = 0 .. N - 1. The trouble names the file where its data are refused. Free it with
 * gr_fit_path_free, whatever is returned. Errors: those of gradus_path, and GRADUS_ERROR_OPTION where `largest` is 0.
 */
gradus_status gr_fit_path_make(const gr_fit_settings *settings, const gr_problem *problem, gr_fit_path *path,
                               gr_trouble *trouble);
void gr_fit_path_free(gr_fit_path *path);

/* Coefficients of fit k that are not 0, the intercept excepted. */
size_t gr_fit_path_support(const gr_problem *problem, const gr_fit_path *path, size_t k);

/* Did every fit converge, and was none left out? */
bool gr_fit_path_converged(const gr_fit_settings *settings, const gr_fit_path *path);

/* fit_path_table.c: on standard output; and all coefficients as CSV to the file of --coefficients. */
void gr_fit_path_print(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit_path *path);
gradus_status gr_fit_path_write(const gr_fit_settings *settings, const gr_problem *problem,
                                const gr_fit_path *path, gr_trouble *trouble);

/* fit_path_json.c: one object on standard output. GRADUS_ERROR_MEMORY. */
gradus_status gr_fit_path_print_json(const gr_fit_settings *settings, const gr_problem *problem,
                                     const gr_fit_path *path, gradus_error *error);

#endif
