/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NoInt1 and NoInt2: a straight line through the origin where one with an intercept would fit far better, so
 * that a program that adds an intercept in silence is found out.
 * Source: K. Eberhardt, NIST; certified by NIST/ITL StRD.
 */
#include "data/datasets.h"

static const char *const names[1] = {"x"};

static const double noint1_x[11] = {60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70};
static const double noint1_y[11] = {130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140};
static const double noint1_certified[1] = {2.07438016528926};
static const double noint1_deviations[1] = {1.65289256198347e-2};

const gr_dataset gr_noint1 = {
    .name = "NoInt1",
    .title = "a line through the origin, fitted to 11 points; no intercept",
    .source = "K. Eberhardt, NIST; NIST StRD",
    .response = "y",
    .names = names,
    .rows = 11,
    .columns = 1,
    .x = noint1_x,
    .y = noint1_y,
    .certified = noint1_certified,
    .deviations = noint1_deviations,
};

static const double noint2_x[3] = {4, 5, 6};
static const double noint2_y[3] = {3, 4, 4};
static const double noint2_certified[1] = {0.727272727272727};
static const double noint2_deviations[1] = {4.20827318078432e-2};

const gr_dataset gr_noint2 = {
    .name = "NoInt2",
    .title = "a line through the origin, fitted to 3 points; no intercept",
    .source = "K. Eberhardt, NIST; NIST StRD",
    .response = "y",
    .names = names,
    .rows = 3,
    .columns = 1,
    .x = noint2_x,
    .y = noint2_y,
    .certified = noint2_certified,
    .deviations = noint2_deviations,
};
