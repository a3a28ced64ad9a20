/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/same_file.h"

#include <string.h>
#include <sys/stat.h>

bool gr_same_file(const char *path, const char *input)
{
    struct stat written, read;
    if (stat(path, &written) != 0 || !S_ISREG(written.st_mode)) return false;
    const int missing = strcmp(input, "-") == 0 ? fstat(0, &read) : stat(input, &read);
    return missing == 0 && written.st_dev == read.st_dev && written.st_ino == read.st_ino;
}
