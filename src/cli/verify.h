/* SPDX-License-Identifier: BSD-3-Clause */
/* What the pieces of `gradus verify` hand to each other. */
#ifndef GR_CLI_VERIFY_H
#define GR_CLI_VERIFY_H

#include "cli/known.h"

/* How many rows of the table went how. */
typedef struct gr_tally {
    size_t met, below;
    size_t without; /* nothing is promised: the bar is 0 */
} gr_tally;

/* verify_rows.c: runs every solver on one set and prints a row for each. */
void gr_verify_print_header(void);
gradus_status gr_verify_set(const gr_known *known, gr_tally *tally, gradus_error *error);

/* verify_exact.c: a row for each of LAPACK's ways, gradus and gradus refined, where the exact answer is known. */
void gr_verify_print_exact_header(void);
void gr_verify_skip_exact(const char *name);
gradus_status gr_verify_exact(const gr_known *known, gr_tally *tally, gradus_error *error);

/* verify_folder.c: can it be read? Asked before the work begins. */
gradus_status gr_verify_check_folder(const char *folder, gr_trouble *trouble);

/* Reads DIR/NAME.csv and DIR/NAME.ref.csv; *there says whether they exist, and if not *known is left alone. */
gradus_status gr_verify_read_known(const char *folder, const char *name, gr_known *known, bool *there,
                                   gr_trouble *trouble);

/* Every NAME.csv of the folder that has a NAME.ref.csv, in the order of the names. */
gradus_status gr_verify_folder(const char *folder, gr_tally *tally, gr_trouble *trouble);

#endif
