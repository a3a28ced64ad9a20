/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what a step rule is, and all that there are. */
#ifndef GR_SOLVER_STEP_H
#define GR_SOLVER_STEP_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "solver/record.h"

/*
 * A step rule goes along the direction: leaves the accepted point in solver->trial and its step in
 * solver->step_size, or sets solver->stop.
 */
typedef struct gr_step {
    gradus_step_rule id;
    const char *name;
    bool searches; /* a line search: no step that does not lower phi enough is taken */
    bool monotone; /* its last iterate is its best */
    gradus_status (*advance)(gradus_solver *solver);
    double (*schedule)(const gradus_step *step,
                       double k); /* alpha after k steps; NULL where it is not fixed beforehand */
    /* as a method's; NULL without memory of its own */
    void (*remember)(gradus_solver *solver, gr_record *record);
} gr_step;

extern const gr_step gr_step_fixed;
extern const gr_step gr_step_backtracking;
extern const gr_step gr_step_wolfe;
extern const gr_step gr_step_exact;
extern const gr_step gr_step_barzilai_borwein;
extern const gr_step gr_step_inverse_time;
extern const gr_step gr_step_inverse_square_root;
extern const gr_step gr_step_cosine;
extern const gr_step gr_step_decay;
extern const gr_step gr_step_proximal;
extern const gr_step gr_step_proximal_fixed;
extern const gr_step gr_step_coordinate;
extern const gr_step gr_step_coordinate_exact;
extern const gr_step gr_step_working;

/* Barzilai and Borwein's values phi of the last steps, in a ring. */
enum { GR_RECENT = 10 };

#endif
