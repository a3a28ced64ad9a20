/* SPDX-License-Identifier: BSD-3-Clause */
/* What makes a view of X usable, and where its elements are. */
#ifndef GR_PASS_MATRIX_H
#define GR_PASS_MATRIX_H

#include "gradus/matrix.h"

/* Sizes, leading dimension, integer range, overflow, and OpenBLAS's own integers. Reads no element of X. */
gradus_status gr_matrix_check(const gradus_matrix *X, gradus_error *error);

/* How many elements X[row][column] lies behind X[0][0]. */
size_t gr_matrix_offset(const gradus_matrix *X, size_t row, size_t column);

/* The address of X[row][column]. */
const void *gr_matrix_address(const gradus_matrix *X, size_t row, size_t column);

/* X[row][column] */
double gr_matrix_at(const gradus_matrix *X, size_t row, size_t column);

/* Bytes of an element. */
size_t gr_matrix_element_size(const gradus_matrix *X);

#endif
