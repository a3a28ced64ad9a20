/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/same_file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool gr_same_file(const char *path, const char *input)
{
    struct stat written, read;
    const int absent = path ? stat(path, &written) : fstat(STDOUT_FILENO, &written);
    if (absent != 0 || !S_ISREG(written.st_mode)) return false;
    const int missing = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &read) : stat(input, &read);
    return missing == 0 && written.st_dev == read.st_dev && written.st_ino == read.st_ino;
}
