/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A checkpoint outlives a machine that stops: what was written is on the disk before the file gets its name, and the name before the save is
 * reported. fsync and rename are watched, and refused.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, symlink */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gradus.h>

#include "cli/checkpoint.h"

/* ---- what was asked of the system ---- */

typedef enum act { SYNC_FILE, SYNC_FOLDER, RENAME } act;

enum { MOST_ACTS = 16 };

static struct {
    act what;
    ino_t file; /* what was synchronised */
} acts[MOST_ACTS];
static size_t count;
static int refuse_file, refuse_folder, refuse_rename; /* with this errno; 0: not */

int __real_rename(const char *from, const char *to);
int __wrap_fsync(int descriptor);
int __wrap_rename(const char *from, const char *to);

static int note(act what, ino_t file, int refuse)
{
    cr_assert_lt(count, MOST_ACTS);
    acts[count].what = what;
    acts[count++].file = file;
    errno = refuse;
    return refuse ? -1 : 0;
}

int __wrap_fsync(int descriptor)
{
    struct stat there;
    cr_assert_eq(fstat(descriptor, &there), 0);
    const bool folder = S_ISDIR(there.st_mode);
    return note(folder ? SYNC_FOLDER : SYNC_FILE, there.st_ino, folder ? refuse_folder : refuse_file);
}

int __wrap_rename(const char *from, const char *to)
{
    if (note(RENAME, 0, refuse_rename) != 0) return -1;
    return __real_rename(from, to);
}

/* ---- a run to save ---- */

static char folder[] = "/tmp/gradus-durable-XXXXXX", path[64];
static gradus_objective *f;
static gradus_solver *solver;

static void begin(void)
{
    static const double x[] = {1.0, 2.0, 4.0, 1.5}, y[] = {1.0, 0.5, 2.0, 3.0}, start[] = {0.0};
    const gradus_matrix X = gradus_row_major(4, 1, x, 1);
    cr_assert(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/kept", folder);
    cr_assert_eq(gradus_least_squares(&X, y, NULL, &f), 0);
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, start, NULL, &solver), 0);
}

static void end(void)
{
    gradus_solver_free(solver);
    gradus_objective_free(f);
    (void)unlink(path);
    cr_assert_eq(rmdir(folder), 0, "something is left in %s", folder);
}

static gradus_status save(const char *to)
{
    gr_checkpoint checkpoint = gr_checkpoint_begin(to, 0.0);
    const gradus_status status = gr_checkpoint_save(&checkpoint, solver, NULL);
    gr_checkpoint_end(&checkpoint);
    return status;
}

static ino_t number_of(const char *name)
{
    struct stat there;
    cr_assert_eq(stat(name, &there), 0);
    return there.st_ino;
}

static void expect_order(const char *file, const char *in)
{
    cr_assert_eq(count, 3);
    cr_assert(acts[0].what == SYNC_FILE && acts[1].what == RENAME && acts[2].what == SYNC_FOLDER);
    cr_assert_eq(acts[0].file, number_of(file));
    cr_assert_eq(acts[2].file, number_of(in));
}

Test(durable, the_file_then_its_name_then_the_folder, .init = begin, .fini = end)
{
    cr_assert_eq(save(path), 0);
    expect_order(path, folder);
    count = 0;
    cr_assert_eq(save(path), 0); /* in the place of the first */
    expect_order(path, folder);
}

Test(durable, in_the_folder_at_hand, .init = begin, .fini = end)
{
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(save("kept"), 0);
    expect_order(path, folder);
}

Test(durable, the_folder_that_a_link_leads_to, .init = begin, .fini = end)
{
    char elsewhere[] = "/tmp/gradus-durable-XXXXXX", link[64];
    cr_assert_eq(save(path), 0);
    cr_assert(mkdtemp(elsewhere));
    (void)snprintf(link, sizeof link, "%s/link", elsewhere);
    cr_assert_eq(symlink(path, link), 0);
    count = 0;
    cr_assert_eq(save(link), 0);
    expect_order(path, folder);
    cr_assert(unlink(link) == 0 && rmdir(elsewhere) == 0);
}

/* What stood there stays where the new file cannot be brought to the disk, or not get its name. */
Test(durable, a_disk_that_fails_is_an_error, .init = begin, .fini = end)
{
    cr_assert_eq(save(path), 0);
    const ino_t first = number_of(path);
    refuse_file = EIO;
    cr_assert_eq(save(path), GRADUS_ERROR_FILE_WRITE);
    refuse_file = 0;
    refuse_rename = EIO;
    cr_assert_eq(save(path), GRADUS_ERROR_FILE_WRITE);
    refuse_rename = 0;
    cr_assert_eq(number_of(path), first);
    refuse_folder = EIO;
    cr_assert_eq(save(path), GRADUS_ERROR_FILE_WRITE);
    cr_assert_neq(number_of(path), first);
}

/* Some file systems know no fsync of folders. */
Test(durable, a_folder_that_cannot_be_synchronised, .init = begin, .fini = end)
{
    refuse_folder = EINVAL;
    cr_assert_eq(save(path), 0);
    expect_order(path, folder);
}
