/* SPDX-License-Identifier: BSD-3-Clause */
/* Descent and ascent: options, report, the one-shot calls and the handle under them. */
#ifndef GRADUS_SOLVER_H
#define GRADUS_SOLVER_H

#include <stdint.h>

#include "objective.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Switches a stopping criterion off. (Zero means its default.) */
#define GRADUS_OFF (-1)

/* How the direction of travel is made. */
typedef enum gradus_method {
    /* GRADIENT where a step rule was chosen by name, and for least squares where the metric's P is the Hessian; with a lasso or
     * constraints COORDINATE, or NESTEROV where the metric was chosen by name; HEAVY_BALL for least squares in a sketch; otherwise LBFGS */
    GRADUS_METHOD_AUTOMATIC = 0,
    /* steepest descent: theta <- theta - alpha P^(-1) grad f, with P the metric. With a lasso or constraints the proximal gradient,
     * theta <- argmin h(t) + 1/(2 alpha) ||t - (theta - alpha P^(-1) grad s(theta))||_P^2 over t, with s loss and ridge, h the rest. Lions and
     * Mercier, SIAM J. Numer. Anal. 16 (1979) 964 */
    GRADUS_METHOD_GRADIENT = 1,
    /* limited-memory BFGS, 30 pairs up to n = 1000 and 10 beyond, with P^(-1) times s'y / y'P^(-1)y as its first matrix.
     * Nocedal, Math. Comp. 35 (1980) 773 */
    GRADUS_METHOD_LBFGS = 2,
    /* d_k = -P^(-1) grad f + beta d_(k-1), beta the option `momentum`; its constants are those of
     * FIXED steps. Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1 */
    GRADUS_METHOD_HEAVY_BALL = 3,
    /* accelerated gradient: d_k = -P^(-1) grad f + beta_k v_k, v_k the last step of the sequence without look-ahead, with
     * beta_k of FISTA, begun anew where grad f'v > 0. The iterates are the
     * points where the gradient is taken. Nesterov, Soviet Math. Dokl. 27 (1983) 372; O'Donoghue and Candes, Found.
     * Comput. Math. 15 (2015) 715. With batches or a schedule of steps beta is the option `momentum`, and nothing
     * begins anew: Sutskever, Martens, Dahl and Hinton, ICML 2013. With a lasso or constraints FISTA: the proximal gradient from
     * theta_k + beta_k (theta_k - theta_(k-1)); the iterates theta_k hold the constraints, and zeros are exact. One pass a step for least squares,
     * otherwise two. Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009) 183 */
    GRADUS_METHOD_NESTEROV = 4,
    /* nonlinear conjugate gradient, preconditioned by the metric. Hager and Zhang, SIAM J. Optim. 16 (2005) 170 */
    GRADUS_METHOD_CONJUGATE_GRADIENT = 5,
    /* d_k = -m / (v^(1/2) + epsilon), entry by entry, with m and v the running means of g and g^2, freed of their bias
     * towards their start at 0: m = (1 - beta) sum_i beta^(k-i) g_i / (1 - beta^(k+1)), beta the option `momentum`, and v
     * likewise with `second_momentum`; epsilon is `adam_epsilon`. For batches, and for full gradients too. Steps are FIXED or a
     * schedule, by default FIXED 0.001; the metric is IDENTITY. Kingma and Ba, ICLR 2015 */
    GRADUS_METHOD_ADAM = 6,
    /* steepest descent along g_B(theta) - g_B(s) + grad f(s), where g_B is the gradient of the batch B and s the iterate at which
     * f was last evaluated on all rows, every `batch.check` epochs (default 1): its variance vanishes at the answer, so that
     * constant steps converge linearly. Needs a batch. Three passes an epoch, less the first step of each snapshot, which
     * is that of the full gradient. Johnson and Zhang, NIPS 26 (2013) 315 */
    GRADUS_METHOD_SVRG = 7,
    /* with a lasso or constraints: theta <- theta + alpha (x - theta), x the minimum of grad s'd + d'Hd/2 + h(theta + d) over
     * d = x - theta, with s loss and ridge, h the rest, found one coefficient after another without reading X. H is the Gram matrix
     * of least squares, whose first step is the answer but for rounding; otherwise the Hessian at an earlier iterate, from a sample where X
     * has at least 512 rows an entry of theta, which every step corrects. Where theta is longer than X has rows, and than 768, or
     * longer than 4096, x is the minimum over a working set of columns. It stands in reports, and cannot be chosen. Friedman, Hastie
     * and Tibshirani, J. Stat. Softw. 33 (2010) 1; Lee, Sun and Saunders, SIAM J. Optim. 24 (2014) 1420; Massias, Gramfort and
     * Salmon, ICML 2018 */
    GRADUS_METHOD_COORDINATE = 8
} gradus_method;

