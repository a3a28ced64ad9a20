# SPDX-License-Identifier: BSD-3-Clause
"""Python's contestants. usage: peer.py FOLDER ROWS COLS RIDGE; the dialogue is described in script.h."""
import math
import sys
import time
import warnings

try:
    import numpy as np
except ImportError as error:
    print("absent:", error, flush=True)
    sys.exit(1)

folder, rows, cols, ridge = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
X = np.fromfile(f"{folder}/x.bin").reshape(rows, cols)
y = np.fromfile(f"{folder}/y.bin")
lambdas = np.fromfile(f"{folder}/lambdas.bin")
warnings.simplefilter("ignore")


def lstsq(asked, steps, alpha):
    start = time.perf_counter()
    theta = np.linalg.lstsq(X, y, rcond=None)[0]
    return time.perf_counter() - start, theta, 0


def take_steps(asked, steps, alpha):
    start = time.perf_counter()
    theta = np.zeros(cols)
    XT = X.T
    for _ in range(steps):
        theta = theta - alpha * (XT @ (X @ theta - y) / rows)
    return time.perf_counter() - start, theta, steps


def linear(asked, steps, alpha):
    from sklearn.linear_model import LinearRegression

    model = LinearRegression(fit_intercept=False, copy_X=False)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.coef_, 0


def logistic(solver, asked):
    from sklearn.linear_model import LogisticRegression

    # Both solvers stop when no component of the gradient exceeds tol; lbfgs works on the sum of the losses.
    gradient = np.linalg.norm(X.T @ (0.5 - y)) / rows
    tolerance = asked * gradient / math.sqrt(cols) * (rows if solver == "lbfgs" else 1)
    model = LogisticRegression(C=1 / (ridge * rows), fit_intercept=False, solver=solver, tol=tolerance,
                               max_iter=10000)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.coef_, model.n_iter_[0]


def newton_cholesky(asked, steps, alpha):
    return logistic("newton-cholesky", asked)


def lbfgs(asked, steps, alpha):
    return logistic("lbfgs", asked)


def path(asked, steps, alpha):
    from sklearn.linear_model import lasso_path

    if np.isin(y, (0, 1)).all():
        raise ValueError("it has no path of logistic regression with warm starts to this gap")
    start = time.perf_counter()
    _, coefficients, _ = lasso_path(X, y, alphas=lambdas, tol=asked / 10, max_iter=100000)
    return time.perf_counter() - start, coefficients.T, 0


def softmax(solver, asked):
    from sklearn.linear_model import LogisticRegression

    # Both solvers work on the sum of the losses, and stop when no component of its gradient exceeds tol.
    classes = np.unique(y)
    gradient = np.linalg.norm(X.T @ (1 / len(classes) - (y[:, None] == classes)))
    model = LogisticRegression(C=1 / (ridge * rows), fit_intercept=False, solver=solver,
                               tol=asked * gradient / math.sqrt(cols * len(classes)), max_iter=10000)
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start, model.coef_, model.n_iter_[0]


def softmax_lbfgs(asked, steps, alpha):
    return softmax("lbfgs", asked)


def softmax_newton(asked, steps, alpha):
    return softmax("newton-cg", asked)


softmax_methods = {"softmax-lbfgs": softmax_lbfgs, "softmax-newton-cg": softmax_newton}
methods = {"path": path, "lstsq": lstsq, "steps": take_steps, "linear": linear, "newton-cholesky": newton_cholesky, "lbfgs": lbfgs}

methods.update(softmax_methods)
print("ready", flush=True)
for line in sys.stdin:
    name, asked, steps, alpha = line.split()
    try:
        seconds, theta, evaluations = methods[name](float(asked), int(steps), float(alpha))
    except (ImportError, MemoryError, ValueError) as error:
        print("absent:", str(error).splitlines()[0], flush=True)
        continue
    np.ascontiguousarray(theta, dtype=float).tofile(f"{folder}/theta.bin")
    print(f"{seconds:.9g} {evaluations}", flush=True)
