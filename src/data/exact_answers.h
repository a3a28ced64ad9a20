/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact answers to NIST's eleven linear least-squares problems. https://www.itl.nist.gov/div898/strd/ */
#ifndef GR_DATA_EXACT_ANSWERS_H
#define GR_DATA_EXACT_ANSWERS_H

#include <stddef.h>

/* In the order of the library: the regressors, then the intercept. */
typedef struct gr_exact_answer {
    const char *name;
    size_t size; /* of theta */
    const double *theta;
    const double *deviations; /* standard errors; 0 where the fit is exact */
    double residual_square;   /* sum of squares; likewise */
} gr_exact_answer;

extern const gr_exact_answer gr_exact_answers[];
extern const size_t gr_exact_answers_count;

/* By the name of the set, in any case; NULL when there is none. */
const gr_exact_answer *gr_exact_answer_of(const char *name);

#endif