/* The inner product in which "steepest" is measured. */
typedef enum gradus_metric {
    /* With a lasso or constraints: GRAM for least squares, HESSIAN or SAMPLED_HESSIAN otherwise, which are then the H of COORDINATE;
     * IDENTITY when a method or a step rule was chosen by name; DIAGONAL where theta is long and there is no lasso. By name these go
     * with IDENTITY and DIAGONAL alone. Otherwise IDENTITY for a caller's function and when a method or a step rule was chosen by name; otherwise GRAM, or STANDARDIZED
     * where theta is longer than X has rows, or SAMPLED_HESSIAN where f is no quadratic and X has at least 512 rows an entry of theta. A metric that does not hold gives way to the next, GRAM, SKETCH, QR,
     * STANDARDIZED; the report says which one ran, and why. Softmax begins with GRAM, and up to 1024 entries of theta HESSIAN at the
     * iterate takes over, again and again, once the steps have cost as much. */
    GRADUS_METRIC_AUTOMATIC = 0,
    /* P = I, the classical method: 0.01 means 0.01 */
    GRADUS_METRIC_IDENTITY = 1,
    /* Models only: the identity of standardised columns. theta = T phi, where phi are the coefficients of columns with
     * mean 0 and standard deviation 1 (without intercept nothing is centred: root mean square 1), and P^(-1) = T T'.
     * Two passes, once. Start, ridge, tolerances and all that is reported stay in the caller's columns. Beside a ridge
     * (s^2 + lambda/b)^(1/2) takes the place of the standard deviation s. */
    GRADUS_METRIC_STANDARDIZED = 2,
    /* Models only: P = b X'DX/W + lambda I, with b the loss's curvature bound (1 for least squares and Huber, 1/4 for
     * logistic, 2 for the squared hinge; see gradus_poisson; 1/2 for softmax, where one such matrix serves all classes):
     * the Hessian of least squares, a bound of it otherwise. One pass and n^2 memory, once (about 9 n^2 while it is made); n^2 work a step. Where its Cholesky
     * factorisation breaks down (condition of the columns above about 1e7) SKETCH takes over, and the report says so. */
    GRADUS_METRIC_GRAM = 3,
    /* Models only: the same from a QR factorisation of a random sketch of X with 8 n rows. Holds up to a condition of 1e14.
     * Where X has fewer than 16 n rows, or the sketch does not hold, QR takes over. One pass and 8 n^2 memory, once (about
     * 72 n^2 while it is made). */
    GRADUS_METRIC_SKETCH = 4,
    /* Models only: P = diag(b X'DX/W + lambda I). Two passes, once. Jacobi, Astron. Nachr. 22 (1845) 297 */
    GRADUS_METRIC_DIAGONAL = 5,
    /* Models only: as GRAM, from 16 n rows drawn at random, one from each of as many strata; all rows where X has fewer.
     * 16 n / m of a pass. Least squares travels in it by LBFGS. */
    GRADUS_METRIC_SAMPLED_GRAM = 6,
    /* Models only: as GRAM, each row weighted with the loss's curvature at the start: the Hessian there. For a start near
     * the answer; the same as GRAM for least squares. Of softmax the whole Hessian of N entries, N^2 memory (about 5 N^2 while it is
     * made), m N^2 work once and N^2 a step. */
    GRADUS_METRIC_HESSIAN = 7,
    /* Models only: as GRAM, by a QR factorisation of X itself, which never squares the condition number. Holds up to a
     * condition of 1e14, where STANDARDIZED takes over. One pass and a copy of X. */
    GRADUS_METRIC_QR = 8,
    /* Models only: f over a random sample of 64 n to 128 n rows (all rows where X has fewer) is optimised first; P is its Hessian
     * there, and a line search's first step goes there unless f is larger. For losses that are no quadratic, where X has very many rows.
     * Where the sample does not hold (no optimum, an empty column) GRAM takes over. About ten reads of so many rows, and a copy of
     * them while P is made. */
    GRADUS_METRIC_SAMPLED_HESSIAN = 9
} gradus_metric;

