/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a P that is factored, by columns in one length: metric_gram.c by its Gram matrix, metric_qr.c by its rows. */
#ifndef GR_SOLVER_FACTORED_H
#define GR_SOLVER_FACTORED_H

#include <stdbool.h>
#include <stddef.h>

#include "factor/tiled_cholesky.h"
#include "factor/tiled_lq.h"
#include "gradus/solver.h"
#include "solver/record.h"

/* What the standardising metric knows of the columns. */
typedef struct gr_columns {
    double *center, *scale;
} gr_columns;

/* What the metrics that factor a matrix know: P = share * LL' or G in equilibrated columns (the units are columns.scale). */
typedef struct gr_factored {
    double *matrix; /* an allocation of its own */
    bool exact;     /* P is the Hessian */
    double share;   /* b/W, where the factored matrix leaves it out */
    double trace;   /* of the equilibrated P; of a diagonal one that is not factored, too */
    gr_cholesky cholesky;
    gr_tiled_lq lq;
} gr_factored;

/* metric_gram.c: would the Gram matrix break down? Then the sketch takes its place. Memory for P */
gradus_status gr_gram_probe(gradus_solver *solver);
gradus_status gr_hessian_allocate(gradus_solver *solver);

/* metric_gram.c: equilibrates P, size x size, and factors it; a reciprocal condition of NaN says that P is not finite. And does that hold? */
gradus_status gr_gram_factor(gradus_solver *solver, size_t size);
bool gr_gram_holds(const gr_factored *factored);

/* metric_gram.c: -P^(-1) gradient, and P_jj to a factor of 4 */
void gr_gram_steepest(const gradus_solver *solver, const double *gradient, double *direction);
double gr_gram_diagonal(const gradus_solver *solver, size_t j);

/* metric_qr.c: memory for so many rows of P's factor and the ridge's below them; their factorisation; -P^(-1) gradient, and P_jj to
 * a factor of 4 */
gradus_status gr_rows_allocate(gradus_solver *solver, size_t rows);
gradus_status gr_rows_factor(gradus_solver *solver, size_t rows);
void gr_rows_steepest(const gradus_solver *solver, const double *gradient, double *direction);
double gr_rows_diagonal(const gradus_solver *solver, size_t j);

/* gr_metric.remember: metric_gram.c, of P = LL' as gr_gram_factor leaves it, of one output or of all; metric_qr.c, of LL' as gr_rows_factor
 * leaves it */
void gr_remember_gram(gradus_solver *solver, gr_record *record);
void gr_remember_rows(gradus_solver *solver, gr_record *record);

#endif
