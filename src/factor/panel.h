/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A panel: at most GR_TILE columns of a Householder QR factorisation, and their reflectors in compact form,
 *
 *   H_1 H_2 ... H_k = I - V T V',    V unit lower trapezoidal, T upper triangular.
 *
 * Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989) 53; the recursion is that of Elmroth and Gustavson, IBM J.
 * Res. Dev. 44 (2000) 605.
 */
#ifndef GR_FACTOR_PANEL_H
#define GR_FACTOR_PANEL_H

#include "factor/tile.h"

typedef struct gr_panel {
    size_t rows, cols; /* cols <= rows, cols <= GR_TILE */
    size_t ld;         /* >= rows */
    double *v;         /* ld x GR_TILE, column-major: the columns to factor, then V, its zeros and ones included */
    double *r;         /* GR_TILE x GR_TILE, column-major: R, zeros below its diagonal */
    double *t;         /* the same for T */
    double *work;      /* two tiles */
} gr_panel;

/* Makes V, R and T from the columns in v. */
void gr_panel_factor(gr_panel *panel);

#endif