/* How far to go along the direction. */
typedef enum gradus_step_rule {
    /* WOLFE for LBFGS; EXACT, or WOLFE where f is no quadratic, for CONJUGATE_GRADIENT; FIXED where least squares is refined
     * in a metric that was factored; otherwise BACKTRACKING */
    GRADUS_STEP_AUTOMATIC = 0,
    /* always `size` */
    GRADUS_STEP_FIXED = 1,
    /* Try, and shrink until the decrease is sufficient (Armijo, Pacific J. Math. 16 (1966) 1). Near working precision,
     * where the decrease drowns in the rounding of the value, the test reads the gradient instead (the approximate
     * Wolfe test of Hager and Zhang, SIAM J. Optim. 16 (2005) 170). */
    GRADUS_STEP_BACKTRACKING = 2,
    /* Strong Wolfe: sufficient decrease, and |grad f'd| there at most 0.9 times |grad f'd| here, 0.1 times for
     * CONJUGATE_GRADIENT. Nocedal and Wright,
     * Numerical Optimization, 2nd ed., section 3.5. */
    GRADUS_STEP_WOLFE = 3,
    /* Least squares, to its minimum along d: alpha = -grad f'd / d'Hd. One more pass a step. */
    GRADUS_STEP_EXACT = 4,
    /* Method GRADIENT: alpha = s'Ps / s'y from the last step s and its change y of the gradient, shrunk until f has fallen
     * sufficiently below the largest of its last 10 values. Barzilai and Borwein, IMA J. Numer. Anal. 8 (1988) 141; Raydan,
     * SIAM J. Optim. 7 (1997) 26 */
    GRADUS_STEP_BARZILAI_BORWEIN = 5,
    /* Schedules: like FIXED, but alpha is a function of the k steps taken so far. With batches and with full gradients.
     * size / (1 + decay k). Robbins and Monro, Ann. Math. Statist. 22 (1951) 400 */
    GRADUS_STEP_INVERSE_TIME = 6,
    /* size / (1 + decay k)^(1/2). Nemirovski, Juditsky, Lan and Shapiro, SIAM J. Optim. 19 (2009) 1574 */
    GRADUS_STEP_INVERSE_SQUARE_ROOT = 7,
    /* last + (size - last) (1 + cos(pi k / period)) / 2 while k < period, then `last`. Loshchilov and Hutter, ICLR 2017 */
    GRADUS_STEP_COSINE = 8,
    /* size * decay^floor(k / period) */
    GRADUS_STEP_DECAY = 9
} gradus_step_rule;

/* A step rule and its constants. Make one with one of the functions below, then adjust. */
typedef struct gradus_step {
    /* default 0: automatic */
    gradus_step_rule rule;
    /* FIXED and the schedules: alpha, or its first value, above 0, required. EXACT: not used. Otherwise the very first trial,
     * above 0, default 1; WOLFE in the metric IDENTITY: 1, but a step no longer than max(1, ||theta||) */
    double size;
    /* BACKTRACKING, BARZILAI_BORWEIN: after a refused trial comes the minimum of the parabola through what is known, at least
     * 0.1 and at most `shrink` times the trial; in [0.01, 0.99], default 0.5 */
    double shrink;
    /* BACKTRACKING: the next iteration first tries the accepted step times this; in [1, 100], default 1.2. (WOLFE tries 1.) */
    double growth;
    /* BACKTRACKING, WOLFE, EXACT: c of f(theta + alpha d) <= f(theta) + c alpha grad f'd; in [1e-10, 0.5], default 0.3, with
     * the method LBFGS 0.1 */
    double sufficient_decrease;
    /* INVERSE_TIME, INVERSE_SQUARE_ROOT: in (0, 1e300], required. DECAY: the factor, in (0, 1], required */
    double decay;
    /* COSINE: the alpha at which it ends, in [0, 1e300], default 0 */
    double last;
    /* COSINE, DECAY: steps, at least 1, required */
    int64_t period;
    /* zero */
    double reserved[5];
} gradus_step;

/* theta <- theta - alpha P^(-1) grad f, always the same alpha > 0. */
GRADUS_API gradus_step gradus_step_fixed(double alpha);

/* To the minimum of least squares along the direction. */
GRADUS_API gradus_step gradus_step_exact(void);

/* Barzilai and Borwein's step, whose very first trial is `initial` > 0; 0 means the default, 1. */
GRADUS_API gradus_step gradus_step_barzilai_borwein(double initial);

/* Strong Wolfe line search whose very first trial is `initial` > 0; 0 means the default (see gradus_step.size). */
GRADUS_API gradus_step gradus_step_wolfe(double initial);

/* Backtracking whose very first trial is `initial` > 0; 0 means the default, 1. */
GRADUS_API gradus_step gradus_step_backtracking(double initial);

/*
 * Schedules, with k the steps taken so far: alpha / (1 + decay k); alpha / (1 + decay k)^(1/2); half a cosine wave from alpha
 * to `last` over `period` steps, then `last`; alpha * factor^floor(k / period). They go with batches and with full gradients.
 * alpha > 0; decay > 0; last >= 0; 0 < factor <= 1; period >= 1.
 */
