/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of two variables that are worth a picture. */
#ifndef GR_CLI_SURFACE_H
#define GR_CLI_SURFACE_H

#include "gradus/objective.h"

/* A rectangle of the plane. */
typedef struct gr_window {
    double low[2], high[2];
} gr_window;

typedef struct gr_surface {
    const char *name;    /* as --surface takes it */
    const char *title;   /* "Rosenbrock's valley" */
    const char *formula; /* of f(a, b) */
    gr_window window;    /* where it is drawn */
    double start[2];     /* where a run begins when nobody says otherwise */
    size_t minima;       /* how many local minima it has */
    double minimum[4][2];
    gradus_callback callback; /* f and its gradient; NULL for the bowl, which is least squares */
} gr_surface;

extern const gr_surface gr_surfaces[];
extern const size_t gr_surfaces_count;

/* The words of --surface, and what --help says is allowed. */
#define GR_SURFACE_WORDS "bowl, booth, beale, rosenbrock, himmelblau, camel or two-valleys"

/*
 * The bowl f = 1/2 (u^2 + K v^2), with u along (cos 30, sin 30) degrees and v across: least squares J = 1/4 ||X theta||^2
 * whose X (2 x 2, row-major) this writes. Its Hessian has the eigenvalues 1 and K.
 */
void gr_surface_bowl(double condition, double x[4]);

#endif
