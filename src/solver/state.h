/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A solve from the inside. The loop minimises phi: phi = f in descent, phi = -f in ascent. evaluate.c turns the sign
 * on the way in, report.c and monitor.c on the way out; no other file knows about it.
 *
 * A part of the state is a struct in the header of what works on it.
 */
#ifndef GR_SOLVER_STATE_H
#define GR_SOLVER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gradus/solver.h"
#include "model/objective.h"
#include "solver/anchor.h"
#include "solver/batches.h"
#include "solver/compress.h"
#include "solver/curvature.h"
#include "solver/factored.h"
#include "solver/leap.h"
#include "solver/line.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/pairs.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/refine.h"
#include "solver/step.h"
#include "solver/stop.h"

struct gradus_solver {
    const gradus_objective *f;
    bool ascent;
    gradus_options options; /* with defaults filled in */
    gradus_allocator allocator;
    const gr_method *method;
    const gr_metric *metric;
    const gr_step *step;
    gr_workspace work;
    double *memory; /* one allocation, carved into all the vectors below */
    double *doubt;  /* and one to look for a way to infinity with; NULL where there is none */
    size_t n;
    gr_point current, trial, best;
    double *direction;
    double slope;        /* gradient'direction at current */
    double squared_norm; /* of the gradient at current, in the metric: gradient'P^(-1)gradient */
    double
        correction; /* its root, also where the square underflows; of methods that are judged by it, see gr_measure */
    gr_columns columns;
    gr_factored factored;
    gr_leaping leap;
    double *own;             /* the method's vectors */
    gr_pairs pairs;          /* L-BFGS's */
    double inertia;          /* Nesterov's: FISTA's t */
    double conjugacy;        /* conjugate gradient's beta for the next direction */
    size_t moments;          /* gradients that Adam's means hold */
    double *clipped;         /* the gradient as the method sees it; there where a clip was asked for */
    double step_size;        /* the last accepted alpha */
    double first_trial;      /* the line search's next first trial */
    bool asked_for_step;     /* the caller set a step */
    bool asked_for_patience; /* the caller set a patience */
    bool asked_for_gradient; /* the caller set a gradient tolerance; refinement otherwise knows better */
    bool refines;            /* least squares in the Gram metric: every step is a refinement of the answer */
    gr_search search;
    double recent[GR_RECENT];
    gr_compressed compressed;
    gr_anchor anchor;
    gr_refinement refinement;
    gr_batches batches;
    gr_proximal proximal;
    gr_curved curved;
    bool asked_for_gap; /* the caller set a tolerance for the duality gap */
    double metric_passes;
    size_t renewed_at; /* the iteration at which the metric was made anew */
    double condition;  /* of X in the metric's columns, NaN where nothing was factored */
    char reason[256];  /* for the metric */
    double suspicion;  /* fixed steps on a quadratic: the squared gradient norm that calls for a proof */
    gr_history history;
    gradus_stop_reason stop;
    size_t iterations, evaluations;
    double started;
    double curvature;
    double best_value;
    size_t best_iteration;
    uint64_t options_mark; /* of the options as they were given */
    uint64_t data_mark;    /* of the objective, once `marked` */
    bool marked;
};

#endif
