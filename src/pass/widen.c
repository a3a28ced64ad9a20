/* SPDX-License-Identifier: BSD-3-Clause */
#include "pass/widen.h"

#include "base/target.h"

/* Eight floats and eight doubles, wherever they lie. */
typedef float floats __attribute__((vector_size(32), aligned(4), may_alias));
typedef double doubles __attribute__((vector_size(64), aligned(8), may_alias));
enum { LANES = 8 };

GR_FOR_ALL void widen_line(const float *from, size_t length, double *to)
{
    size_t i = 0;
    for (; i + LANES <= length; i += LANES)
        *(doubles *)(to + i) = __builtin_convertvector(*(const floats *)(from + i), doubles);
    for (; i < length; i++) to[i] = (double)from[i];
}

GR_FOR_ALL void widen_lines(const gr_widening *lines)
{
    if (lines->stride == lines->length && lines->ld == lines->length) {
        widen_line(lines->from, lines->count * lines->length, lines->to);
        return;
    }
    for (size_t k = 0; k < lines->count; k++)
        widen_line(lines->from + k * lines->stride, lines->length, lines->to + k * lines->ld);
}

GR_FOR_512 static void widen_512(const gr_widening *lines)
{
    widen_lines(lines);
}

GR_FOR_256 static void widen_256(const gr_widening *lines)
{
    widen_lines(lines);
}

void gr_widen(const gr_widening *lines)
{
    const gr_target target = gr_target_here();
    if (target == GR_TARGET_512)
        widen_512(lines);
    else if (target == GR_TARGET_256)
        widen_256(lines);
    else
        widen_lines(lines);
}
