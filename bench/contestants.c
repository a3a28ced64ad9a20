/* SPDX-License-Identifier: BSD-3-Clause */
/* Who takes part. The peers that were not found are named, so that the tables can say so. */
#include "contestant.h"

#include "lapack.h"
#include "ours.h"
#include "peers.h"
#include "read.h"
#include "script.h"

/* clang-format off */
const bench_contestant *const bench_gradient_contestants[] = {&bench_ours_gradient, &bench_read, &bench_read_streams,
                                                                   &bench_dgemv_pair, NULL};

const bench_contestant *const bench_least_squares_contestants[] = {
    &bench_ours_solve,
    &bench_ours_sketch,
    &bench_lapack_dgels,
    &bench_lapack_normal,
    &bench_lapack_dgelsd,
#if BENCH_HAVE_GSL
    &bench_gsl_tsqr,
    &bench_gsl_multifit,
#endif
    &bench_numpy_lstsq,
    &bench_sklearn_linear,
    &bench_r_lm,
    NULL,
};

const bench_contestant *const bench_logistic_contestants[] = {
    &bench_ours_solve,
    &bench_ours_sketch,
    &bench_sklearn_newton,
    &bench_sklearn_lbfgs,
#if BENCH_HAVE_NLOPT
    &bench_nlopt_lbfgs,
#endif
#if BENCH_HAVE_LIBLBFGS
    &bench_liblbfgs,
#endif
#if BENCH_HAVE_GSL
    &bench_gsl_bfgs,
    &bench_gsl_conjugate,
    &bench_gsl_steepest,
#endif
#if BENCH_HAVE_LIBLINEAR
    &bench_liblinear,
#endif
    &bench_r_glm,
    &bench_r_glmnet,
    NULL,
};

const bench_contestant *const bench_softmax_contestants[] = {
    &bench_ours_solve,
    &bench_ours_solve_one_thread,
    &bench_sklearn_softmax_lbfgs,
    &bench_sklearn_softmax_newton,
#if BENCH_HAVE_NLOPT
    &bench_nlopt_lbfgs,
#endif
#if BENCH_HAVE_LIBLBFGS
    &bench_liblbfgs,
#endif
    &bench_r_glmnet_softmax,
    NULL,
};

const bench_contestant *const bench_steps_contestants[] = {&bench_ours_steps, &bench_ours_steps_compressed, &bench_numpy_steps,
                                                                NULL};

const bench_contestant *const bench_path_contestants[] = {&bench_ours_path, &bench_ours_path_closer, &bench_sklearn_path, &bench_r_glmnet_path, NULL};

const char *const bench_absent_peers[] = {
#if !BENCH_HAVE_GSL
    "GSL",
#endif
#if !BENCH_HAVE_NLOPT
    "NLopt",
#endif
#if !BENCH_HAVE_LIBLBFGS
    "libLBFGS",
#endif
#if !BENCH_HAVE_LIBLINEAR
    "LIBLINEAR",
#endif
    NULL,
};
/* clang-format on */
