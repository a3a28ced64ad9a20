/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An objective on some of its rows: an unbiased estimate of f where the rows are drawn with equal probability, and f
 * itself, to rounding, on all of them. Batches count as they are read: gr_workspace_passes.
 */
#ifndef GR_MODEL_BATCH_H
#define GR_MODEL_BATCH_H

#include "model/objective.h"

/* The rows of f; 0 where it has none, and no batch can be evaluated. */
size_t gr_objective_rows(const gradus_objective *f);

/*
 * Doubles the owner of a workspace must lend for batches of at most `rows` rows, on at most `threads` threads (those of the
 * workspace); false when their number overflows. And their taking into use: once, after gr_workspace_open, before the first
 * batch. The memory must stay where it is. Callers' functions need none; opening is fine nevertheless.
 */
bool gr_batch_doubles(const gradus_objective *f, int threads, size_t rows, size_t *doubles);
void gr_batch_open(const gradus_objective *f, gr_workspace *work, size_t rows, double *memory);

/*
 * The mean over the batch, negation included, and unless NULL its gradient, f->size doubles. A model's is
 *
 *   m/(W b) * sum over the batch of w_i loss_i  +  lambda/2 ||theta||^2,    b = batch->count.
 *
 * May return a callback's status; sets work->reader.cancelled when cut short. Changes neither work->sums nor work->margins.
 * The bits do not depend on the number of threads. batch->count: 1 to the rows that were opened.
 */
gradus_status gr_objective_evaluate_batch(const gradus_objective *f, gr_workspace *work,
                                          const gradus_batch *batch, const double *theta, double *value,
                                          double *gradient);

#endif
