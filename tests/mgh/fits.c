/* SPDX-License-Identifier: BSD-3-Clause */
/* Curves fitted to data. Numbers, formulas and data as in the paper; t_i, u_i and y_i are its names. */
#include <math.h>

#include "mgh.h"

/* 6: 2 + 2i - (exp(i x1) + exp(i x2)) */
double mgh_jennrich_sampson(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double k = (double)i, first = exp(k * x[0]), second = exp(k * x[1]);
    slope[0] = -k * first;
    slope[1] = -k * second;
    return 2.0 + 2.0 * k - (first + second);
}

/* 8: y_i - (x1 + u / (v x2 + w x3)), u = i, v = 16 - i, w = min(u, v) */
double mgh_bard(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                               0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    const double u = (double)i, v = 16.0 - u, w = fmin(u, v), below = v * x[1] + w * x[2];
    slope[0] = -1.0;
    slope[1] = u * v / (below * below);
    slope[2] = u * w / (below * below);
    return y[i - 1] - (x[0] + u / below);
}

/* 9: x1 exp(-x2 (t - x3)^2 / 2) - y_i, t = (8 - i) / 2 */
double mgh_gaussian(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989,
                               0.3521, 0.2420, 0.1295, 0.0540, 0.0175, 0.0044, 0.0009};
    const double away = (8.0 - (double)i) / 2.0 - x[2], bell = exp(-x[1] * away * away / 2.0);
    slope[0] = bell;
    slope[1] = -x[0] * bell * away * away / 2.0;
    slope[2] = x[0] * bell * x[1] * away;
    return x[0] * bell - y[i - 1];
}

/* 10: x1 exp(x2 / (t + x3)) - y_i, t = 45 + 5i */
double mgh_meyer(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                               8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    const double below = 45.0 + 5.0 * (double)i + x[2], power = exp(x[1] / below);
    slope[0] = power;
    slope[1] = x[0] * power / below;
    slope[2] = -x[0] * power * x[1] / (below * below);
    return x[0] * power - y[i - 1];
}

/*
 * 11: exp(-|y_i - x2|^x3 / x1) - t, t = i / 100, y_i = 25 + (-50 ln t)^(2/3). The paper prints |y_i m i x2|, with which
 * its own minimum at (50, 25, 1.5) is none.
 */
double mgh_gulf(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double t = (double)i / 100.0, away = 25.0 + pow(-50.0 * log(t), 2.0 / 3.0) - x[1];
    const double power = pow(fabs(away), x[2]), decay = exp(-power / x[0]);
    slope[0] = decay * power / (x[0] * x[0]);
    slope[1] = decay * x[2] * power / (away * x[0]);
    slope[2] = -decay * power * log(fabs(away)) / x[0];
    return decay - t;
}

/* 12: exp(-t x1) - exp(-t x2) - x3 (exp(-t) - exp(-10 t)), t = i / 10 */
double mgh_box(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double t = 0.1 * (double)i, first = exp(-t * x[0]), second = exp(-t * x[1]);
    const double known = exp(-t) - exp(-10.0 * t);
    slope[0] = -t * first;
    slope[1] = t * second;
    slope[2] = -known;
    return first - second - x[2] * known;
}

/* 15: y_i - x1 (u^2 + u x2) / (u^2 + u x3 + x4) */
double mgh_kowalik_osborne(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                               0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    static const double at[] = {4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    const double u = at[i - 1], above = u * (u + x[1]), below = u * (u + x[2]) + x[3];
    slope[0] = -above / below;
    slope[1] = -x[0] * u / below;
    slope[2] = x[0] * above * u / (below * below);
    slope[3] = x[0] * above / (below * below);
    return y[i - 1] - x[0] * above / below;
}

/* 16: (x1 + t x2 - exp(t))^2 + (x3 + x4 sin(t) - cos(t))^2, t = i / 5 */
double mgh_brown_dennis(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double t = (double)i / 5.0, a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
    slope[0] = 2.0 * a;
    slope[1] = 2.0 * a * t;
    slope[2] = 2.0 * b;
    slope[3] = 2.0 * b * sin(t);
    return a * a + b * b;
}

/* 17: y_i - (x1 + x2 exp(-t x4) + x3 exp(-t x5)), t = 10(i - 1) */
double mgh_osborne_1(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                               0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                               0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    const double t = 10.0 * ((double)i - 1.0), first = exp(-t * x[3]), second = exp(-t * x[4]);
    slope[0] = -1.0;
    slope[1] = -first;
    slope[2] = -second;
    slope[3] = x[1] * t * first;
    slope[4] = x[2] * t * second;
    return y[i - 1] - (x[0] + x[1] * first + x[2] * second);
}

/* 18: x3 exp(-t x1) - x4 exp(-t x2) + x6 exp(-t x5) - y_i, t = i / 10, y_i = exp(-t) - 5 exp(-10 t) + 3 exp(-4 t) */
double mgh_biggs(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double t = 0.1 * (double)i, y = exp(-t) - 5.0 * exp(-10.0 * t) + 3.0 * exp(-4.0 * t);
    const double first = exp(-t * x[0]), second = exp(-t * x[1]), third = exp(-t * x[4]);
    slope[0] = -t * x[2] * first;
    slope[1] = t * x[3] * second;
    slope[2] = first;
    slope[3] = -second;
    slope[4] = -t * x[5] * third;
    slope[5] = third;
    return x[2] * first - x[3] * second + x[5] * third - y;
}

/* 19: y_i - x1 exp(-t x5) - sum over k = 2, 3, 4 of x_k exp(-(t - x_{k+7})^2 x_{k+4}), t = (i - 1) / 10 */
double mgh_osborne_2(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746,
                               0.679, 0.608, 0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649,
                               0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395,
                               0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653,
                               0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739,
                               0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    const double t = 0.1 * ((double)i - 1.0), decay = exp(-t * x[4]);
    double fit = x[0] * decay;
    slope[0] = -decay;
    slope[4] = x[0] * t * decay;
    for (size_t k = 1; k < 4; k++) {
        const double away = t - x[k + 7], bell = exp(-away * away * x[k + 4]);
        fit += x[k] * bell;
        slope[k] = -bell;
        slope[k + 4] = x[k] * bell * away * away;
        slope[k + 7] = -2.0 * x[k] * bell * away * x[k + 4];
    }
    return y[i - 1] - fit;
}
