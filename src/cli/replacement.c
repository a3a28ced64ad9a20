/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/heap.h"

static gradus_status write_error(gradus_error *error, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s", strerror(code));
}

/* A device or a pipe must not be replaced by a file. */
static bool is_special(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 && !S_ISREG(there.st_mode);
}

/* What the shell's > would have given the file: mkstemp is stricter. */
static int open_up(int descriptor)
{
    const mode_t mask = umask(0);
    (void)umask(mask);
    return fchmod(descriptor, 0666 & ~mask);
}

/* A link stays one, and leads to the new file: "name", or where it leads, on the heap. NULL: errno says why. */
static char *resolve(const char *path)
{
    char *target = realpath(path, NULL);
    return target || errno != ENOENT ? target : strdup(path);
}

static gradus_status begin_beside(const char *path, gr_replacement *begun, gradus_error *error)
{
    begun->target = resolve(path);
    if (!begun->target) return write_error(error, errno);
    const size_t bytes = strlen(begun->target) + sizeof ".XXXXXX";
    begun->temporary = (char *)gr_new(bytes, 1);
    if (!begun->temporary) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    (void)snprintf(begun->temporary, bytes, "%s.XXXXXX", begun->target);
    begun->descriptor = mkstemp(begun->temporary);
    if (begun->descriptor >= 0 && open_up(begun->descriptor) == 0) return GRADUS_OK;
    const int code = errno;
    if (begun->descriptor < 0) { /* there is no file to remove */
        gr_delete(begun->temporary);
        begun->temporary = NULL;
    }
    return write_error(error, code);
}

gradus_status gr_replacement_begin(const char *path, gr_replacement *replacement, gradus_error *error)
{
    gr_replacement begun = {NULL, NULL, -1};
    gradus_status status = GRADUS_OK;
    if (!is_special(path))
        status = begin_beside(path, &begun, error);
    else if ((begun.descriptor = open(path, O_WRONLY | O_NOCTTY)) < 0)
        status = write_error(error, errno);
    if (status)
        gr_replacement_abandon(&begun);
    else
        *replacement = begun;
    return status;
}

gradus_status gr_replacement_finish(gr_replacement *replacement, gradus_error *error)
{
    int code = close(replacement->descriptor) == 0 ? 0 : errno;
    replacement->descriptor = -1;
    if (!code && replacement->temporary && rename(replacement->temporary, replacement->target) != 0)
        code = errno;
    if (!code) {
        gr_delete(replacement->temporary);
        replacement->temporary = NULL;
    }
    gr_replacement_abandon(replacement);
    return code ? write_error(error, code) : GRADUS_OK;
}

void gr_replacement_abandon(gr_replacement *replacement)
{
    if (replacement->descriptor >= 0) (void)close(replacement->descriptor);
    if (replacement->temporary) (void)unlink(replacement->temporary);
    gr_delete(replacement->temporary);
    free(replacement->target); /* realpath's and strdup's */
    *replacement = (gr_replacement){NULL, NULL, -1};
}
