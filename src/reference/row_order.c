/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large rows first. Householder QR with column pivoting is then stable row by row: rounding perturbs each row
 * of the design relative to its own size, so that a few heavy weights, a strong ridge or the high powers of a
 * polynomial do not drown the other rows. And the order in which the caller's rows came no longer matters,
 * ties apart. Cox and Higham, Numerical Analysis 1997, Addison Wesley Longman 1998, p. 57; Bjorck, section
 * 4.4.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "reference/design.h"

typedef struct sized_row {
    double size; /* the sum of |a_ij| */
    int row;
} sized_row;

static void measure_rows(const gr_design *design, sized_row *rows)
{
    for (size_t i = 0; i < design->rows; i++) rows[i] = (sized_row){0.0, (int)i};
    for (size_t j = 0; j < design->cols; j++) {
        const double *column = design->a + j * design->rows;
        for (size_t i = 0; i < design->rows; i++) rows[i].size += fabs(column[i]);
    }
}

/* to[first .. last) <- the descending runs from[first .. middle) and from[middle .. last) */
static void merge(const sized_row *from, sized_row *to, size_t first, size_t middle, size_t last)
{
    size_t left = first, right = middle;
    for (size_t k = first; k < last; k++) {
        const bool take_left = right >= last || (left < middle && from[left].size >= from[right].size);
        to[k] = take_left ? from[left++] : from[right++];
    }
}

/* A stable merge sort from the bottom up; returns the one of the two arrays that holds the result. */
static const sized_row *sort(size_t count, sized_row *rows, sized_row *spare)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t first = 0; first < count; first += 2 * width)
            merge(rows, spare, first, gr_min(first + width, count), gr_min(first + 2 * width, count));
        sized_row *sorted = spare;
        spare = rows;
        rows = sorted;
    }
    return rows;
}

static void permute(const gr_design *design, double *column, double *scratch)
{
    memcpy(scratch, column, design->rows * sizeof *column);
    for (size_t i = 0; i < design->rows; i++) column[i] = scratch[design->order[i]];
}

static void sort_rows(gr_design *design, sized_row *rows, double *scratch)
{
    measure_rows(design, rows);
    const sized_row *sorted = sort(design->rows, rows, rows + design->rows);
    for (size_t i = 0; i < design->rows; i++) design->order[i] = sorted[i].row;
    for (size_t j = 0; j < design->cols; j++) permute(design, design->a + j * design->rows, scratch);
    permute(design, design->b, scratch);
}

gradus_status gr_design_sort_rows(gr_design *design, gradus_error *error)
{
    const gradus_allocator *allocator = &design->allocator;
    sized_row *rows = (sized_row *)gr_allocate(allocator, 2 * design->rows, sizeof *rows);
    double *scratch = gr_allocate_doubles(allocator, design->rows);
    gradus_status status = GRADUS_OK;
    if (rows && scratch) {
        sort_rows(design, rows, scratch);
    } else {
        status = gr_error_plain(error, GRADUS_ERROR_MEMORY);
    }
    gr_release(allocator, rows);
    gr_release(allocator, scratch);
    return status;
}
