/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/heap.h"
#include "cli/replacement.h"

gr_checkpoint gr_checkpoint_begin(const char *path, double every)
{
    return (gr_checkpoint){.path = path, .every = every, .saved = gr_seconds()};
}

void gr_checkpoint_end(gr_checkpoint *checkpoint)
{
    gr_delete(checkpoint->memory);
    checkpoint->memory = NULL;
    checkpoint->room = 0;
}

static gradus_status read_error(gradus_error *error, const char *why)
{
    return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "cannot be read: %s", why);
}

static bool make_room(gr_checkpoint *checkpoint, size_t bytes)
{
    if (bytes <= checkpoint->room && checkpoint->memory) return true;
    gr_checkpoint_end(checkpoint);
    checkpoint->memory = (unsigned char *)gr_new(bytes, 1);
    checkpoint->room = checkpoint->memory ? bytes : 0;
    return checkpoint->memory != NULL;
}

/* So many bytes; fewer where the file ends before. False: errno says why. */
static bool read_all(int descriptor, unsigned char *memory, size_t *bytes)
{
    size_t used = 0;
    while (used < *bytes) {
        const ssize_t got = read(descriptor, memory + used, *bytes - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        used += (size_t)got;
    }
    *bytes = used;
    return true;
}

static gradus_status read_open(gr_checkpoint *checkpoint, int descriptor, size_t *bytes, gradus_error *error)
{
    struct stat there;
    if (fstat(descriptor, &there) != 0) return read_error(error, strerror(errno));
    if (!S_ISREG(there.st_mode)) return read_error(error, "it is no regular file");
    *bytes = (size_t)there.st_size;
    if (!make_room(checkpoint, *bytes)) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    return read_all(descriptor, checkpoint->memory, bytes) ? GRADUS_OK : read_error(error, strerror(errno));
}

/* *found is false where there is no such file. Without O_NONBLOCK a pipe would make us wait for its writer. */
static gradus_status read_file(gr_checkpoint *checkpoint, bool *found, size_t *bytes, gradus_error *error)
{
    const int descriptor = open(checkpoint->path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    *found = descriptor >= 0 || errno != ENOENT;
    if (descriptor < 0) return *found ? read_error(error, strerror(errno)) : GRADUS_OK;
    const gradus_status status = read_open(checkpoint, descriptor, bytes, error);
    (void)close(descriptor);
    return status;
}

static void note_resumption(gr_checkpoint *checkpoint, const gradus_solver *solver)
{
    gradus_report report;
    checkpoint->resumed = gradus_solver_report(solver, NULL, &report) == GRADUS_OK;
    checkpoint->resumed_at = report.iterations;
}

gradus_status gr_checkpoint_open(gr_checkpoint *checkpoint, const gradus_objective *f,
                                 gradus_direction direction, const double *theta,
                                 const gradus_options *options, gradus_solver **solver)
{
    size_t bytes = 0;
    bool found;
    gradus_status status = read_file(checkpoint, &found, &bytes, options->error);
    if (status) return status;
    if (!found) return gradus_solver_create(f, direction, theta, options, solver);
    status = gradus_solver_load(f, direction, options, checkpoint->memory, bytes, solver);
    if (!status) note_resumption(checkpoint, *solver);
    return status;
}

bool gr_checkpoint_is_blamed(gradus_status status)
{
    return status == GRADUS_ERROR_FILE_READ || status == GRADUS_ERROR_FILE_WRITE ||
           (status <= GRADUS_ERROR_CHECKPOINT_FORMAT && status >= GRADUS_ERROR_CHECKPOINT_ROOM);
}

bool gr_checkpoint_is_due(const gr_checkpoint *checkpoint)
{
    return gr_seconds() - checkpoint->saved >= checkpoint->every;
}

/* The file's new name is on the disk only when its folder is. Some folders cannot be synchronised, and need not be. False: errno says why. */
static bool sync_folder(const char *path)
{
    char *folder = realpath(path, NULL); /* of the file itself, where the path is a link to it */
    if (!folder) return false;
    char *slash = strrchr(folder, '/');
    if (slash) slash[1] = '\0';
    const int descriptor = open(folder, O_RDONLY | O_DIRECTORY);
    gr_delete(folder);
    if (descriptor < 0) return errno == EACCES; /* to be written in, but not read */
    const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
    const int code = errno;
    (void)close(descriptor);
    errno = code;
    return synced;
}

static gradus_status write_error(gradus_error *error, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s", strerror(code));
}

static gradus_status write_file(const gr_checkpoint *checkpoint, size_t bytes, gradus_error *error)
{
    gr_replacement file;
    gradus_status status = gr_replacement_begin(checkpoint->path, &file, error);
    if (status) return status;
    status = gr_replacement_write(&file, checkpoint->memory, bytes, error);
    if (!status && fsync(file.descriptor) != 0) status = write_error(error, errno);
    if (status) {
        gr_replacement_abandon(&file);
        return status;
    }
    status = gr_replacement_finish(&file, error);
    return status || sync_folder(checkpoint->path) ? status : write_error(error, errno);
}

gradus_status gr_checkpoint_save(gr_checkpoint *checkpoint, gradus_solver *solver, gradus_error *error)
{
    size_t bytes;
    gradus_status status = gradus_solver_save(solver, NULL, &bytes);
    if (!status && !make_room(checkpoint, bytes)) status = gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (!status) status = gradus_solver_save(solver, checkpoint->memory, &bytes);
    if (!status) status = write_file(checkpoint, bytes, error);
    checkpoint->saved = gr_seconds();
    return status;
}
