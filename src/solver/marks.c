/* SPDX-License-Identifier: BSD-3-Clause */
/* A mark of the options, by which a checkpoint knows those it was saved with. */
#include "base/hash.h"
#include "solver/options.h"
#include "solver/state.h"

static void mark_step(gr_hash *hash, const gradus_step *step)
{
    gr_hash_word(hash, (uint64_t)step->rule);
    gr_hash_word(hash, (uint64_t)step->period);
    const double numbers[] = {step->size,  step->shrink, step->growth, step->sufficient_decrease,
                              step->decay, step->last};
    gr_hash_doubles(hash, sizeof numbers / sizeof *numbers, numbers);
}

/* Without the seconds, which a clock counts */
static void mark_stop(gr_hash *hash, const gradus_stop_criteria *stop)
{
    const double numbers[] = {stop->gradient_tolerance, stop->step_tolerance, stop->value_tolerance,
                              stop->gap_tolerance};
    gr_hash_doubles(hash, sizeof numbers / sizeof *numbers, numbers);
    gr_hash_word(hash, (uint64_t)stop->max_iterations);
    gr_hash_word(hash, (uint64_t)stop->patience);
    gr_hash_word(hash, (uint64_t)stop->max_epochs);
}

static void mark_batching(gr_hash *hash, const gradus_batching *batch)
{
    gr_hash_word(hash, batch->rows);
    gr_hash_word(hash, (uint64_t)batch->order);
    gr_hash_word(hash, batch->seed);
    gr_hash_word(hash, (uint64_t)batch->check);
}

/* What was asked for and is its default all the same */
static void mark_wishes(gr_hash *hash, const gradus_solver *solver)
{
    gr_hash_word(hash, solver->asked_for_step);
    gr_hash_word(hash, solver->asked_for_patience);
    gr_hash_word(hash, solver->asked_for_gradient);
    gr_hash_word(hash, solver->asked_for_gap);
}

uint64_t gr_options_mark(const gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const double numbers[] = {options->momentum, options->clip, options->second_momentum,
                              options->adam_epsilon};
    gr_hash hash = gr_hash_begin();
    gr_hash_word(&hash, solver->ascent);
    gr_hash_word(&hash, (uint64_t)options->method);
    gr_hash_word(&hash, (uint64_t)options->metric);
    gr_hash_word(&hash, options->compress != 0);
    gr_hash_word(&hash, options->refine != 0);
    gr_hash_doubles(&hash, sizeof numbers / sizeof *numbers, numbers);
    mark_step(&hash, &options->step);
    mark_stop(&hash, &options->stop);
    mark_batching(&hash, &options->batch);
    mark_wishes(&hash, solver);
    return gr_hash_end(&hash);
}
