/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What margins of several classes prove of their separability. Of a partition of the classes into groups theta is a proof where on
 * every row the mean margin of the row's group is the largest of all groups' means: along D, whose column for class c is the mean
 * of theta's columns over c's group, z_y - z_c then falls on no row and grows on every row for every c of another group, so that no
 * finite optimum exists. The partitions that are tried: every class by itself; one class against all others; and the finest one
 * whose groups theta has already split in pairs, which is known once a pass has seen them.
 * Albert and Anderson, Biometrika 71 (1984) 1.
 */
#ifndef GR_MODEL_CLASSES_H
#define GR_MODEL_CLASSES_H

#include <stdbool.h>
#include <stddef.h>

/* Groups are looked for among at most so many classes: they take the square of that many numbers. */
enum { GR_GROUPED_CLASSES = 64 };

/* A partition of k classes. */
typedef struct gr_groups {
    size_t *of;   /* the group of each class, numbered from 0; k of them */
    size_t count; /* 0: there is none */
} gr_groups;

/* The minima that a pass notes of k classes. */
size_t gr_classes_minima(size_t classes);

/* What a row with this label and these margins, `stride` apart, says of them. `groups` may be NULL. */
void gr_classes_look(size_t classes, const gr_groups *groups, size_t label, const double *z, size_t stride,
                     double *least);

/*
 * The widest of the proofs, the smallest difference of mean margins: above 0 is one, NaN is none; and its partition, classes groups
 * at most. `groups` is on entry the one that rows were asked of, and on exit the one to ask of the next pass.
 */
double gr_classes_separation(size_t classes, const double *least, gr_groups *groups, gr_groups *proof);

#endif
