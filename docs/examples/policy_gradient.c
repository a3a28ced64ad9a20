/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A policy gradient: a cart learns to balance a pole, by ascent of the expected reward. Exit status 0 when, with each of
 * five seeds, it learns to balance for 195 of 200 steps or more, on the average of 100 new episodes.
 *
 *   P(push to the right) = p = 1 / (1 + exp(-theta's)),   s = (position, speed, angle, spin)
 *   f(theta) = expected number of steps until the pole falls, the cart leaves its track, or 200 are over
 *
 * A. G. Barto, R. S. Sutton and C. W. Anderson, Neuronlike adaptive elements that can solve difficult learning control
 * problems, IEEE Trans. Systems, Man, and Cybernetics 13 (1983) 834-846; here without friction. R. J. Williams, Simple
 * statistical gradient-following algorithms for connectionist reinforcement learning, Machine Learning 8 (1992) 229-256.
 */
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATE = 4, STEPS = 200, EPISODES = 50, ITERATIONS = 100, SEEDS = 5, TESTS = 100, TARGET = 195 };
static const size_t endless =
    1000000000; /* episodes 0 .. endless - 1 are to learn from, those beyond for the test */
static const double track = 2.4,
                    lean = 12.0 * 3.14159265358979324 / 180.0; /* metres, radians: further is a fall */

/* The states that were seen and the scores of the pushes. Score times state is the gradient of log P(push). */
typedef struct episode {
    int steps;
    double state[STEPS][STATE], score[STEPS];
} episode;

/* A random number from [0, 1): the generator splitmix64 of Steele, Lea and Flood, OOPSLA 2014 */
static double uniform(uint64_t *seed)
{
    uint64_t bits = *seed += 0x9E3779B97F4A7C15u;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    return (double)((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

/* The equations of motion, 0.02 s of them, by Euler's method; kilograms, metres, newtons */
static void move(double s[STATE], double force)
{
    const double gravity = 9.8, cart = 1.0, pole = 0.1, half_length = 0.5, tau = 0.02, total = cart + pole;
    const double sine = sin(s[2]), cosine = cos(s[2]);
    const double pull = (force + pole * half_length * s[3] * s[3] * sine) / total;
    const double twist = (gravity * sine - cosine * pull) /
                         (half_length * (4.0 / 3.0 - pole * cosine * cosine / total));
    const double rates[STATE] = {s[1], pull - pole * half_length * twist * cosine / total, s[3], twist};
    for (size_t j = 0; j < STATE; j++) s[j] += tau * rates[j];
}

/* Plays one episode. Its number is the seed of all chance in it. */
static void play(const double *theta, size_t number, episode *e)
{
    uint64_t seed = (uint64_t)number << 20; /* far apart: no two episodes share a random number */
    double s[STATE];
    for (size_t j = 0; j < STATE; j++) s[j] = 0.1 * uniform(&seed) - 0.05;
    for (e->steps = 0; e->steps < STEPS && fabs(s[0]) <= track && fabs(s[2]) <= lean; e->steps++) {
        double z = 0.0;
        for (size_t j = 0; j < STATE; j++) z += theta[j] * s[j];
        const double p = 1.0 / (1.0 + exp(-z));
        const int right = uniform(&seed) < p;
        memcpy(e->state[e->steps], s, sizeof s);
        e->score[e->steps] = right - p;
        move(s, right ? 10.0 : -10.0);
    }
}

/* The reward to come at step t: one for each step from there on */
static double to_come(const episode *e, int t)
{
    return e->steps > t ? e->steps - t : 0;
}

/*
 * REINFORCE with baseline: gradient = mean of sum_t score * state * (reward to come - baseline). The baseline is the mean
 * of the other episodes; with the mean of them all, the divisor becomes count - 1, as it does in a variance.
 */
static void reinforce(const episode *episodes, size_t count, double *gradient)
{
    memset(gradient, 0, STATE * sizeof *gradient);
    for (int t = 0; t < STEPS; t++) {
        double mean = 0.0;
        for (size_t i = 0; i < count; i++) mean += to_come(&episodes[i], t) / (double)count;
        for (const episode *e = episodes; e < episodes + count; e++) {
            const double advantage = (to_come(e, t) - mean) / ((double)count - 1.0);
            for (size_t j = 0; j < STATE && t < e->steps; j++)
                gradient[j] += advantage * e->score[t] * e->state[t][j];
        }
    }
}

/* What gradus climbs: the mean reward of some episodes, and the estimate of its gradient */
static gradus_status reward(void *context, size_t n, const double *theta, const gradus_batch *batch,
                            double *value, double *gradient)
{
    episode *episodes = (episode *)context;
    (void)n;
    *value = 0.0;
    for (size_t i = 0; i < batch->count; i++) {
        play(theta, batch->rows ? batch->rows[i] : batch->first + i, &episodes[i]);
        *value += episodes[i].steps / (double)batch->count;
    }
    if (gradient) reinforce(episodes, batch->count, gradient);
    return GRADUS_OK;
}

/* The mean reward of every twentieth batch */
static gradus_verdict show(void *context, const gradus_progress *at)
{
    (void)context;
    if (at->iteration % 20 == 0) printf("%6.1f", at->value);
    return GRADUS_MONITOR_CONTINUE;
}

int main(void)
{
    static episode episodes[TESTS];
    double worst = STEPS, mean = 0.0;
    gradus_error error = {0};
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_ADAM;
    options.step = gradus_step_fixed(0.2);
    options.stop.max_iterations = ITERATIONS;
    options.batch.rows = EPISODES;
    options.batch.check = GRADUS_OFF; /* never all rows: they are endless */
    options.monitor = show;
    options.error = &error;

    gradus_objective *f = NULL;
    gradus_status status = gradus_function_batched(STATE, endless, reward, episodes, &f);
    for (uint64_t seed = 1; !status && seed <= SEEDS; seed++) {
        double theta[STATE] = {0}; /* p = 1/2, whatever the state */
        options.batch.seed = seed;
        printf("seed %d:", (int)seed);
        status = gradus_ascend(f, theta, &options, NULL);
        if (!status)
            status = reward(episodes, STATE, theta, &(gradus_batch){endless, TESTS, NULL}, &mean, NULL);
        printf("   then %.1f\n", mean);
        worst = fmin(worst, mean);
    }
    gradus_objective_free(f);
    if (status) fprintf(stderr, "%s: %s\n", gradus_strerror(status), error.sentence);
    if (!status) printf("worst of %d seeds: %.1f of %d steps, target %d\n", SEEDS, worst, STEPS, TARGET);
    return !status && worst >= TARGET ? EXIT_SUCCESS : EXIT_FAILURE;
}
