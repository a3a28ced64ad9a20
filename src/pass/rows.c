/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/matrix.h"
#include "pass/pass.h"

void gr_pass_rows(gr_reader *reader, size_t first, size_t rows, double *copy, size_t ld)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < reader->X.cols; j++) copy[i + j * ld] = gr_matrix_at(&reader->X, first + i, j);
    }
    reader->elements += (double)rows * (double)reader->X.cols;
}
