/* SPDX-License-Identifier: BSD-3-Clause */
/* Tails of the normal distribution and of Student's t. */
#ifndef GR_REFERENCE_DISTRIBUTION_H
#define GR_REFERENCE_DISTRIBUTION_H

/* P(|Z| >= |z|) */
double gr_normal_tails(double z);

/* P(|T| >= |t|) for any number of degrees of freedom above 0 */
double gr_student_tails(double t, double degrees);

/* The q with P(|T| >= q) = tails, 0 < tails < 1; infinitely many degrees: the normal one */
double gr_student_quantile(double tails, double degrees);

#endif
