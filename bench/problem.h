/* SPDX-License-Identifier: BSD-3-Clause */
/* What is solved: one description for all contestants, and the data made from it. */
#ifndef BENCH_PROBLEM_H
#define BENCH_PROBLEM_H

#include <gradus.h>
#include <stdbool.h>

struct bench_kind;

/* Everything that says what is asked; never how it is solved. */
typedef struct bench_problem {
    const struct bench_kind *kind;
    size_t rows, cols; /* m, n */
    double
        condition; /* kappa of X, its singular values in geometric progression; 0: X is plain random numbers */
    double ridge_rows;    /* lambda times m */
    gradus_layout layout; /* of X */
    bool single;          /* X in float */
    size_t steps;         /* of the kind that counts them */
    double asked;         /* the accuracy asked of all; 0: what Householder QR reaches */
    size_t outputs;       /* k columns of coefficients: responses or classes; 0: one */
    const char
        *carried; /* X and labels from this set of tests/data, whose shape is given here too; NULL: random */
    size_t nonzeros; /* of the coefficients that made y; 0: all */
    size_t lambdas;  /* of a path; 0: the problem is none */
    double smallest; /* the smallest lambda by the largest */
} bench_problem;

/* A problem's numbers. Contestants read them; only the makers write. */
typedef struct bench_data {
    bench_problem problem;
    double ridge;                    /* lambda */
    double step;                     /* alpha of fixed steps: the reciprocal of the largest curvature */
    double asked;                    /* accuracy */
    double *x;                       /* m n doubles in the problem's layout */
    float *x_single;                 /* the same in float, NULL unless the problem asks for it */
    double *columns;                 /* m n doubles, column-major: made when first asked for */
    double *y;                       /* m: response, or labels from 0; m k: responses, one behind the other */
    double *lambdas;                 /* of a path */
    double *point;                   /* n, n k: where a gradient pass evaluates */
    gradus_matrix X;                 /* the view of the doubles */
    gradus_objective *objective;     /* what is minimised */
    void *facts;                     /* what the kind's judge needs */
    struct bench_script *scripts[2]; /* other languages' interpreters that hold the same data */
    size_t repeats;                  /* evaluations in one timed run: small problems need many */
} bench_data;

/*
 * A kind of problem: its objective and its judge, who computes the accuracy of an answer from the data by plain loops,
 * so that no contestant's word is taken for it.
 */
typedef struct bench_kind {
    const char *name;
    const char *accuracy_name;
    bool logistic;
    bool softmax;   /* y are labels from 0 to k - 1 */
    bool responses; /* y are k responses */
    /* fills data->facts, and data->asked where the problem leaves it open; false when memory is out */
    bool (*prepare)(bench_data *data);
    double (*accuracy)(const bench_data *data, const double *answer);
    void (*release)(void *facts); /* NULL where there are none */
} bench_kind;

extern const bench_kind bench_kind_gradient;
extern const bench_kind bench_kind_least_squares;
extern const bench_kind bench_kind_logistic;
extern const bench_kind bench_kind_steps;
extern const bench_kind bench_kind_softmax;
extern const bench_kind bench_kind_outputs;
extern const bench_kind bench_kind_lasso;
extern const bench_kind bench_kind_lasso_logistic;

/* Doubles of an answer: n for each output; of a path n for each lambda. */
size_t bench_answer_size(const bench_problem *problem);

/* The same problem in a size that takes no time. */
bench_problem bench_problem_quick(bench_problem problem);

/* X column-major, a copy where the problem's is not. NULL when memory is out. */
const double *bench_data_columns(bench_data *data);

/* X[i][j] */
double bench_data_at(const bench_data *data, size_t i, size_t j);

/* m n, for buffers and loops; the sizes of problems are constants of this program that cannot overflow. */
size_t bench_problem_elements(const bench_problem *problem);

/* "logistic 200000 x 200, kappa 1e+02, lambda m = 1" into text. */
void bench_problem_print(const bench_problem *problem, size_t size, char *text);

#endif
