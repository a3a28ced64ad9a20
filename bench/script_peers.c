/* SPDX-License-Identifier: BSD-3-Clause */
#include "script.h"

enum { PYTHON, R };

static int run_python(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    return bench_script_run(PYTHON, who, data, answer);
}

static int run_r(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    return bench_script_run(R, who, data, answer);
}

/* R's glm has no penalty: it solves, and is judged on, the problem with lambda = 0. */
static int run_r_without_ridge(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    answer->without_ridge = true;
    return bench_script_run(R, who, data, answer);
}

const bench_contestant bench_numpy_lstsq = {
    .name = "NumPy lstsq",
    .configuration = "numpy.linalg.lstsq, rcond=None: LAPACK's dgelsd",
    .run = run_python,
    .script = true,
    .method = "lstsq"};

const bench_contestant bench_numpy_steps = {
    .name = "NumPy loop",
    .configuration = "theta = theta - alpha * (X.T @ (X @ theta - y) / m): two BLAS calls a step",
    .run = run_python,
    .script = true,
    .method = "steps"};

const bench_contestant bench_sklearn_linear = {.name = "scikit-learn LinearRegression",
                                               .configuration = "fit_intercept=False, copy_X=False",
                                               .run = run_python,
                                               .script = true,
                                               .method = "linear"};

const bench_contestant bench_sklearn_newton = {
    .name = "scikit-learn newton-cholesky",
    .configuration =
        "the solver its guide recommends for n_samples >> n_features; tol from the accuracy asked",
    .run = run_python,
    .script = true,
    .method = "newton-cholesky"};

const bench_contestant bench_sklearn_lbfgs = {
    .name = "scikit-learn lbfgs",
    .configuration = "its default solver; tol from the accuracy asked, max_iter=10000",
    .run = run_python,
    .script = true,
    .method = "lbfgs"};

const bench_contestant bench_sklearn_softmax_lbfgs = {
    .name = "scikit-learn lbfgs",
    .configuration = "its default solver for several classes; tol from the accuracy asked, max_iter=10000",
    .run = run_python,
    .script = true,
    .method = "softmax-lbfgs"};

const bench_contestant bench_sklearn_softmax_newton = {
    .name = "scikit-learn newton-cg",
    .configuration = "the other of its solvers without a learning rate; tol from the accuracy asked",
    .run = run_python,
    .script = true,
    .method = "softmax-newton-cg"};

const bench_contestant bench_r_glmnet_softmax = {
    .name = "R glmnet",
    .configuration = "family=multinomial, alpha=0, one lambda, standardize=FALSE, intercept=FALSE, "
                     "thresh=1e-12, maxit=1e6",
    .run = run_r,
    .script = true,
    .method = "softmax",
    .slow = true};

const bench_contestant bench_r_lm = {
    .name = "R lm.fit",
    .configuration =
        "the fitter below lm(), Householder QR by LINPACK's dqrdc2; tol=1e-15, so that it drops no column",
    .run = run_r,
    .script = true,
    .method = "lm"};

const bench_contestant bench_r_glm = {
    .name = "R glm.fit",
    .configuration = "the fitter below glm(): epsilon=1e-12, maxit=50; lambda = 0, for it has no penalty",
    .run = run_r_without_ridge,
    .script = true,
    .method = "glm",
    .slow = true};

const bench_contestant bench_r_glmnet = {
    .name = "R glmnet",
    .configuration = "alpha=0, one lambda, standardize=FALSE, intercept=FALSE, thresh=1e-17, maxit=1e6",
    .run = run_r,
    .script = true,
    .method = "glmnet",
    .slow = true};

const bench_contestant bench_r_glmnet_path = {
    .name = "R glmnet",
    .configuration =
        "alpha=1, the same lambdas, standardize=FALSE, intercept=FALSE, its default thresh=1e-7; "
        "the median of its duality gaps is what is asked of all",
    .run = run_r,
    .script = true,
    .method = "path"};

const bench_contestant bench_sklearn_path = {
    .name = "scikit-learn lasso_path",
    .configuration =
        "the same lambdas, precompute='auto', tol a tenth of the gap asked, max_iter=100000; squares only",
    .run = run_python,
    .script = true,
    .method = "path"};
