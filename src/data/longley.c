/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Longley: employment in the United States, 1947 to 1962, on six economic series that move together, so that
 * the columns are nearly dependent (condition number 4.9e9).
 * Source: J. W. Longley, An Appraisal of Least Squares Programs for the Electronic Computer from the
 * Viewpoint of the User, Journal of the American Statistical Association 62 (1967) 819-841; certified by
 * NIST/ITL StRD.
 */
#include "data/datasets.h"

enum { ROWS = 16, COLUMNS = 6 };

static const char *const names[COLUMNS] = {"gnp_deflator", "gnp",        "unemployed",
                                           "armed_forces", "population", "year"};

/* clang-format off */
static const double x[ROWS * COLUMNS] = {
    83.0, 234289, 2356, 1590, 107608, 1947,
    88.5, 259426, 2325, 1456, 108632, 1948,
    88.2, 258054, 3682, 1616, 109773, 1949,
    89.5, 284599, 3351, 1650, 110929, 1950,
    96.2, 328975, 2099, 3099, 112075, 1951,
    98.1, 346999, 1932, 3594, 113270, 1952,
    99.0, 365385, 1870, 3547, 115094, 1953,
    100.0, 363112, 3578, 3350, 116219, 1954,
    101.2, 397469, 2904, 3048, 117388, 1955,
    104.6, 419180, 2822, 2857, 118734, 1956,
    108.4, 442769, 2936, 2798, 120445, 1957,
    110.8, 444546, 4681, 2637, 121950, 1958,
    112.6, 482704, 3813, 2552, 123366, 1959,
    114.2, 502601, 3931, 2514, 125368, 1960,
    115.7, 518173, 4806, 2572, 127852, 1961,
    116.9, 554894, 4007, 2827, 130081, 1962,
};
/* clang-format on */

static const double y[ROWS] = {
    60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761,
    66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551,
};

static const double certified[COLUMNS + 1] = {
    15.0618722713733,     -3.58191792925910e-2, -2.02022980381683, -1.03322686717359,
    -5.11041056535807e-2, 1829.15146461355,     -3482258.63459582,
};

static const double deviations[COLUMNS + 1] = {
    84.9149257747669,  3.34910077722432e-2, 0.488399681651699, 0.214274163161675,
    0.226073200069370, 455.478499142212,    890420.383607373,
};

const gr_dataset gr_longley = {
    .name = "Longley",
    .title =
        "employment in the United States, 1947 to 1962, on six economic series; nearly dependent columns",
    .source = "J. W. Longley, J. Amer. Statist. Assoc. 62 (1967) 819-841; NIST StRD",
    .response = "employed",
    .names = names,
    .rows = ROWS,
    .columns = COLUMNS,
    .x = x,
    .y = y,
    .intercept = true,
    .certified = certified,
    .deviations = deviations,
};
