/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver_options.h"

#include <math.h>

static gradus_verdict watch_it(void *context, const gradus_progress *progress)
{
    fuzz_watch *watch = (fuzz_watch *)context;
    claim(progress->n == watch->n && progress->theta && progress->gradient);
    claim(fuzz_all_finite(progress->n, progress->theta));
    claim(progress->iteration <= FUZZ_MOST_ITERATIONS);
    claim(progress->passes >= 0.0 && progress->epochs >= 0.0);
    if (++watch->calls != watch->act_at) return GRADUS_MONITOR_CONTINUE;
    watch->cancelled = watch->cancels;
    return watch->verdict;
}

static double constant(fuzz_input *in, bool tame)
{
    const double number = fuzz_double(in, tame);
    return tame ? fabs(number) / 5.0 : number;
}

static void make_step(fuzz_input *in, bool tame, gradus_step *step)
{
    const unsigned has = fuzz_byte(in);
    step->rule = (gradus_step_rule)fuzz_below(in, 11);
    step->size = fuzz_double(in, tame);
    if (has & 1) step->shrink = constant(in, tame);
    if (has & 2) step->growth = 1.0 + constant(in, tame);
    if (has & 4) step->sufficient_decrease = constant(in, tame);
    if (has & 8) step->decay = constant(in, tame);
    if (has & 16) step->last = constant(in, tame);
    if (has & 32) step->period = (int64_t)fuzz_byte(in) - 1;
    if (has & 64) step->period = (int64_t)fuzz_word(in);
    if (tame || !(has & 128)) step->size = fabs(step->size);
}

static double tolerance(fuzz_input *in, bool tame)
{
    const double number = fuzz_double(in, tame);
    return number == -1.0 || !tame ? number : fabs(number) * 1e-6;
}

static void make_stop(fuzz_input *in, bool tame, gradus_stop_criteria *stop)
{
    const unsigned has = fuzz_byte(in);
    stop->max_iterations = 1 + (int64_t)fuzz_below(in, FUZZ_MOST_ITERATIONS);
    if (has & 1) stop->gradient_tolerance = tolerance(in, tame);
    if (has & 2) stop->step_tolerance = tolerance(in, tame);
    if (has & 4) stop->value_tolerance = tolerance(in, tame);
    if (has & 8) stop->gap_tolerance = tolerance(in, tame);
    if (has & 16) stop->patience = (int64_t)fuzz_byte(in) - 2;
    if (has & 32) stop->max_epochs = (int64_t)fuzz_byte(in) - 2;
}

static void make_batching(fuzz_input *in, gradus_batching *batch)
{
    const unsigned has = fuzz_byte(in);
    if (has % 4 != 3) return;
    batch->rows = (has & 4) ? (size_t)fuzz_word(in) : fuzz_below(in, 16);
    batch->order = (gradus_order)fuzz_below(in, 5);
    batch->seed = (has & 8) ? fuzz_word(in) : 0;
    batch->check = (int64_t)fuzz_below(in, 5) - 2;
}

static void make_constants(fuzz_input *in, bool tame, gradus_options *options)
{
    const unsigned has = fuzz_byte(in);
    if (has & 1) options->momentum = constant(in, tame);
    if (has & 2) options->clip = constant(in, tame);
    if (has & 4) options->second_momentum = constant(in, tame);
    if (has & 8) options->adam_epsilon = constant(in, tame);
    options->compress = (has & 48) == 48;
    options->refine = (has & 192) == 192;
}

static void make_watch(fuzz_input *in, fuzz_watch *watch, gradus_options *options)
{
    const size_t kind = fuzz_below(in, 8);
    *watch = (fuzz_watch){.n = watch->n};
    watch->act_at = kind > 3 ? fuzz_below(in, 8) : 0;
    watch->verdict = kind == 4   ? GRADUS_MONITOR_STOP
                     : kind == 5 ? GRADUS_MONITOR_ABORT
                                 : GRADUS_MONITOR_CONTINUE;
    watch->cancels = kind == 6;
    watch->cancelled = kind == 7;
    options->monitor = watch_it;
    options->monitor_context = watch;
    options->cancel = &watch->cancelled;
}

gradus_options fuzz_options_make(fuzz_input *in, bool tame, fuzz_watch *watch, gradus_error *error,
                                 const gradus_allocator *allocator)
{
    gradus_options options = gradus_options_default();
    options.threads = 1;
    options.error = error;
    options.allocator = allocator;
    options.method = (gradus_method)fuzz_below(in, 10);
    options.metric = (gradus_metric)fuzz_below(in, 11);
    const bool plain = fuzz_flag(in);
    options.stop.max_iterations = FUZZ_MOST_ITERATIONS;
    make_watch(in, watch, &options);
    if (plain) return options;
    make_step(in, tame, &options.step);
    make_stop(in, tame, &options.stop);
    make_batching(in, &options.batch);
    make_constants(in, tame, &options);
    return options;
}
