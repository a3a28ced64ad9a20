/* SPDX-License-Identifier: BSD-3-Clause */
#include "race.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record.h"
#include "stolen.h"

enum { SETTLE_NANOSECONDS = 100000000 };

static const double warm_up_seconds = 1.0; /* a first run shorter than this is not counted */
static const double batch_seconds = 3e-3;
static const double undisturbed = 0.01;  /* the host's share of a run's time, at most */
static const double wrong_factor = 20.0; /* an answer of ours this much worse than asked is wrong */

/* OpenBLAS's and OpenMP's threads spin for a while after their work: the next contestant shall not pay for it. */
static void settle(void)
{
    const struct timespec pause = {0, SETTLE_NANOSECONDS};
    nanosleep(&pause, NULL);
}

static double judge(const bench_data *data, const bench_answer *answer)
{
    if (answer->unjudged) return (double)NAN;
    bench_data judged = *data;
    if (answer->without_ridge) judged.ridge = 0.0;
    return data->problem.kind->accuracy(&judged, answer->theta);
}

/*
 * One run on processors that nobody took away. On a virtual machine whose host gives their time to others a clock
 * measures the others: such a run is made again until a contestant's patience is used up, and the least disturbed
 * counts. Only the host's share decides, not the seconds: nobody gets their luckiest run.
 */
static int run_undisturbed(bench_result *result, bench_data *data, double *tried, bench_answer *kept,
                           double patience)
{
    double *theta = kept->theta, least = INFINITY;
    bench_ticks taken = {0.0, 0.0};
    for (;;) {
        bench_answer answer = {.theta = tried};
        const double start = bench_now();
        settle();
        const bench_ticks before = bench_ticks_now();
        if (result->who->run(result->who, data, &answer) != 0) {
            memcpy(kept->note, answer.note, sizeof kept->note);
            return 1;
        }
        const bench_ticks during = bench_ticks_since(&before);
        if (bench_stolen_share(&during) < least) {
            *kept = answer;
            kept->theta = theta;
            memcpy(theta, tried, bench_answer_size(&data->problem) * sizeof *theta);
            taken = during;
            least = bench_stolen_share(&during);
        }
        if (least <= undisturbed || result->repeated >= patience) break;
        result->repeated += bench_now() - start;
    }
    result->ticks.stolen += taken.stolen;
    result->ticks.busy += taken.busy;
    return 0;
}

/* One timed run. The judge sees the first answer and the last. */
static void run_once(const bench_run *run, bench_result *result, bench_data *data, double *theta,
                     size_t round)
{
    bench_answer answer = {.theta = theta};
    double *tried = theta + bench_answer_size(&data->problem);
    const bool first = round == 0, last = round == run->rounds;
    result->failed = run_undisturbed(result, data, tried, &answer, first ? 0.0 : 2.0 * run->budget) != 0;
    memcpy(result->note, answer.note, sizeof result->note);
    if (result->failed) return;
    result->passes = answer.passes;
    result->evaluations = answer.evaluations;
    if (first || last) {
        const double accuracy = judge(data, &answer);
        if (first || accuracy > result->accuracy || isnan(accuracy)) result->accuracy = accuracy;
    }
    if (!first || answer.seconds >= warm_up_seconds) bench_add(&result->samples, answer.seconds);
}

static double spent(const bench_result *result)
{
    double sum = 0.0;
    for (size_t i = 0; i < result->samples.count; i++) sum += result->samples.seconds[i];
    return sum;
}

static bool is_wrong(const bench_result *result, const bench_data *data)
{
    return result->who->ours && (result->failed || !(result->accuracy <= wrong_factor * data->asked));
}

static bool takes_part(const bench_run *run, const bench_contestant *who)
{
    if (run->without_slow && who->slow) return false;
    if (run->without_scripts && who->script) return false;
    return !run->only || who->ours || strstr(who->name, run->only);
}

static void line_up(const bench_run *run, const bench_contestant *const *contestants, bench_results *results)
{
    results->count = 0;
    for (; *contestants && results->count < BENCH_MOST_CONTESTANTS; contestants++)
        if (takes_part(run, *contestants))
            results->of[results->count++] = (bench_result){.who = *contestants, .accuracy = (double)NAN};
}

/* Of the time that all runs that count wanted, the share they did not get. */
static double stolen_from(const bench_results *results)
{
    bench_ticks sum = {0.0, 0.0};
    for (size_t i = 0; i < results->count; i++) {
        sum.stolen += results->of[i].ticks.stolen;
        sum.busy += results->of[i].ticks.busy;
    }
    return bench_stolen_share(&sum);
}

void bench_race(bench_run *run, const char *figure, bench_data *data,
                const bench_contestant *const *contestants, bench_results *results)
{
    /* two answers: the one that counts, and behind it the one of a run that may not */
    double *theta = (double *)calloc(2 * bench_answer_size(&data->problem), sizeof *theta);
    line_up(run, contestants, results);
    for (size_t round = 0; theta && round <= run->rounds; round++) {
        for (size_t i = 0; i < results->count; i++) {
            bench_result *result = &results->of[i];
            if (result->failed || spent(result) > run->budget) continue;
            run_once(run, result, data, theta, round);
        }
    }
    results->stolen = stolen_from(results);
    for (size_t i = 0; i < results->count; i++) {
        run->wrong |= is_wrong(&results->of[i], data);
        bench_record(run, figure, data, &results->of[i]);
    }
    free(theta);
}

const bench_result *bench_result_of(const bench_results *results, const bench_contestant *who)
{
    static const bench_result none = {
        .accuracy = (double)NAN, .passes = (double)NAN, .evaluations = (double)NAN, .failed = true};
    for (size_t i = 0; i < results->count; i++)
        if (results->of[i].who == who) return &results->of[i];
    return &none;
}

double bench_median(const bench_results *results, const bench_contestant *who)
{
    return bench_quantile(&bench_result_of(results, who)->samples, 0.5);
}

double bench_ratio(const bench_results *results, const bench_contestant *slow, const bench_contestant *fast)
{
    const bench_samples *a = &bench_result_of(results, slow)->samples,
                        *b = &bench_result_of(results, fast)->samples;
    if (a->count != b->count) return bench_quantile(a, 0.5) / bench_quantile(b, 0.5);
    bench_samples ratios = {0};
    for (size_t i = 0; i < a->count; i++) bench_add(&ratios, a->seconds[i] / b->seconds[i]);
    return bench_quantile(&ratios, 0.5);
}

void bench_calibrate(bench_data *data, const bench_contestant *who)
{
    double *theta = (double *)calloc(bench_answer_size(&data->problem), sizeof *theta);
    bench_answer answer = {.theta = theta};
    for (data->repeats = 1; theta && data->repeats < (size_t)1 << 20; data->repeats *= 2) {
        if (who->run(who, data, &answer) != 0) break;
        if (answer.seconds * (double)data->repeats >= batch_seconds) break;
    }
    free(theta);
}
