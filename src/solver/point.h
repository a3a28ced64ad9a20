/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a place, and what an evaluation has found there. */
#ifndef GR_SOLVER_POINT_H
#define GR_SOLVER_POINT_H

#include <stdbool.h>

/* theta with phi, its gradient and the gradient's norm there */
typedef struct gr_point {
    double *theta;
    double *gradient;
    double value;
    double gradient_norm; /* with a lasso or constraints that of the gradient mapping */
    double penalty;       /* with a lasso its share of the value */
    double gap;           /* the duality gap there, NaN where none is known */
    bool estimated;       /* value and gradient are those of a batch */
} gr_point;

/* What an evaluation found, when the call itself could be carried out. */
typedef enum gr_outcome {
    GR_FINITE,    /* value and gradient are finite */
    GR_REJECTED,  /* GRADUS_REJECT, NaN or Inf */
    GR_UNBOUNDED, /* phi is -Inf */
    GR_CANCELLED  /* the caller's flag was seen */
} gr_outcome;

#endif
