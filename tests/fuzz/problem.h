/* SPDX-License-Identifier: BSD-3-Clause */
/* An objective out of a fuzzer's bytes: any model on any numbers, or a function that does as it likes. */
#ifndef FUZZ_PROBLEM_H
#define FUZZ_PROBLEM_H

#include "input.h"

typedef enum fuzz_kind {
    FUZZ_LEAST_SQUARES,
    FUZZ_LOGISTIC,
    FUZZ_LOG_LIKELIHOOD,
    FUZZ_POISSON,
    FUZZ_HUBER,
    FUZZ_SQUARED_HINGE,
    FUZZ_MULTIPLE,
    FUZZ_SOFTMAX,
    FUZZ_FUNCTION,
    FUZZ_FUNCTION_BATCHED,
    FUZZ_KINDS
} fuzz_kind;

/* f(t) = 1/rows * sum_i sum_j a_j (t_j - c_j)^2 (1 + i), and what else happens at the call of a certain number. */
typedef struct fuzz_function {
    size_t rows;
    double a[8], c[8];
    size_t calls, surprise_at; /* 0: never */
    gradus_status surprise;    /* what is returned then, beside which: */
    double value, slope;
} fuzz_function;

typedef struct fuzz_problem {
    fuzz_kind kind;
    bool tame; /* no number is extreme */
    size_t rows, cols, outputs;
    gradus_matrix X, low;
    gradus_model_options options;
    void *data, *rest;
    double *y, *weights, *offset, *lower, *upper;
    fuzz_function function;
    gradus_objective *f; /* NULL where it was refused */
} fuzz_problem;

/* STEADY: functions surprise nobody, so that two runs are the same. LONG: with as many rows as a sample of them is drawn from. */
typedef enum fuzz_sort { FUZZ_ANY, FUZZ_STEADY, FUZZ_LONG } fuzz_sort;

/* Free it whatever came of it. */
void fuzz_problem_make(fuzz_problem *problem, fuzz_input *in, const gradus_allocator *allocator,
                       fuzz_sort sort);
void fuzz_problem_free(fuzz_problem *problem);

bool fuzz_is_function(const fuzz_problem *problem);

#endif
