/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/record.h"

#include <string.h>

#include "base/vector.h"

_Static_assert(sizeof(double) == 8 && sizeof(size_t) <= 8, "every number takes eight bytes");

bool gr_record_reads(const gr_record *record)
{
    return record->way == GR_RECORD_READ && !record->status;
}

void gr_record_refuse(gr_record *record, bool wrong)
{
    if (gr_record_reads(record) && wrong) record->status = GRADUS_ERROR_CHECKPOINT_DAMAGED;
}

static void take(gr_record *record, void *there, size_t bytes)
{
    if (record->status) return;
    if (record->way != GR_RECORD_MEASURE && bytes > record->bytes - record->used) {
        record->status = GRADUS_ERROR_CHECKPOINT_DAMAGED;
        return;
    }
    if (bytes > 0 && record->way == GR_RECORD_WRITE) memcpy(record->to + record->used, there, bytes);
    if (bytes > 0 && record->way == GR_RECORD_READ) memcpy(there, record->from + record->used, bytes);
    record->used += bytes;
}

void gr_record_doubles(gr_record *record, size_t count, double *numbers)
{
    take(record, numbers, count * sizeof *numbers);
}

void gr_record_double(gr_record *record, double *number)
{
    take(record, number, sizeof *number);
}

/* A number from 0 to `most` */
static uint64_t take_whole(gr_record *record, uint64_t number, uint64_t most)
{
    uint64_t read = number;
    take(record, &read, sizeof read);
    gr_record_refuse(record, read > most);
    return record->status ? number : read;
}

void gr_record_size(gr_record *record, size_t *number)
{
    *number = (size_t)take_whole(record, *number, SIZE_MAX);
}

void gr_record_count(gr_record *record, int64_t *number)
{
    *number = (int64_t)take_whole(record, (uint64_t)*number, INT64_MAX);
    gr_record_refuse(record, *number < 1);
}

void gr_record_flag(gr_record *record, bool *flag)
{
    *flag = take_whole(record, *flag, 1) == 1;
}

void gr_record_text(gr_record *record, size_t size, char *text)
{
    take(record, text, size);
    gr_record_refuse(record, text[size - 1] != 0);
}

void gr_record_upper(gr_record *record, size_t p, double *matrix)
{
    for (size_t j = 0; j < p; j++) gr_record_doubles(record, j + 1, matrix + j * p);
}

void gr_record_lower(gr_record *record, size_t p, double *matrix)
{
    for (size_t j = 0; j < p; j++) gr_record_doubles(record, p - j, matrix + j * p + j);
}

void gr_record_want_finite(gr_record *record, size_t count, const double *numbers)
{
    if (gr_record_reads(record)) gr_record_refuse(record, gr_first_not_finite(count, numbers) < count);
}

void gr_record_want_positive(gr_record *record, double number)
{
    gr_record_refuse(record, !(number > 0.0 && number <= 1e300));
}
