/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: runs by coordinates, and the quadratic model that they go in. */
#ifndef GR_SOLVER_CURVATURE_H
#define GR_SOLVER_CURVATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "solver/coordinate.h"
#include "solver/metric.h"
#include "solver/point.h"

/* A run by coordinates: its steps minimise a quadratic model with lasso and bounds. */
typedef struct gr_curved {
    double *memory;     /* an allocation of its own */
    size_t *chosen;     /* and another */
    gr_quadratic q;     /* H lies in factored.matrix */
    double *curvatures; /* of the rows */
    double promise;     /* of the last step's model; 0 before the first */
    bool fresh;         /* H was made at the iterate */
    bool strayed;       /* the last evaluation was that of a refused trial */
    size_t held;        /* columns of the last working set */
} gr_curved;

/* metric_curvature.c: does a run go by coordinates, and in which model? H made anew at the iterate; what a step teaches it */
bool gr_curvature_applies(const gradus_objective *f, const gradus_options *options);
const gr_metric *gr_curvature_metric(const gradus_solver *solver);
bool gr_curvature_runs(const gradus_solver *solver);
bool gr_curvature_is_whole(const gradus_objective *f);
gradus_status gr_curvature_renew(gradus_solver *solver);
void gr_curvature_learn(gradus_solver *solver, const gr_point *from, const gr_point *to);

#endif
