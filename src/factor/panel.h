/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A panel: a few columns of a Householder QR factorisation, and their reflectors in compact form,
 *
 *   H_1 H_2 ... H_k = I - V T V',    V unit lower trapezoidal, T upper triangular.
 *
 * Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989) 53; the recursion is that of Elmroth and
 * Gustavson, IBM J. Res. Dev. 44 (2000) 605.
 */
#ifndef GR_FACTOR_PANEL_H
#define GR_FACTOR_PANEL_H

#include "factor/tile.h"

enum {
    GR_PANEL = 32,                         /* most columns; measured against 24, 48 and 64 */
    GR_PANEL_SQUARE = GR_PANEL * GR_PANEL, /* doubles of R, and of T */
    GR_PANEL_WORK = 2 * GR_TILE * GR_PANEL /* and of the workspace */
};

typedef struct gr_panel {
    size_t rows, cols; /* cols <= rows, cols <= GR_PANEL */
    size_t ld;         /* >= rows */
    double *v; /* ld x GR_PANEL, column-major: the columns to factor, then V with its zeros and ones */
    double *r; /* column-major, leading dimension GR_PANEL: R, zeros below its diagonal */
    double *t; /* likewise T */
    double *work;
} gr_panel;

/* Makes V, R and T from the columns in v. */
void gr_panel_factor(gr_panel *panel);

#endif
