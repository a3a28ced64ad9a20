/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How X is cut: into leaves, which threads take one at a time, these into blocks, which stay in a core's cache, and
 * these into panels of columns, which one BLAS call takes. A function of the shape and of constants alone, never of
 * the machine or the number of threads: that is what makes the bits of every sum the same everywhere.
 */
#ifndef GR_PASS_PARTITION_H
#define GR_PASS_PARTITION_H

#include <stdbool.h>

#include "gradus/matrix.h"

typedef struct gr_partition {
    size_t leaves;
    size_t leaf_rows;     /* rows of a leaf, a multiple of block_rows; the last leaf has what is left */
    size_t block_rows;    /* rows of a block; the last block of a leaf has what is left */
    size_t whole_rows;    /* rows of a block that a pass needs as a whole in double; at most block_rows */
    size_t panel_cols;    /* columns that one BLAS call takes */
    size_t panel_outputs; /* columns of coefficients that one BLAS call takes; 0 where there is one */
    size_t ahead; /* blocks to ask for while BLAS works on as many before them; 0: that is not worth it */
} gr_partition;

gr_partition gr_partition_of(const gradus_matrix *X);

/* The cut for passes that add up a whole matrix: few leaves, short blocks. */
gr_partition gr_partition_of_gram(const gradus_matrix *X);

/* The cut for a pass over `outputs` columns of coefficients at once: panel_cols columns and panel_outputs outputs a product. */
gr_partition gr_partition_of_outputs(const gradus_matrix *X, size_t outputs);

/* The cut for the Hessian of such a pass. */
gr_partition gr_partition_of_outputs_gram(const gradus_matrix *X, size_t outputs);

/* The cut for a sketch of so many rows; one leaf where the sketch is X itself. */
gr_partition gr_partition_of_sketch(const gradus_matrix *X, size_t rows);

#endif
