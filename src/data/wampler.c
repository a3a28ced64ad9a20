/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Wampler1 to Wampler5: polynomials of degree 5 at x = 0, 1, ..., 20, made by formula.
 *
 *   Wampler1  y = 1 + x + x^2 + x^3 + x^4 + x^5
 *   Wampler2  y = 1 + x/10 + x^2/100 + x^3/1000 + x^4/10^4 + x^5/10^5
 *   Wampler3  y = Wampler1 + e,  Wampler4  y = Wampler1 + 100 e,  Wampler5  y = Wampler1 + 10000 e
 *
 * where e is orthogonal to the six powers, so that the answer stays 1, ..., 1 while the residual grows:
 *   e = 759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048, and the same backwards.
 *
 * Source: R. H. Wampler, A Report of the Accuracy of Some Widely-Used Least Squares Computer Programs,
 * Journal of the American Statistical Association 65 (1970) 549-565; certified by NIST/ITL StRD.
 */
#include "data/datasets.h"

enum { ROWS = 21, DEGREE = 5 };

static const char source[] = "R. H. Wampler, J. Amer. Statist. Assoc. 65 (1970) 549-565; NIST StRD";

static const char *const names[1] = {"x"};

static const double x[ROWS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

static const double ones[DEGREE + 1] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
static const double tenths[DEGREE + 1] = {0.1, 0.01, 0.001, 0.0001, 0.00001, 1.0};
static const double zeros[DEGREE + 1] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};

static const double y1[ROWS] = {
    1,      6,      63,     364,    1365,   3906,    9331,    19608,   37449,   66430,   111111,
    177156, 271453, 402234, 579195, 813616, 1118481, 1508598, 2000719, 2613660, 3368421,
};

const gr_dataset gr_wampler1 = {
    .name = "Wampler1",
    .title = "degree 5, fitted exactly; every coefficient is 1",
    .source = source,
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y1,
    .degree = DEGREE,
    .intercept = true,
    .certified = ones,
    .deviations = zeros,
};

static const double y2[ROWS] = {
    1.0,     1.11111, 1.24992,  1.42753,  1.65984,  1.96875,  2.38336,  2.94117,  3.68928,  4.68559, 6.0,
    7.71561, 9.92992, 12.75603, 16.32384, 20.78125, 26.29536, 33.05367, 41.26528, 51.16209, 63.0,
};

const gr_dataset gr_wampler2 = {
    .name = "Wampler2",
    .title = "degree 5, fitted exactly; coefficients 1, 0.1, ..., 0.00001",
    .source = source,
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y2,
    .degree = DEGREE,
    .intercept = true,
    .certified = tenths,
    .deviations = zeros,
};

static const double y3[ROWS] = {
    760,    -2042,  2111,   -1684,  3888,   1858,    11379,   17560,   39287,   64382,   113159,
    175108, 273291, 400186, 581243, 811568, 1121004, 1506550, 2002767, 2611612, 3369180,
};

static const double deviations3[DEGREE + 1] = {
    2363.55173469681, 779.343524331583,  101.475507550350,
    5.64566512170752, 0.112324854679312, 2152.32624678170,
};

const gr_dataset gr_wampler3 = {
    .name = "Wampler3",
    .title = "degree 5 with residuals of 2e3; every coefficient is 1",
    .source = source,
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y3,
    .degree = DEGREE,
    .intercept = true,
    .certified = ones,
    .deviations = deviations3,
};

static const double y4[ROWS] = {
    75901,  -204794, 204863, -204436, 253665, -200894, 214131,  -185192, 221249,  -138370, 315911,
    -27644, 455253,  197434, 783995,  608816, 1370781, 1303798, 2205519, 2408860, 3444321,
};

static const double deviations4[DEGREE + 1] = {
    236355.173469681, 77934.3524331583, 10147.5507550350,
    564.566512170752, 11.2324854679312, 215232.624678170,
};

const gr_dataset gr_wampler4 = {
    .name = "Wampler4",
    .title = "degree 5 with residuals of 2e5; every coefficient is 1",
    .source = source,
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y4,
    .degree = DEGREE,
    .intercept = true,
    .certified = ones,
    .deviations = deviations4,
};

static const double y5[ROWS] = {
    7590001,   -20479994, 20480063,  -20479636, 25231365,  -20476094, 20489331,
    -20460392, 18417449,  -20413570, 20591111,  -20302844, 18651453,  -20077766,
    21059195,  -19666384, 26348481,  -18971402, 22480719,  -17866340, 10958421,
};

static const double deviations5[DEGREE + 1] = {
    23635517.3469681, 7793435.24331583, 1014755.07550350,
    56456.6512170752, 1123.24854679312, 21523262.4678170,
};

const gr_dataset gr_wampler5 = {
    .name = "Wampler5",
    .title = "degree 5 with residuals of 2e7; every coefficient is 1",
    .source = source,
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y5,
    .degree = DEGREE,
    .intercept = true,
    .certified = ones,
    .deviations = deviations5,
};
