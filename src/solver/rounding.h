/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what may be rounding, and what a good answer is. */
#ifndef GR_SOLVER_ROUNDING_H
#define GR_SOLVER_ROUNDING_H

/*
 * Changes of the value below this, relative to the value, may be rounding. It is far above 1e-16 because a residual is a
 * difference: on Longley's data x_i'theta cancels from 4e6 to 3e2, so the value keeps 11 digits. Measured there, digits of
 * theta reached by backtracking with 1e-14: 3.1, 1e-12: 3.2, 1e-10: 9.7, 1e-8 and 1e-6: 9.8.
 */
#define GR_VALUE_ROUNDING 1e-10

/* What a good answer of least squares leaves of backward error is 1e-16, what a bad one stops at is 1e-8 or more. */
#define GR_ANSWER 1e-12

/* A run that can go no further has arrived only where its duality gap, if one is known, is at most this share of the value. */
#define GR_GAP_ARRIVED 1e-6

#endif