GRADUS_API gradus_step gradus_step_inverse_time(double alpha, double decay);
GRADUS_API gradus_step gradus_step_inverse_square_root(double alpha, double decay);
GRADUS_API gradus_step gradus_step_cosine(double alpha, double last, int64_t period);
GRADUS_API gradus_step gradus_step_decay(double alpha, double factor, int64_t period);

/* In which order batches take the rows. */
typedef enum gradus_order {
    /* SHUFFLED */
    GRADUS_ORDER_AUTOMATIC = 0,
    /* every epoch visits each row once, in a new random order. Mishchenko, Khaled and Richtarik, NeurIPS 33 (2020) 17309 */
    GRADUS_ORDER_SHUFFLED = 1,
    /* every row is drawn by itself, from all of them; an epoch is as many draws as there are rows */
    GRADUS_ORDER_REPLACEMENT = 2,
    /* as they lie: the fastest, and right where their order says nothing */
    GRADUS_ORDER_CONSECUTIVE = 3
} gradus_order;

/*
 * Stochastic gradients: every step reads some rows of f. An epoch is as many steps as read the number of all rows; its last
 * batch may be shorter. The rows of a step are a pure function of seed and step: the same on every machine, for any threads.
 */
typedef struct gradus_batching {
    /* a step's rows; as many as f has or more: all of them, in order. Default 0: every step reads all rows, the classical
     * methods */
    size_t rows;
    /* default 0: SHUFFLED */
    gradus_order order;
    /* of the random order; any number, default 0 */
    uint64_t seed;
    /* f is evaluated on all rows after every so many epochs, one pass each: there the stopping criteria are judged and the best
     * iterate is noted. Default 0: at the start and at the end only; for SVRG, whose snapshots these are, 1. GRADUS_OFF: never, for
     * functions whose rows are endless: no criterion but the budgets is judged, and what is reported are the last batch's
     * value and gradient norm */
    int64_t check;
    /* zero */
    double reserved[4];
} gradus_batching;

/*
 * When to stop. Zero means the default, GRADUS_OFF switches a criterion off; the first one that holds ends the run.
 * All norms are Euclidean, in the caller's coordinates; f is the function as the caller gave it.
 */
typedef struct gradus_stop_criteria {
    /* ||grad f|| <= tolerance * ||grad f at the start||; above 0, at most 1, default 1e-12, 1e-13 with several outputs in
     * the metric GRAM; off where least squares is
     * refined (metric GRAM, HESSIAN, SKETCH or QR, method and step rule automatic) and nothing was set. Where nothing was set, LBFGS
     * on a model, in any metric but IDENTITY, goes on until theta is accurate, too: until the whole step d is
     *   ||d|| <= 1e-12 ||theta||       in columns of one length,
     * or rounding of the data, or has not fallen for 5 iterations; and with least squares
     *   min(||A'r|| / (||A||_F ||r||), ||r|| / (||A||_F ||theta||)) <= 1e-12,
     * a bound of the backward error (Paige and Saunders, ACM Trans. Math. Softw. 8 (1982) 43), without which it ends as
     * STALLED. With the tolerance set to off, a logistic
     * run also goes on where theta separates the classes, until it would be called converged: it ends as SEPARABLE. */
    double gradient_tolerance;
    /* ||theta_new - theta|| <= tolerance * ||theta_new||; above 0, at most 1, default off */
    double step_tolerance;
    /* |f_new - f| <= tolerance * max(|f_new|, |f|); above 0, at most 1, default off */
    double value_tolerance;
    /* wall-clock budget; above 0, default off */
    double seconds;
    /* budget of steps; at least 1, default 1000000, without limit where max_epochs limits a run by batches */
    int64_t max_iterations;
    /* "no further progress": in so many iterations neither the value fell by more than its rounding (1e-10 of it) nor
     * the gradient norm, in the metric, fell at all (below 1e-12 of that at the start, to half of its least, for LBFGS on a model that is no
     * quadratic, with a gradient tolerance of the caller's, off included); at least 1, default 1000, 20 for LBFGS (5 in that case, 100 on least squares
     * whose backward error is not small yet) and after the compressed form has made all it could */
    int64_t patience;
    /* budget of epochs, with batches only; at least 1, default 100. Where f is evaluated on all rows the criteria above
     * are judged, and `step_tolerance`, `value_tolerance` speak of the change since the evaluation before */
    int64_t max_epochs;
    /* with a lasso or constraints: f - min f <= tolerance * |f|, proved by a dual point; above 0, at most 1, default 1e-12. See
     * gradus_report.duality_gap for where it is known */
    double gap_tolerance;
    /* zero */
    double reserved[6];
} gradus_stop_criteria;

/*
 * Why the iteration ended. The returned status says whether the call could be carried out; this says how it went.
 * X(name, value, converged, sentence)
 */
