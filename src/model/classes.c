/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/classes.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Where the minima are: k of one class against all others, one of every class by itself, one of groups, k x k of pairs. */
static size_t place_of_groups(size_t classes)
{
    return classes + 1;
}

static size_t place_of_pairs(size_t classes)
{
    return classes + 2;
}

static bool has_pairs(size_t classes)
{
    return classes <= GR_GROUPED_CLASSES;
}

size_t gr_classes_minima(size_t classes)
{
    return has_pairs(classes) ? classes * classes + classes + 2 : classes + 2;
}

/* NaN stays */
static void lower(double *least, double value)
{
    if (!(value >= *least)) *least = value;
}

/* Sums and differences of these margins are wrong by less: what is not above it proves nothing. */
static double rounding_of(size_t classes, const double *z, size_t stride)
{
    double size = 0.0;
    for (size_t c = 0; c < classes; c++) size += fabs(z[c * stride]);
    return 2.0 * DBL_EPSILON * size;
}

/* z_c minus the mean of the others, of either sign, for every class c; and behind these z_y minus the largest of the others */
static void look_at_classes(size_t classes, size_t label, const double *z, size_t stride, double rounding,
                            double *least)
{
    const double share = 1.0 / (double)(classes - 1);
    double sum = 0.0, other = (double)-INFINITY;
    for (size_t c = 0; c < classes; c++) {
        sum += z[c * stride];
        if (c != label && !(z[c * stride] <= other)) other = z[c * stride];
    }
    for (size_t c = 0; c < classes; c++) {
        const double beyond = ((double)classes * z[c * stride] - sum) * share;
        lower(least + c, (c == label ? beyond : -beyond) - rounding);
    }
    lower(least + classes, z[label * stride] - other);
}

/* z_y - z_c in pairs */
static void look_at_pairs(size_t classes, size_t label, const double *z, size_t stride, double *pairs)
{
    const double own = z[label * stride];
    for (size_t c = 0; c < classes; c++) {
        if (c != label) lower(pairs + label * classes + c, own - z[c * stride]);
    }
}

/* The mean margin of the row's group, minus the largest of the other groups' */
static double beyond_groups(size_t classes, const gr_groups *groups, size_t label, const double *z,
                            size_t stride)
{
    double mean[GR_GROUPED_CLASSES] = {0.0}, largest = (double)-INFINITY;
    size_t members[GR_GROUPED_CLASSES] = {0};
    const size_t own = groups->of[label];
    for (size_t c = 0; c < classes; c++) {
        mean[groups->of[c]] += z[c * stride];
        members[groups->of[c]]++;
    }
    for (size_t g = 0; g < groups->count; g++) {
        mean[g] /= (double)members[g];
        if (g != own && !(mean[g] <= largest)) largest = mean[g];
    }
    return mean[own] - largest;
}

void gr_classes_look(size_t classes, const gr_groups *groups, size_t label, const double *z, size_t stride,
                     double *least)
{
    const double rounding = rounding_of(classes, z, stride);
    look_at_classes(classes, label, z, stride, rounding, least);
    if (has_pairs(classes)) look_at_pairs(classes, label, z, stride, least + place_of_pairs(classes));
    if (groups && groups->count > 1)
        lower(least + place_of_groups(classes), beyond_groups(classes, groups, label, z, stride) - rounding);
}

/* Is each of the two classes preferred to the other on all of its rows? */
static bool splits(size_t classes, const double *pairs, size_t a, size_t b)
{
    return pairs[a * classes + b] > 0.0 && pairs[b * classes + a] > 0.0;
}

/* All classes that are linked to class `first` by pairs that are not split, group by group */
static void collect(size_t classes, const double *pairs, size_t first, size_t group, size_t *of)
{
    size_t queue[GR_GROUPED_CLASSES] = {first}, waiting = 1;
    of[first] = group;
    while (waiting > 0) {
        const size_t a = queue[--waiting];
        for (size_t b = 0; b < classes; b++) {
            if (of[b] != classes || splits(classes, pairs, a, b)) continue;
            of[b] = group;
            queue[waiting++] = b;
        }
    }
}

/* The finest partition whose groups are split in pairs; false where that is the one there was */
static bool regroup(size_t classes, const double *pairs, gr_groups *groups)
{
    size_t of[GR_GROUPED_CLASSES], count = 0;
    for (size_t c = 0; c < classes; c++) of[c] = classes;
    for (size_t c = 0; c < classes; c++) {
        if (of[c] == classes) collect(classes, pairs, c, count++, of);
    }
    const bool same = groups->count == count && memcmp(of, groups->of, classes * sizeof *of) == 0;
    memcpy(groups->of, of, classes * sizeof *of);
    groups->count = count;
    return !same;
}

/* A wider proof takes the place of the one there was. */
static bool is_wider(double least, double *widest)
{
    if (!(least > *widest)) return false;
    *widest = least;
    return true;
}

double gr_classes_separation(size_t classes, const double *least, gr_groups *groups, gr_groups *proof)
{
    double widest = least[classes];
    proof->count = classes;
    for (size_t c = 0; c < classes; c++) proof->of[c] = c;
    for (size_t c = 0; c < classes; c++) {
        if (!is_wider(least[c], &widest)) continue;
        proof->count = 2;
        for (size_t b = 0; b < classes; b++) proof->of[b] = b == c ? 0 : 1;
    }
    if (!has_pairs(classes)) return widest;
    const bool asked = groups->count > 1;
    if (regroup(classes, least + place_of_pairs(classes), groups) || !asked) return widest;
    if (!is_wider(least[place_of_groups(classes)], &widest)) return widest;
    proof->count = groups->count;
    memcpy(proof->of, groups->of, classes * sizeof *proof->of);
    return widest;
}
