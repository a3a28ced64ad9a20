/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/matrix.h"

#include <cblas.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"

gradus_matrix gradus_row_major(size_t rows, size_t cols, const double *data, size_t ld)
{
    return (gradus_matrix){sizeof(gradus_matrix), GRADUS_LAYOUT_ROW_MAJOR, rows, cols, data, ld};
}

gradus_matrix gradus_col_major(size_t rows, size_t cols, const double *data, size_t ld)
{
    return (gradus_matrix){sizeof(gradus_matrix), GRADUS_LAYOUT_COL_MAJOR, rows, cols, data, ld};
}

static bool blas_integers_are_int(void)
{
    return strstr(openblas_get_config(), "USE64BITINT") == NULL;
}

static gradus_status check_sizes(const gradus_matrix *X, gradus_error *error)
{
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t least = by_row ? X->cols : X->rows, lines = by_row ? X->rows : X->cols;
    size_t elements, bytes;
    if (X->ld < least)
        return gr_error(error, GRADUS_ERROR_LEADING_DIMENSION, gr_fault_limit((double)X->ld, (double)least),
                        "the leading dimension of X is %zu; %s needs at least %zu", X->ld,
                        by_row ? "row-major with that many columns" : "column-major with that many rows",
                        least);
    if (!gr_multiply(lines, X->ld, &elements) || !gr_multiply(elements, sizeof(double), &bytes))
        return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW,
                        gr_fault_limit((double)lines * (double)X->ld, (double)SIZE_MAX / 8),
                        "X has %zu lines of %zu numbers; that product overflows size_t", lines, X->ld);
    if (!gr_fits_int(X->cols) || !gr_fits_int(X->ld))
        return gr_error(
            error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)gr_max(X->cols, X->ld), INT_MAX),
            "X has %zu columns and leading dimension %zu; BLAS takes at most %d", X->cols, X->ld, INT_MAX);
    return GRADUS_OK;
}

gradus_status gr_matrix_check(const gradus_matrix *X, gradus_error *error)
{
    if (!X) return gr_error_plain(error, GRADUS_ERROR_NULL);
    if (X->size != sizeof *X)
        return gr_error(error, GRADUS_ERROR_STRUCT_SIZE, gr_fault_limit((double)X->size, (double)sizeof *X),
                        "the gradus_matrix says it has %zu bytes, this library's has %zu; make it with "
                        "gradus_row_major or "
                        "gradus_col_major",
                        X->size, sizeof *X);
    if (X->layout != GRADUS_LAYOUT_ROW_MAJOR && X->layout != GRADUS_LAYOUT_COL_MAJOR)
        return gr_error(error, GRADUS_ERROR_OPTION,
                        gr_fault_limit((double)X->layout, GRADUS_LAYOUT_COL_MAJOR),
                        "the layout of X is %d, which is neither row-major nor column-major", (int)X->layout);
    if (X->rows == 0 || X->cols == 0)
        return gr_error(error, GRADUS_ERROR_EMPTY, gr_fault_limit(0.0, 1.0),
                        "X has %zu rows and %zu columns; at least one of "
                        "each is needed",
                        X->rows, X->cols);
    if (!X->data) return gr_error(error, GRADUS_ERROR_NULL, gr_fault_none(), "the data pointer of X is NULL");
    gradus_status status = check_sizes(X, error);
    if (!status && !blas_integers_are_int()) status = gr_error_plain(error, GRADUS_ERROR_BLAS_INTEGERS);
    return status;
}

const double *gr_matrix_row(const gradus_matrix *X, size_t row)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR ? X->data + row * X->ld : X->data + row;
}

size_t gr_matrix_offset(const gradus_matrix *X, size_t column)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR ? column : column * X->ld;
}

double gr_matrix_at(const gradus_matrix *X, size_t row, size_t column)
{
    return gr_matrix_row(X, row)[gr_matrix_offset(X, column)];
}