/* clang-format off */
#define GRADUS_STOP_LIST(X)                                                                                                       \
    X(RUNNING, 0, 0, "the iteration has not ended")                                                                               \
    X(GRADIENT, 1, 1, "converged: the gradient norm fell below its tolerance")                                                    \
    X(STEP, 2, 1, "converged: the step fell below its tolerance")                                                                 \
    X(VALUE, 3, 1, "converged: the change of the value fell below its tolerance")                                                 \
    X(BACKWARD_ERROR, 5, 1, "converged: the backward error of the answer is at working precision")                                \
    X(DUALITY_GAP, 6, 1, "converged: the duality gap fell below its tolerance")                                                   \
    X(NO_PROGRESS, 4, 1, "converged: no further progress is possible at working precision")                                       \
    X(MAX_ITERATIONS, 10, 0, "not converged: the iteration budget is spent; allow more iterations or a better metric")            \
    X(TIME, 11, 0, "not converged: the time budget is spent; allow more seconds")                                                 \
    X(MONITOR, 12, 0, "ended early: the monitor asked to stop")                                                                   \
    X(CANCELLED, 13, 0, "ended early: cancelled by the caller")                                                                   \
    X(MAX_EPOCHS, 14, 0, "not converged: the epoch budget is spent; allow more epochs, let the steps decay, or take SVRG")        \
    X(DIVERGED, 20, 0, "diverged: value, gradient or slope is no longer finite; use a shorter step, backtracking or other units") \
    X(UNBOUNDED, 21, 0, "unbounded: the function has no finite optimum in this direction of travel; check its sign")              \
    X(SEPARABLE, 22, 0, "separable: theta splits the classes, or some from all others, without error, so no finite optimum exists; add a ridge")            \
    X(STALLED, 23, 0, "stalled: no step changes the function as its gradient promises; check the gradient, or the schedule")                \
    X(NO_OPTIMUM, 24, 0, "no finite optimum: along some direction the loss never rises, and on some rows falls for ever; add a ridge, or leave columns out")  \
    X(FAILED, 30, 0, "ended by an error; the returned status names it")
/* clang-format on */

typedef enum gradus_stop_reason {
#define GRADUS_STOP_ENUMERATOR(name, value, converged, sentence) GRADUS_STOP_##name = value,
    GRADUS_STOP_LIST(GRADUS_STOP_ENUMERATOR)
#undef GRADUS_STOP_ENUMERATOR
        GRADUS_STOP_LAST_ = 31 /* not a reason: ends the list without a dangling comma */
} gradus_stop_reason;

/* The sentence of a stop reason. Never NULL. */
GRADUS_API const char *gradus_stop_sentence(gradus_stop_reason reason);

/* 1 for the reasons that mean success (GRADIENT, STEP, VALUE, BACKWARD_ERROR, DUALITY_GAP, NO_PROGRESS), otherwise 0. */
GRADUS_API int gradus_stop_converged(gradus_stop_reason reason);

/*
 * What the monitor sees after every iteration, in the sign of the caller's f. Filled by gradus. In a run by batches value and
 * gradient are the next step's estimates of them, from its batch, unless `exact`.
 */
typedef struct gradus_progress {
    size_t iteration;    /* 0 at the start, before the first step */
    size_t n;            /* entries of theta and gradient */
    const double *theta; /* the iterate; valid during the call */
    const double
        *gradient; /* grad f there, or the gradient mapping (see gradus_report); valid during the call */
    double value;  /* f there */
    double gradient_norm; /* ||grad f|| there */
    double step_size;     /* alpha of the step that led here; 0 at the start */
    size_t evaluations;   /* of f, so far */
    /* reads of all rows so far, fractions count; 0 for a function made by gradus_function */
    double passes;
    double seconds;     /* since the solve began */
    double epochs;      /* so far, fractions count; 0 without batches */
    size_t exact;       /* 1: value and gradient are of all rows; 0: of a batch */
    double duality_gap; /* as in the report */
    double reserved[5]; /* zero */
} gradus_progress;

/* The monitor's answer. */
typedef enum gradus_verdict {
    GRADUS_MONITOR_CONTINUE = 0, /* go on */
    GRADUS_MONITOR_STOP = 1,     /* end well: status 0, stop reason MONITOR */
    GRADUS_MONITOR_ABORT = 2 /* end as an error, GRADUS_ERROR_ABORTED; theta still takes the best iterate */
} gradus_verdict;

typedef gradus_verdict (*gradus_monitor)(void *context, const gradus_progress *progress);

