/* SPDX-License-Identifier: BSD-3-Clause */
/* Who solves: a const descriptor each; adding a contestant is a descriptor and a line in contestants.c. */
#ifndef BENCH_CONTESTANT_H
#define BENCH_CONTESTANT_H

#include "problem.h"

/* What a run hands back. */
typedef struct bench_answer {
    double *theta;  /* n: the coefficients, or the gradient of a gradient pass; lent by the race */
    double seconds; /* of the work itself, the preparation of a contestant's own copy of the data left out */
    double passes;  /* reads of the whole X, all included; 0: not known */
    double evaluations; /* of value and gradient; 0: not counted */
    bool unjudged;      /* there are no coefficients to judge */
    bool without_ridge; /* solves the problem with lambda = 0 */
    char note[96];      /* what the table should say beside it */
} bench_answer;

typedef struct bench_contestant {
    const char *name;
    /* its configuration, and where its documentation recommends it */
    const char *configuration;
    /* 0; or not, with a note that says why there is no answer */
    int (*run)(const struct bench_contestant *who, bench_data *data, bench_answer *answer);
    /* which member of its family: a method's name, in the family's own words */
    const char *method;
    int threads; /* of ours: upper limit, 0 the machine's */
    bool script; /* of another language */
    bool slow;   /* takes minutes at full size */
    bool ours;   /* a wrong answer of ours is an error of this program */
} bench_contestant;

/* NULL-terminated: who takes part in which kind of problem, slowest last. */
extern const bench_contestant *const bench_gradient_contestants[];
extern const bench_contestant *const bench_least_squares_contestants[];
extern const bench_contestant *const bench_logistic_contestants[];
extern const bench_contestant *const bench_softmax_contestants[];
extern const bench_contestant *const bench_steps_contestants[];
extern const bench_contestant *const bench_path_contestants[];

/*
 * A problem in words, KIND:MxN[:column][:kappa=K][:steps=S] with KIND gradient, least-squares, logistic or steps, and
 * who takes part in it. False where the words are none.
 */
bool bench_problem_read(const char *text, bench_problem *problem,
                        const bench_contestant *const **contestants);

/* NULL-terminated: peers that were not found when this program was configured. */
extern const char *const bench_absent_peers[];

#endif
