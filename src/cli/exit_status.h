/* SPDX-License-Identifier: BSD-3-Clause */
/* What the program tells the shell, and its one sentence on standard error when something is wrong. */
#ifndef GR_CLI_EXIT_STATUS_H
#define GR_CLI_EXIT_STATUS_H

#include "gradus/status.h"

/* X(name, value, words for --help): one list makes the enumerators and the text of --help. */
#define GR_EXIT_LIST(X)                                                                                      \
    X(SUCCESS, 0, "fit: converged; verify: every bar is met; predict, plot: written; info: always")          \
    X(BELOW_BAR, 1, "verify: an answer is below its bar")                                                    \
    X(USAGE, 2, "an option or its value is wrong, or names a column that is not there")                      \
    X(DATA, 3, "a file cannot be read, or its numbers cannot be fitted")                                     \
    X(NOT_CONVERGED, 4, "fit: the best answer is printed, but it has not converged")                         \
    X(CANNOT, 5, "out of memory, an output cannot be written, or there is no gnuplot to draw with")

typedef enum gr_exit {
#define GR_EXIT_ENUMERATOR(name, value, words) GR_EXIT_##name = value,
    GR_EXIT_LIST(GR_EXIT_ENUMERATOR)
#undef GR_EXIT_ENUMERATOR
        GR_EXIT_LAST_ = 6 /* not a status: ends the list without a dangling comma */
} gr_exit;

/* The exit status for a call of the library (or of a reader) that returned `status`. */
gr_exit gr_exit_of(gradus_status status);

/* What went wrong, and the file or the option it speaks of; `where` is NULL when the sentence says it all. */
typedef struct gr_trouble {
    const char *where;
    gradus_error error;
} gr_trouble;

/* Prints "gradus COMMAND: where: sentence" on standard error (NULL: no command); returns gr_exit_of. */
gr_exit gr_complain(const char *command, gradus_status status, const gr_trouble *trouble);

#endif