/* How to solve. Begin with gradus_options_default(), or pass NULL: then nothing needs tuning. */
typedef struct gradus_options {
    /* sizeof(gradus_options), set by gradus_options_default() */
    size_t size;
    /* default 0: automatic */
    gradus_method method;
    /* default 0: automatic */
    gradus_metric metric;
    /* default all zero: automatic */
    gradus_step step;
    /* default all zero: each criterion's own default */
    gradus_stop_criteria stop;
    /* upper limit on threads, at least 0; default 0: as many as the machine has. The result is the same, bit for bit,
     * whatever it is. Only reads of X are shared among threads, and only of an X large enough to be worth it. In a
     * child that was forked after its parent had used several, set 1: GCC's OpenMP does not survive a fork. */
    int threads;
    /* called at the start and after every iteration; default NULL */
    gradus_monitor monitor;
    /* handed to the monitor */
    void *monitor_context;
    /* a value other than 0 ends the solve; read atomically, once per block of rows, once per
     * step of the compressed form, and once per round of the coordinates; default NULL */
    const volatile int *cancel;
    /* for all working memory of the solve; default NULL: malloc and free */
    const gradus_allocator *allocator;
    /* written when the call fails; default NULL */
    gradus_error *error;
    /* HEAVY_BALL, ADAM, NESTEROV with batches or a schedule: beta, above 0, at most 0.999999; default 0.9 */
    double momentum;
    /* Non-zero, least squares: one pass compresses X to its n x n Gram matrix, and every step then costs n^2 instead of a
     * pass: for many cheap steps where m is much larger than n. What the run ends with is evaluated on X itself, and where the
     * criterion does not hold there the run goes on from that. Default 0 */
    int compress;
    /* Non-zero, least squares with everything else automatic: after the answer at working precision, further steps with the
     * residual and X'r accumulated in twice the precision and theta kept as a pair of doubles: correct to the last digit of
     * the data as stored. A budget that is spent on the way ends the run by its name, with theta as far as it has come. Default 0 */
    int refine;
    /* Stochastic gradients; default all zero: every step reads all rows */
    gradus_batching batch;
    /* g <- g min(1, clip / ||g||) before the method sees it, so that no step is longer than alpha clip; above 0, at most
     * 1e300, default 0: off. With FIXED steps and schedules, and the methods GRADIENT, HEAVY_BALL, NESTEROV, ADAM and
     * SVRG. Pascanu, Mikolov and Bengio, ICML 2013 */
    double clip;
    /* ADAM: beta_2, above 0, at most 0.999999999; default 0.999 */
    double second_momentum;
    /* ADAM: epsilon, above 0, at most 1; default 1e-8 */
    double adam_epsilon;
} gradus_options;

/* All zero but for `size`: every default. */
GRADUS_API gradus_options gradus_options_default(void);

/* How the solve went, in the sign of the caller's f. Filled on every exit; needs no initialisation. */
typedef struct gradus_report {
    double value; /* f at the theta returned; NaN where nothing was evaluated */
    /* ||grad f||_2 there, penalty included, in the caller's coordinates; with a lasso or constraints that of the gradient mapping
     * theta - prox(theta - grad), grad that of loss and ridge: 0 at the optimum alone */
    double gradient_norm;
    size_t iterations;  /* steps taken */
    size_t evaluations; /* of f or of a batch, with the gradient */
    double passes;      /* reads of all rows, fractions count; 0 for a function made by gradus_function */
    gradus_stop_reason stop;    /* why it ended */
    gradus_method method;       /* the method that ran, never AUTOMATIC */
    gradus_metric metric;       /* the metric that ran, never AUTOMATIC */
    gradus_step_rule step_rule; /* the step rule that ran, never AUTOMATIC */
    double step_size;           /* the last alpha */
    double seconds;             /* wall clock */
    /* the best value of f seen, with batches of those on all rows, NaN where there was none: smallest in descent, largest in
     * ascent */
    double best_value;
    size_t best_iteration; /* and when */
    /* ||change of gradient|| / ||change of theta|| over the last step, NaN before the first and with batches: a lower bound on the
     * Lipschitz constant of grad f. Fixed steps in the identity metric want to stay below 2 / constant. */
    double curvature;
    /* reads of X that making the metric took, those that gave way included; the start is evaluated in the same read where the
     * metric is GRAM or HESSIAN, and is then counted here */
    double metric_passes;
    /* estimated condition number of X in the metric's columns, square root of that of P; NaN where nothing was factored */
    double condition;
    /* which metric ran, and why, in one sentence */
    char metric_reason[256];
    size_t refinements; /* steps of `refine` */
    double epochs;      /* of batches, fractions count; 0 without batches */
    size_t exact;       /* 1: value and gradient_norm are of all rows; 0: of the last batch */
    /* with a lasso or constraints: |f - its optimum| is at most this, by a point of the dual problem; NaN where none is known: without a
     * ridge, a lasso or a radius, where a coefficient has not two bounds; and where there are both bounds and a radius. With an
     * intercept and another metric than GRAM the bound takes the best intercept to be at most 2 |theta_0| + (2 loss / W)^(1/2) in
     * size; what that adds goes to 0 with the gradient's last entry. Kim, Koh, Lustig, Boyd and Gorinevsky, IEEE J. Sel. Top. Signal
     * Process. 1 (2007) 606 */
    double duality_gap;
    double reserved[5]; /* zero */
} gradus_report;

