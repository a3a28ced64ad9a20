/* SPDX-License-Identifier: BSD-3-Clause */
/* Directions along which a loss falls for ever: where there is one, no finite optimum exists. */
#ifndef GR_MODEL_RECESSION_H
#define GR_MODEL_RECESSION_H

#include "model/objective.h"

/* Looked for among at most so many coefficients: that takes the square of their number. */
enum { GR_RECESSION_SIZE = 512 };

/*
 * Looks, from a theta at which a run has ended, for a direction d with which from anywhere f(theta + t d) never rises, and somewhere falls:
 *
 *   logistic   (2y - 1) x'd >= 0 on every row, > 0 on one       softmax   x'd_y - x'd_c >= 0 on every row for every c, > 0 on one
 *   Poisson    x'd = 0 where y > 0, x'd <= 0 where y = 0, < 0 on one
 *
 * with d_j = 0 where a penalty or two bounds hold theta_j, and of one sign where one does. A row is on the plane, x'd = 0, where that is at
 * most 1e-12 of what the lengths of x and d allow, in columns of one length, whose largest number is 1, but for a factor of 16 that a
 * sample of the rows may miss; rows of weight 0 do not count. `direction` (f->size
 * doubles) is d where there is one. Not finding one is no proof that there is none. memory: gr_recession_doubles doubles, 0 where such a
 * direction is never looked for.
 * Cost where an optimum is plain to see: a read of about as many rows as there are coefficients N, and some N^3 operations, N^2 where
 * a penalty holds all of them.
 * Albert and Anderson, Biometrika 71 (1984) 1; Correia, Guimaraes and Zylkin, arXiv:1903.01633 (2019).
 */
size_t gr_recession_doubles(const gradus_objective *f);
bool gr_recession(const gradus_objective *f, gr_workspace *work, double *memory, const double *theta,
                  double *direction);

#endif
