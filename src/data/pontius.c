/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pontius: calibration of a load cell, a parabola in twenty loads up to three million, each applied twice;
 * the columns 1, x, x^2 differ in size by thirteen decimal orders (condition number 1.4e13, 18 with columns
 * of one length).
 * Source: P. Pontius, NIST, Load Cell Calibration; certified by NIST/ITL StRD.
 */
#include "data/datasets.h"

enum { ROWS = 40, DEGREE = 2 };

static const char *const names[1] = {"x"};

static const double x[ROWS] = {
    150000,  300000,  450000,  600000,  750000,  900000,  1050000, 1200000, 1350000, 1500000,
    1650000, 1800000, 1950000, 2100000, 2250000, 2400000, 2550000, 2700000, 2850000, 3000000,
    150000,  300000,  450000,  600000,  750000,  900000,  1050000, 1200000, 1350000, 1500000,
    1650000, 1800000, 1950000, 2100000, 2250000, 2400000, 2550000, 2700000, 2850000, 3000000,
};

static const double y[ROWS] = {
    0.11019, 0.21956, 0.32949, 0.43899, 0.54803, 0.65694, 0.76562, 0.87487, 0.98292, 1.09146,
    1.20001, 1.30822, 1.41599, 1.52399, 1.63194, 1.73947, 1.84646, 1.95392, 2.06128, 2.16844,
    0.11052, 0.22018, 0.32939, 0.43886, 0.54798, 0.65739, 0.76596, 0.87474, 0.983,   1.0915,
    1.20004, 1.30818, 1.41613, 1.52408, 1.63159, 1.73965, 1.84696, 1.95445, 2.06177, 2.16829,
};

static const double certified[DEGREE + 1] = {
    7.32059160401003e-7,
    -3.16081871345029e-15,
    6.73565789473684e-4,
};

static const double deviations[DEGREE + 1] = {
    1.57817399981659e-10,
    4.86652849992036e-17,
    1.07938612033077e-4,
};

const gr_dataset gr_pontius = {
    .name = "Pontius",
    .title = "calibration of a load cell: a parabola whose columns differ in size by 13 decimal orders",
    .source = "P. Pontius, NIST; NIST StRD",
    .response = "y",
    .names = names,
    .rows = ROWS,
    .columns = 1,
    .x = x,
    .y = y,
    .degree = DEGREE,
    .intercept = true,
    .certified = certified,
    .deviations = deviations,
};