/*
 * Minimises f: theta <- theta - alpha P^(-1) grad f(theta) until a stopping criterion holds.
 *
 *   f         the objective
 *   theta     in: the start, gradus_objective_size(f) finite doubles. out: the last iterate of the line search, which
 *             is its best at working precision; with fixed steps, the heavy ball's too, and schedules the last finite
 *             iterate, or the best one where the run diverged; by batches always the last finite one; with BARZILAI_BORWEIN the best one where it has not converged.
 *             Untouched when the start or the data is refused, and when memory is out
 *   options   NULL for the defaults
 *   report    may be NULL
 *
 * Returns 0 when the iteration could be carried out; report->stop then says how it ended. Errors, theta untouched:
 * GRADUS_ERROR_NULL, _STRUCT_SIZE, _OPTION, _STEP_SIZE, _UNSUPPORTED, _START_NOT_FINITE, _START_VALUE,
 * _DATA_NOT_FINITE, _MEMORY, and _STEP_TOO_LARGE (a fixed step on a quadratic is refused as soon as step times a
 * Rayleigh quotient of the Hessian is found >= 2, without batches and clip). With theta the best iterate seen, by
 * batches the last: GRADUS_ERROR_ABORTED, and any value above 0 that a callback returned.
 * Cost: one pass over X per evaluation, its share of one per batch; once, the metric: GRAM and HESSIAN none beside the
 * start's, SKETCH and QR one, STANDARDIZED and DIAGONAL two, those that gave way included. Memory: at most 256 times the size
 * of theta for the sums of the parts of X, 20 for L-BFGS, 2 m doubles for a line search on a model, n^2 for `compress`, 3
 * numbers for each row of a batch, and what the metric needs; no copy of X, except by QR, and of a block a thread where X
 * is float and where batches are not in order.
 * Source: Cauchy, Comptes Rendus 25 (1847) 536; Nocedal and Wright, Numerical Optimization, 2nd ed., chapters 2, 3, 7;
 * Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996, section 2.9, on the refinement.
 */
GRADUS_API gradus_status gradus_descend(const gradus_objective *f, double *theta,
                                        const gradus_options *options, gradus_report *report);

/*
 * Maximises f: theta <- theta + alpha P^(-1) grad f(theta). Visits, bit for bit, the iterates of gradus_descend on
 * the negated objective; value and gradients are in the sign of f. Everything else as gradus_descend.
 */
GRADUS_API gradus_status gradus_ascend(const gradus_objective *f, double *theta,
                                       const gradus_options *options, gradus_report *report);

/*
 * The smallest `lasso` at which every penalised coefficient of a model is 0 (where bounds allow 0): max_j |g_j|, g the gradient of the
 * loss at 0 with the best intercept. *lambda is written only on success. Cost: one pass; the best intercept is found from y, weights and
 * offset alone.
 * Errors: GRADUS_ERROR_NULL, _UNSUPPORTED (a caller's function), _MEMORY.
 */
GRADUS_API gradus_status gradus_lambda_max(const gradus_objective *f, double *lambda);

/*
 * A model with one lasso after another, each begun where the one before ended, the first at 0 with the best intercept.
 *
 *   f         a model; its own `lasso` is not used; ridge, weights, bounds and radius are. A cost is minimised, a negated one maximised
 *   lambdas   `count` numbers, finite and >= 0; best from gradus_lambda_max down
 *   options   NULL for the defaults
 *   thetas    out: count x gradus_objective_size(f) doubles, one solution after another
 *   reports   out: `count` of them
 *
 * Least squares without a radius, with at most 768 coefficients, or at most 4096 and no more than X has rows, and with nothing in
 * the options but tolerances, max_iterations, threads, cancel and allocator, reads X once for the whole path: coordinate descent on
 * the N x N Gram matrix, where a step costs 2 N operations. Value, gradient mapping and duality gap are then those that the Gram matrix gives, which carry its rounding, about 1e-16
 * times the value at 0; the first report counts the pass. Iterations are rounds of the coefficients. Everything else is `count` solves;
 * those by the method COORDINATE start at no cost, and go on with the H that the ones before have corrected.
 * Errors: those of gradus_descend, _UNSUPPORTED for a caller's function; solutions and reports before the failing one are written, its
 * own theta is where it began or came to, and those behind it are untouched.
 * Source: Friedman, Hastie and Tibshirani, J. Stat. Softw. 33 (2010) 1.
 */
