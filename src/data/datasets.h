/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The built-in data: ten of the linear least-squares problems of NIST's Statistical Reference Datasets
 * (StRD), each with its certified answer. https://www.itl.nist.gov/div898/strd/
 */
#ifndef GR_DATA_DATASETS_H
#define GR_DATA_DATASETS_H

#include <stdbool.h>
#include <stddef.h>

/* One set; all of it constant. theta is in the order of the library: the regressors, then the intercept. */
typedef struct gr_dataset {
    const char *name;
    const char *title;        /* one sentence: what it is and what is hard about it */
    const char *source;       /* who published it */
    const char *response;     /* the name of y */
    const char *const *names; /* of the columns of x */
    size_t rows, columns;     /* of x */
    const double *x;          /* row-major */
    const double *y;
    size_t degree;            /* k > 0: the regressors are x, x^2, ..., x^k; 0: the columns of x */
    bool intercept;           /* the model has one */
    const double *certified;  /* theta by NIST, 15 significant digits */
    const double *deviations; /* its standard deviations by NIST; 0 where the fit is exact */
} gr_dataset;

extern const gr_dataset gr_longley, gr_noint1, gr_noint2, gr_filip, gr_pontius;
extern const gr_dataset gr_wampler1, gr_wampler2, gr_wampler3, gr_wampler4, gr_wampler5;

/* All of them; Longley, the one a newcomer meets, is the first. */
extern const gr_dataset *const gr_datasets[];
extern const size_t gr_datasets_count;

/* The set of that name, in any case; NULL when there is none. */
const gr_dataset *gr_dataset_find(const char *name);

/* Regressors of the model: the columns of x, or the degree. */
size_t gr_dataset_regressors(const gr_dataset *set);

/* Entries of theta: the regressors, and one more with an intercept. */
size_t gr_dataset_coefficients(const gr_dataset *set);

#endif
