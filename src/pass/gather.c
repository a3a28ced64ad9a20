/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/gather.h"

#include <string.h>

#include "base/size.h"
#include "pass/matrix.h"
#include "pass/widen.h"

/* Which row of X stands at this place? */
static size_t row_at(const gr_reader *reader, size_t place)
{
    return reader->chosen ? reader->chosen[place] : place;
}

/* The memory is asked for a row while others are copied: about so many elements ahead. */
enum { AHEAD_ELEMENTS = 256, LINE_BYTES = 64 };

static void ask(const gradus_matrix *X, size_t row)
{
    const char *from = (const char *)gr_matrix_address(X, row, 0);
    const size_t bytes = X->cols * gr_matrix_element_size(X);
    for (size_t at = 0; at < bytes; at += LINE_BYTES) __builtin_prefetch(from + at, 0, 3);
}

static void copy_row(const gradus_matrix *X, size_t row, double *to)
{
    const void *from = gr_matrix_address(X, row, 0);
    if (X->element == GRADUS_ELEMENT_DOUBLE)
        memcpy(to, from, X->cols * sizeof *to);
    else
        gr_widen(&(gr_widening){(const float *)from, 1, X->cols, X->cols, to, X->cols});
}

static void gather_by_row(const gr_reader *reader, size_t first, size_t rows, double *to)
{
    const gradus_matrix *X = &reader->X;
    const size_t ahead = 1 + AHEAD_ELEMENTS / X->cols;
    for (size_t i = 0; i < gr_min(ahead, rows); i++) ask(X, row_at(reader, first + i));
    for (size_t i = 0; i < rows; i++) {
        if (i + ahead < rows) ask(X, row_at(reader, first + i + ahead));
        copy_row(X, row_at(reader, first + i), to + i * X->cols);
    }
}

/* Column by column, because their rows at the same places are far apart in memory */
static void gather_by_column(const gr_reader *reader, size_t first, size_t rows, double *to)
{
    const gradus_matrix *X = &reader->X;
    const size_t cols = X->cols;
    for (size_t j = 0; j < cols; j++) {
        const void *from = gr_matrix_address(X, 0, j);
        if (X->element == GRADUS_ELEMENT_DOUBLE) {
            for (size_t i = 0; i < rows; i++)
                to[i * cols + j] = ((const double *)from)[row_at(reader, first + i)];
        } else {
            for (size_t i = 0; i < rows; i++)
                to[i * cols + j] = (double)((const float *)from)[row_at(reader, first + i)];
        }
    }
}

void gr_gather(const gr_reader *reader, size_t first, size_t rows, double *to)
{
    if (reader->X.layout == GRADUS_LAYOUT_ROW_MAJOR)
        gather_by_row(reader, first, rows, to);
    else
        gather_by_column(reader, first, rows, to);
}
