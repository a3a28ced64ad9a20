/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

#include "base/size.h"

size_t gr_reader_margins(const gradus_matrix *X)
{
    return gr_matrix_block_rows(X);
}

gr_reader gr_reader_open(const gradus_matrix *X, double *margins, const volatile int *cancel)
{
    return (gr_reader){.X = *X, .block_rows = gr_matrix_block_rows(X), .margins = margins, .cancel = cancel};
}

double gr_reader_passes(const gr_reader *reader)
{
    return reader->elements / ((double)reader->X.rows * (double)reader->X.cols);
}

bool gr_sweep_next(gr_reader *reader, gr_block *block)
{
    const size_t first = block->first + block->rows;
    if (first >= reader->X.rows) return false;
    if (reader->cancel && __atomic_load_n(reader->cancel, __ATOMIC_RELAXED)) {
        reader->cancelled = true;
        return false;
    }
    block->first = first;
    block->rows = gr_min(reader->block_rows, reader->X.rows - first);
    block->data = gr_matrix_row(&reader->X, first);
    reader->elements += (double)block->rows * (double)reader->X.cols;
    return true;
}
