/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The two products of the gradient on lines of floats, with a vector and with sums of doubles; private to this room. BLAS has
 * no such product; to make the floats double and call its dgemv costs as much time as half the bytes save.
 */
#ifndef GR_PASS_FLOAT_LINES_H
#define GR_PASS_FLOAT_LINES_H

#include <stddef.h>

/* `count` lines of `length` floats, `stride` apart. */
typedef struct gr_float_lines {
    const float *first;
    size_t count, length, stride;
} gr_float_lines;

/* out[k] += line_k'in, for every line; in: length doubles */
void gr_float_lines_dot(const gr_float_lines *lines, const double *in, double *out);

/* out += sum over the lines of in[k] line_k; out: length doubles */
void gr_float_lines_add(const gr_float_lines *lines, const double *in, double *out);

#endif
