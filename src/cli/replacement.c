/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700 /* realpath, readlink */

#include "cli/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

/* As many links as the system follows in a row */
enum { MOST_LINKS = 40 };

/* Where the link at `path` leads, on the heap. NULL: errno says why, EINVAL that it is no link. */
static char *follow(const char *path)
{
    char to[PATH_MAX];
    const ssize_t bytes = readlink(path, to, sizeof to);
    if (bytes < 0) return NULL;
    if ((size_t)bytes == sizeof to) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    const char *slash = to[0] == '/' ? NULL
                                     : strrchr(path, '/'); /* other names count from the link's folder */
    const size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    char *whole = (char *)malloc(folder + (size_t)bytes + 1);
    if (!whole) return NULL;
    memcpy(whole, path, folder);
    memcpy(whole + folder, to, (size_t)bytes);
    whole[folder + (size_t)bytes] = '\0';
    return whole;
}

/* A link stays one, and leads to the new file, whether there was one or not: the name where at most so many links end, on the heap.
 * NULL: errno says why. */
static char *resolve(const char *path, int links)
{
    char *there = realpath(path, NULL);
    if (there || errno != ENOENT) return there;
    char *next = follow(path);
    if (!next) return errno == EINVAL || errno == ENOENT ? strdup(path) : NULL;
    errno = ELOOP;
    if (links > 0) there = resolve(next, links - 1);
    const int code = errno;
    free(next);
    errno = code;
    return there;
}

static gradus_status begin_beside(const char *path, gr_replacement *begun, gradus_error *error)
{
    begun->target = resolve(path, MOST_LINKS);
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

gradus_status gr_replacement_write(const gr_replacement *replacement, const void *memory, size_t bytes,
                                   gradus_error *error)
{
    const char *from = (const char *)memory;
    while (bytes > 0) {
        const ssize_t written = write(replacement->descriptor, from, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return write_error(error, errno);
        from += written;
        bytes -= (size_t)written;
    }
    return GRADUS_OK;
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
