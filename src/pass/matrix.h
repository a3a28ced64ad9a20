/* SPDX-License-Identifier: BSD-3-Clause */
/* What makes a view of X usable, and how it is cut into blocks of rows. */
#ifndef GR_PASS_MATRIX_H
#define GR_PASS_MATRIX_H

#include "gradus/matrix.h"

/* Sizes, leading dimension, integer range, overflow, and OpenBLAS's own integers. Reads no element of X. */
gradus_status gr_matrix_check(const gradus_matrix *X, gradus_error *error);

/* Rows in a block: a function of the shape alone, never of the machine. */
size_t gr_matrix_block_rows(const gradus_matrix *X);

/* Columns that one call of BLAS may read of a block, so that a single wide row does not exceed a block's elements. */
size_t gr_matrix_panel_cols(const gradus_matrix *X);

/* The address of X[row][0]. */
const double *gr_matrix_row(const gradus_matrix *X, size_t row);

/* How far X[row][column] lies behind X[row][0]. */
size_t gr_matrix_offset(const gradus_matrix *X, size_t column);

/* X[row][column] */
double gr_matrix_at(const gradus_matrix *X, size_t row, size_t column);

#endif
