/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/matrix.h"

#include <cblas.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"

static gradus_matrix view(gradus_layout layout, gradus_element element, size_t rows, size_t cols,
                          const void *data, size_t ld)
{
    return (gradus_matrix){sizeof(gradus_matrix), layout, rows, cols, data, ld, element};
}

gradus_matrix gradus_row_major(size_t rows, size_t cols, const double *data, size_t ld)
{
    return view(GRADUS_LAYOUT_ROW_MAJOR, GRADUS_ELEMENT_DOUBLE, rows, cols, data, ld);
}

gradus_matrix gradus_col_major(size_t rows, size_t cols, const double *data, size_t ld)
{
    return view(GRADUS_LAYOUT_COL_MAJOR, GRADUS_ELEMENT_DOUBLE, rows, cols, data, ld);
}

gradus_matrix gradus_row_major_float(size_t rows, size_t cols, const float *data, size_t ld)
{
    return view(GRADUS_LAYOUT_ROW_MAJOR, GRADUS_ELEMENT_FLOAT, rows, cols, data, ld);
}

gradus_matrix gradus_col_major_float(size_t rows, size_t cols, const float *data, size_t ld)
{
    return view(GRADUS_LAYOUT_COL_MAJOR, GRADUS_ELEMENT_FLOAT, rows, cols, data, ld);
}

static bool blas_integers_are_int(void)
{
    return strstr(openblas_get_config(), "USE64BITINT") == NULL;
}

static gradus_status check_sizes(const gradus_matrix *X, gradus_error *error)
{
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t least = by_row ? X->cols : X->rows, lines = by_row ? X->rows : X->cols;
    const size_t size = gr_matrix_element_size(X);
    size_t elements, bytes;
    if (X->ld < least)
        return gr_error(error, GRADUS_ERROR_LEADING_DIMENSION, gr_fault_limit((double)X->ld, (double)least),
                        "the leading dimension of X is %zu; %s needs at least %zu", X->ld,
                        by_row ? "row-major with that many columns" : "column-major with that many rows",
                        least);
    if (!gr_multiply(lines, X->ld, &elements) || !gr_multiply(elements, size, &bytes))
        return gr_error(error, GRADUS_ERROR_SIZE_OVERFLOW,
                        gr_fault_limit((double)lines * (double)X->ld, (double)(SIZE_MAX / size)),
                        "X has %zu lines of %zu numbers; that product overflows size_t", lines, X->ld);
    if (!gr_fits_int(X->cols) || !gr_fits_int(X->ld))
        return gr_error(
            error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)gr_max(X->cols, X->ld), INT_MAX),
            "X has %zu columns and leading dimension %zu; BLAS takes at most %d", X->cols, X->ld, INT_MAX);
    return GRADUS_OK;
}

static gradus_status check_kind(const gradus_matrix *X, gradus_error *error)
{
    if (X->layout != GRADUS_LAYOUT_ROW_MAJOR && X->layout != GRADUS_LAYOUT_COL_MAJOR)
        return gr_error(error, GRADUS_ERROR_OPTION,
                        gr_fault_limit((double)(int)X->layout, GRADUS_LAYOUT_COL_MAJOR),
                        "the layout of X is %d, which is neither row-major nor column-major", (int)X->layout);
    if (X->element != GRADUS_ELEMENT_DOUBLE && X->element != GRADUS_ELEMENT_FLOAT)
        return gr_error(error, GRADUS_ERROR_OPTION,
                        gr_fault_limit((double)(int)X->element, GRADUS_ELEMENT_FLOAT),
                        "the element of X is %d, which is neither double nor float", (int)X->element);
    return GRADUS_OK;
}

gradus_status gr_matrix_check(const gradus_matrix *X, gradus_error *error)
{
    if (!X) return gr_error_plain(error, GRADUS_ERROR_NULL);
    if (X->size != sizeof *X)
        return gr_error(error, GRADUS_ERROR_STRUCT_SIZE, gr_fault_limit((double)X->size, (double)sizeof *X),
                        "the gradus_matrix says it has %zu bytes, this library's has %zu; make it with "
                        "gradus_row_major or one of its siblings",
                        X->size, sizeof *X);
    gradus_status status = check_kind(X, error);
    if (status) return status;
    if (X->rows == 0 || X->cols == 0)
        return gr_error(error, GRADUS_ERROR_EMPTY, gr_fault_limit(0.0, 1.0),
                        "X has %zu rows and %zu columns; at least one of "
                        "each is needed",
                        X->rows, X->cols);
    if (!X->data) return gr_error(error, GRADUS_ERROR_NULL, gr_fault_none(), "the data pointer of X is NULL");
    status = check_sizes(X, error);
    if (!status && !blas_integers_are_int()) status = gr_error_plain(error, GRADUS_ERROR_BLAS_INTEGERS);
    return status;
}

size_t gr_matrix_offset(const gradus_matrix *X, size_t row, size_t column)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR ? row * X->ld + column : row + column * X->ld;
}

size_t gr_matrix_element_size(const gradus_matrix *X)
{
    return X->element == GRADUS_ELEMENT_FLOAT ? sizeof(float) : sizeof(double);
}

const void *gr_matrix_address(const gradus_matrix *X, size_t row, size_t column)
{
    return (const char *)X->data + gr_matrix_offset(X, row, column) * gr_matrix_element_size(X);
}

double gr_matrix_at(const gradus_matrix *X, size_t row, size_t column)
{
    const size_t at = gr_matrix_offset(X, row, column);
    return X->element == GRADUS_ELEMENT_FLOAT ? (double)((const float *)X->data)[at]
                                              : ((const double *)X->data)[at];
}
