/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/stamp.h"

#include "base/error.h"

gr_stamp gr_stamp_of(FILE *file)
{
    struct stat found;
    if (fstat(fileno(file), &found) != 0 || !S_ISREG(found.st_mode)) return (gr_stamp){.regular = false};
    return (gr_stamp){true, found.st_size, found.st_mtim};
}

gradus_status gr_stamp_check(const gr_stamp *before, FILE *file, gradus_error *error)
{
    const gr_stamp now = gr_stamp_of(file);
    if (!before->regular || !now.regular) return GRADUS_OK;
    if (now.size != before->size)
        return gr_error(
            error, GRADUS_ERROR_FILE_READ, gr_fault_limit((double)now.size, (double)before->size),
            "changed while it was read, from %lld to %lld bytes; read it again when it is complete",
            (long long)before->size, (long long)now.size);
    if (now.modified.tv_sec == before->modified.tv_sec && now.modified.tv_nsec == before->modified.tv_nsec)
        return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_READ, gr_fault_none(),
                    "was written while it was read; read it again when it is complete");
}