GRADUS_API gradus_status gradus_path(const gradus_objective *f, const double *lambdas, size_t count,
                                     const gradus_options *options, double *thetas, gradus_report *reports);

/* Which way to travel, for the handle below. */
typedef enum gradus_direction { GRADUS_DIRECTION_DESCENT = 1, GRADUS_DIRECTION_ASCENT = 2 } gradus_direction;

/* A solve in progress, for callers who own the loop. One thread at a time may use it. */
typedef struct gradus_solver gradus_solver;

/*
 * Checks the options and the start, evaluates f there and stands ready for the first step. Borrows f and what
 * options point to until the solver is freed; copies theta. *solver is written only on success.
 * Errors: those of gradus_descend that leave theta untouched, GRADUS_ERROR_ABORTED, a callback's own.
 */
GRADUS_API gradus_status gradus_solver_create(const gradus_objective *f, gradus_direction direction,
                                              const double *theta, const gradus_options *options,
                                              gradus_solver **solver);

/*
 * One iteration; does nothing once the solve has ended. *reason (may be NULL) is GRADUS_STOP_RUNNING while there
 * is more to do. No allocation, except once where a sketch does not hold and QR takes over, and by the method COORDINATE where H is
 * made anew and where a working set is. Errors:
 * GRADUS_ERROR_ABORTED, _STEP_TOO_LARGE, _MEMORY, a callback's own.
 */
GRADUS_API gradus_status gradus_solver_step(gradus_solver *solver, gradus_stop_reason *reason);

/* The state so far: report and theta (gradus_objective_size(f) doubles) may each be NULL. */
GRADUS_API gradus_status gradus_solver_report(const gradus_solver *solver, double *theta,
                                              gradus_report *report);

/*
 * Writes all that the run goes on from into memory, for gradus_solver_load. Between two steps, whether there are more to come or not.
 *
 *   memory   out: the checkpoint; NULL asks for its size alone
 *   bytes    in: the room there, not looked at where memory is NULL. out: the checkpoint's size; it changes from step to step
 *
 * What it holds: a version, marks of options and data, the state, and a mark of the whole. Size: about 10 vectors of theta's size; the
 * method's own (up to 60 for L-BFGS), n^2/2 doubles where the metric was factored, n^2 for models by coordinates, and X theta, m doubles,
 * where a line search keeps it. No allocation. Cost: the first save of a handle reads all data once, for their mark, which does not count
 * among the report's passes; later ones copy the state.
 * Errors: GRADUS_ERROR_NULL; _CHECKPOINT_STATE where the run was cancelled or ended by an error; _CHECKPOINT_ROOM with *bytes set.
 */
GRADUS_API gradus_status gradus_solver_save(gradus_solver *solver, void *memory, size_t *bytes);

/*
 * A solver from a checkpoint, in the place of gradus_solver_create. It goes on bit for bit as the saved one would have gone on: theta and
 * report are those of the run that was never interrupted, its seconds the sum of both parts'. One that had ended has ended, also where it
 * was its budget of steps or epochs that was spent: what a run does at its end changes what it would go on from.
 *
 *   f, direction, options   what the saved solver was created with. Options that do not change an iterate may differ: threads, seconds,
 *                           monitor, cancel, allocator, error. Of a function of the caller's no more than its size and number of rows
 *                           can be compared
 *   memory, bytes           what gradus_solver_save wrote, at any address. It may come from a file of another machine of the same kind;
 *                           the same bits take the same library and the same kernels of OpenBLAS
 *   solver                  out, written only on success
 *
 * Every checkpoint is compared with its own mark, with the options and with the data: accidents are found, forgeries need not be.
 * Cost: one read of all data, for their mark, which does not count among the report's passes; nothing is evaluated.
 * Errors: those of options; GRADUS_ERROR_NULL, _MEMORY; _CHECKPOINT_FORMAT, _CHECKPOINT_VERSION, _CHECKPOINT_DAMAGED,
 * _CHECKPOINT_OPTIONS, _CHECKPOINT_DATA.
 */
GRADUS_API gradus_status gradus_solver_load(const gradus_objective *f, gradus_direction direction,
                                            const gradus_options *options, const void *memory, size_t bytes,
                                            gradus_solver **solver);

/* Frees a solver; NULL is fine. */
GRADUS_API void gradus_solver_free(gradus_solver *solver);

#ifdef __cplusplus
}
#endif

#endif
