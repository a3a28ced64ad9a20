/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A path of lassos: the duality gap, relative to the value, at the worst of its lambdas. With residuals r = d loss / dz, g = X'r/m and
 * c = min(1, lambda / max |g_j|) the dual point is c r, and
 *
 *   gap = 1/m sum (loss(z_i) + loss*(c r_i)) + lambda sum |theta_j|,
 *   loss*(v) = v^2/2 + v y for squares, with u = y + v  u log u + (1 - u) log(1 - u) for labels.
 *
 * Plain loops over rows, all lambdas of a row at once. The lambdas fall evenly in their logarithms from that at which theta is 0.
 */
#include <math.h>
#include <stdlib.h>

#include "judge.h"

enum { MOST_LAMBDAS = 128 };

/* What one lambda's rows add up to */
typedef struct sums {
    double loss[MOST_LAMBDAS], largest[MOST_LAMBDAS], conjugate[MOST_LAMBDAS];
    double gradients[]; /* n x count */
} sums;

static double loss_of(bool logistic, double z, double y)
{
    if (!logistic) return 0.5 * (z - y) * (z - y);
    return (z > 0.0 ? z : 0.0) + log1p(exp(-fabs(z))) - y * z;
}

static double residual_of(bool logistic, double z, double y)
{
    return logistic ? 1.0 / (1.0 + exp(-z)) - y : z - y;
}

static double entropy(double u)
{
    return u > 0.0 ? u * log(u) : 0.0;
}

static double conjugate_of(bool logistic, double v, double y)
{
    return logistic ? entropy(y + v) + entropy(1.0 - y - v) : 0.5 * v * v + v * y;
}

/* z_k = x_i'theta_k; turned: n x count */
static void margins_of(const bench_data *data, size_t i, const double *turned, double *z)
{
    const size_t count = data->problem.lambdas;
    for (size_t k = 0; k < count; k++) z[k] = 0.0;
    for (size_t j = 0; j < data->problem.cols; j++) {
        const double x = bench_data_at(data, i, j);
        for (size_t k = 0; k < count; k++) z[k] += x * turned[j * count + k];
    }
}

static void add_row(const bench_data *data, size_t i, const double *z, sums *s)
{
    const bool logistic = data->problem.kind->logistic;
    const size_t count = data->problem.lambdas;
    double r[MOST_LAMBDAS];
    for (size_t k = 0; k < count; k++) {
        s->loss[k] += loss_of(logistic, z[k], data->y[i]);
        r[k] = residual_of(logistic, z[k], data->y[i]);
    }
    for (size_t j = 0; j < data->problem.cols; j++) {
        const double x = bench_data_at(data, i, j);
        for (size_t k = 0; k < count; k++) s->gradients[j * count + k] += x * r[k];
    }
}

static void add_conjugates(const bench_data *data, size_t i, const double *z, sums *s)
{
    const bool logistic = data->problem.kind->logistic;
    const double m = (double)data->problem.rows;
    for (size_t k = 0; k < data->problem.lambdas; k++) {
        const double c = fmin(1.0, data->lambdas[k] * m / s->largest[k]);
        s->conjugate[k] += conjugate_of(logistic, c * residual_of(logistic, z[k], data->y[i]), data->y[i]);
    }
}

static void find_largest(const bench_data *data, sums *s)
{
    const size_t count = data->problem.lambdas;
    for (size_t j = 0; j < data->problem.cols; j++)
        for (size_t k = 0; k < count; k++)
            s->largest[k] = fmax(s->largest[k], fabs(s->gradients[j * count + k]));
}

/* gap / value for each lambda; needs m x count doubles for the margins */
static void judge_path(const bench_data *data, const double *thetas, double *turned, double *margins, sums *s,
                       double *gaps)
{
    const size_t n = data->problem.cols, m = data->problem.rows, count = data->problem.lambdas;
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < count; k++) turned[j * count + k] = thetas[k * n + j];
    for (size_t i = 0; i < m; i++) {
        margins_of(data, i, turned, margins + i * count);
        add_row(data, i, margins + i * count, s);
    }
    find_largest(data, s);
    for (size_t i = 0; i < m; i++) add_conjugates(data, i, margins + i * count, s);
    for (size_t k = 0; k < count; k++) {
        double penalty = 0.0;
        for (size_t j = 0; j < n; j++) penalty += data->lambdas[k] * fabs(thetas[k * n + j]);
        const double value = s->loss[k] / (double)m + penalty;
        const double gap = (s->loss[k] + s->conjugate[k]) / (double)m + penalty;
        gaps[k] = gap / value;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_path_gap(const bench_data *data, const double *thetas, double share)
{
    double gaps[MOST_LAMBDAS];
    const size_t n = data->problem.cols, m = data->problem.rows, count = data->problem.lambdas;
    double *turned = (double *)calloc(n * count, sizeof *turned);
    double *margins = (double *)malloc(m * count * sizeof *margins);
    sums *s = (sums *)calloc(1, sizeof *s + n * count * sizeof s->gradients[0]);
    const bool judged = turned && margins && s;
    if (judged) judge_path(data, thetas, turned, margins, s, gaps);
    free(turned);
    free(margins);
    free(s);
    if (!judged) return (double)NAN;
    for (size_t k = 0; k < count; k++)
        if (!(gaps[k] <= HUGE_VAL)) return (double)NAN;
    qsort(gaps, count, sizeof gaps[0], compare);
    return gaps[(size_t)(share * (double)(count - 1))];
}

static double accuracy(const bench_data *data, const double *thetas)
{
    return bench_path_gap(data, thetas, 1.0);
}

/* max |x_j'(y - mean at 0)| / m */
static double largest_lambda(const bench_data *data)
{
    const double at_0 = data->problem.kind->logistic ? 0.5 : 0.0;
    double largest = 0.0;
    for (size_t j = 0; j < data->problem.cols; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < data->problem.rows; i++)
            sum += bench_data_at(data, i, j) * (data->y[i] - at_0);
        largest = fmax(largest, fabs(sum) / (double)data->problem.rows);
    }
    return largest;
}

static bool prepare(bench_data *data)
{
    const size_t count = data->problem.lambdas;
    data->lambdas = (double *)malloc(count * sizeof *data->lambdas);
    if (!data->lambdas || count > MOST_LAMBDAS) return false;
    const double largest = largest_lambda(data);
    for (size_t k = 0; k < count; k++)
        data->lambdas[k] = largest * pow(data->problem.smallest, (double)k / (double)(count - 1));
    return true;
}

const bench_kind bench_kind_lasso = {
    .name = "lasso path", .accuracy_name = "relative gap", .prepare = prepare, .accuracy = accuracy};

const bench_kind bench_kind_lasso_logistic = {.name = "logistic lasso path",
                                              .accuracy_name = "relative gap",
                                              .logistic = true,
                                              .prepare = prepare,
                                              .accuracy = accuracy};
