/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal equations of the data as stored, in twice the precision and in the design's units: A'(A t - b) for t kept as pairs. The
 * weights enter as they are, X with what its doubles leave out; the design itself has rounded square roots of weights.
 * Demmel, Hida, Riedy and Li, ACM Trans. Math. Softw. 35 (2009) 28.
 */
#ifndef GR_REFERENCE_EXACT_H
#define GR_REFERENCE_EXACT_H

#include "base/pair.h"
#include "factor/qr.h"
#include "reference/design.h"

typedef struct gr_exact {
    const gr_design *design;
    double *memory;     /* one allocation for all below */
    gradus_matrix X, L; /* copies, scaled by powers of two, column-major */
    double *y, *offset, *weights;
    double *zeros;
    double *work;     /* cols */
    gr_pair *ridge;   /* W lambda in the units of each column; NULL without a ridge */
    gr_pair *columns; /* X'r, in pairs */
    double *pass;     /* the pass's own memory */
    gr_reader reader;
} gr_exact;

/* Copies X, a pass over it. The design must outlive it. Call gr_exact_free also after a failure. Errors: _MEMORY. */
gradus_status gr_exact_open(const gr_design *design, gr_exact *exact, gradus_error *error);
void gr_exact_free(gr_exact *exact);

/* gradient = A'(A t - b), or A'A t where `homogeneous`; each entry is rounded once. */
void gr_exact_gradient(gr_exact *exact, const gr_pair *t, bool homogeneous, double *gradient);

/* ||D^(1/2) [X 1]||_F in the design's units: the size of the design without the rows of a ridge */
double gr_exact_size(const gr_exact *exact);
/* ... and ||D^(1/2) L||_F, 0 without an L */
double gr_exact_low_size(const gr_exact *exact);

/* ||D^(1/2)(X theta - y)||_2^2 at theta in the design's units, without the rows of a ridge, in the design's units */
double gr_exact_residual_square(const gr_exact *exact, const double *t);

/* t <- t - (R'R)^(-1) gradient with the R of the design's QR factorisation; || R P'd ||_2 of the step d. The gradient is kept. */
double gr_exact_correct(gr_exact *exact, const gr_qr *qr, const double *gradient, gr_pair *t);

#endif
