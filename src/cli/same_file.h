/* SPDX-License-Identifier: BSD-3-Clause */
/* An output that would overwrite what is read: nobody wants that. */
#ifndef GR_CLI_SAME_FILE_H
#define GR_CLI_SAME_FILE_H

#include <stdbool.h>

/* Is the regular file that `path` names (NULL: standard output) read as `input`, under whatever name? An input "-" is standard
 * input. What does not exist is no file, and is never the same. */
bool gr_same_file(const char *path, const char *input);

#endif
