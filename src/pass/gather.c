/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/gather.h"

#include <string.h>

#include "pass/matrix.h"
#include "pass/widen.h"

/* Which row of X stands at this place? */
static size_t row_at(const gr_reader *reader, size_t place)
{
    return reader->chosen ? reader->chosen[place] : place;
}

/* One row of row-major X */
static void copy_row(const gradus_matrix *X, size_t row, double *to)
{
    const void *from = gr_matrix_address(X, row, 0);
    if (X->element == GRADUS_ELEMENT_DOUBLE)
        memcpy(to, from, X->cols * sizeof *to);
    else
        gr_widen(&(gr_widening){(const float *)from, 1, X->cols, X->cols, to, X->cols});
}

/* One column of column-major X: the rows at places first .. first + rows */
static void copy_column(const gr_reader *reader, size_t column, size_t first, size_t rows, double *to)
{
    const gradus_matrix *X = &reader->X;
    const void *from = gr_matrix_address(X, 0, column);
    const bool is_double = X->element == GRADUS_ELEMENT_DOUBLE;
    for (size_t i = 0; i < rows; i++) {
        const size_t row = row_at(reader, first + i);
        to[i * X->cols] = is_double ? ((const double *)from)[row] : (double)((const float *)from)[row];
    }
}

void gr_gather(const gr_reader *reader, size_t first, size_t rows, double *to)
{
    const gradus_matrix *X = &reader->X;
    if (X->layout == GRADUS_LAYOUT_ROW_MAJOR) {
        for (size_t i = 0; i < rows; i++) copy_row(X, row_at(reader, first + i), to + i * X->cols);
    } else {
        for (size_t j = 0; j < X->cols; j++) copy_column(reader, j, first, rows, to + j);
    }
}
