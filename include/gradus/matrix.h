/* SPDX-License-Identifier: BSD-3-Clause */
/* A borrowed view of the data matrix X. */
#ifndef GRADUS_MATRIX_H
#define GRADUS_MATRIX_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gradus_layout {
    GRADUS_LAYOUT_ROW_MAJOR = 1, /* X[i][j] at data[i*ld + j] */
    GRADUS_LAYOUT_COL_MAJOR = 2  /* X[i][j] at data[i + j*ld] */
} gradus_layout;

/* What the numbers are. */
typedef enum gradus_element {
    GRADUS_ELEMENT_DOUBLE = 0, /* data points to double */
    GRADUS_ELEMENT_FLOAT =
        1 /* data points to float: half the memory, half the traffic. theta, y, weights, sums and
                                  the solver stay double, and every float is exact as a double */
} gradus_element;

/*
 * A view: gradus reads the numbers where they are, never writes them, and copies all of them only where a solve or a
 * closed form says that it factors X itself. Whoever makes an objective of
 * it keeps `data` alive and unchanged until the objective is freed. Make it with one of the four functions below.
 */
typedef struct gradus_matrix {
    size_t size;            /* sizeof(gradus_matrix), set by the maker */
    gradus_layout layout;   /* how the numbers lie in memory */
    size_t rows;            /* m, observations; >= 1, may exceed INT_MAX in row-major */
    size_t cols;            /* n, regressors; 1 .. INT_MAX */
    const void *data;       /* finite numbers; NaN and Inf are refused by the first solve */
    size_t ld;              /* leading dimension: row-major >= cols, column-major >= rows; <= INT_MAX */
    gradus_element element; /* what data points to */
} gradus_matrix;

/* X[i][j] = data[i*ld + j], ld >= cols: C arrays, NumPy's default. Checks nothing; the calls that take X do. */
GRADUS_API gradus_matrix gradus_row_major(size_t rows, size_t cols, const double *data, size_t ld);

/* X[i][j] = data[i + j*ld], ld >= rows: Fortran, LAPACK, R, Julia. Checks nothing; the calls that take X do. */
GRADUS_API gradus_matrix gradus_col_major(size_t rows, size_t cols, const double *data, size_t ld);

/* The same views of X in single precision. */
GRADUS_API gradus_matrix gradus_row_major_float(size_t rows, size_t cols, const float *data, size_t ld);
GRADUS_API gradus_matrix gradus_col_major_float(size_t rows, size_t cols, const float *data, size_t ld);

#ifdef __cplusplus
}
#endif

#endif
