/* SPDX-License-Identifier: BSD-3-Clause */
/* The data sets of a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/heap.h"
#include "cli/verify.h"

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static int is_data(const struct dirent *entry)
{
    return ends_with(entry->d_name, ".csv") && !ends_with(entry->d_name, ".ref.csv");
}

/* "folder/NAME" and an ending, on the heap; NULL when memory is out. */
static char *join(const char *folder, const char *name, const char *end)
{
    const size_t bytes = strlen(folder) + strlen(name) + strlen(end) + 2;
    char *path = (char *)gr_new(bytes, 1);
    if (path) (void)snprintf(path, bytes, "%s/%s%s", folder, name, end);
    return path;
}

/* The trouble's file must outlive the paths: the sentence takes its name in. */
static void keep_file_name(gr_trouble *trouble)
{
    const gradus_error inner = trouble->error;
    const char *slash = strrchr(trouble->where, '/');
    (void)snprintf(trouble->error.sentence, sizeof trouble->error.sentence, "%.60s: %.180s",
                   slash ? slash + 1 : trouble->where, inner.sentence);
}

static gradus_status verify_pair(const char *name, const char *data_path, const char *answer_path,
                                 gr_tally *tally, gr_trouble *trouble)
{
    if (access(answer_path, F_OK) != 0) {
        (void)printf("%s: skipped, there is no %s.ref.csv\n", name, name);
        return GRADUS_OK;
    }
    gr_known known;
    gradus_status status = gr_known_read(name, data_path, answer_path, &known, trouble);
    if (status) return status;
    trouble->where = data_path;
    status = gr_verify_set(&known, tally, &trouble->error);
    gr_known_free(&known);
    return status;
}

/* `entry` is NAME.csv, and becomes NAME. */
static gradus_status verify_file(const char *folder, char *entry, gr_tally *tally, gr_trouble *trouble)
{
    entry[strlen(entry) - strlen(".csv")] = '\0';
    char *data_path = join(folder, entry, ".csv"), *answer_path = join(folder, entry, ".ref.csv");
    gradus_status status = gr_error_plain(&trouble->error, GRADUS_ERROR_MEMORY);
    if (data_path && answer_path) {
        status = verify_pair(entry, data_path, answer_path, tally, trouble);
        if (status) keep_file_name(trouble);
    }
    gr_delete(data_path);
    gr_delete(answer_path);
    return status;
}

gradus_status gr_verify_read_known(const char *folder, const char *name, gr_known *known, bool *there,
                                   gr_trouble *trouble)
{
    char *data_path = join(folder, name, ".csv"), *answer_path = join(folder, name, ".ref.csv");
    gradus_status status = gr_error_plain(&trouble->error, GRADUS_ERROR_MEMORY);
    *there = data_path && answer_path && access(data_path, F_OK) == 0 && access(answer_path, F_OK) == 0;
    if (data_path && answer_path) status = GRADUS_OK;
    if (*there) {
        status = gr_known_read(name, data_path, answer_path, known, trouble);
        if (status) keep_file_name(trouble);
        trouble->where = folder;
    }
    gr_delete(data_path);
    gr_delete(answer_path);
    return status;
}

static gradus_status unreadable(const char *folder, gr_trouble *trouble)
{
    trouble->where = folder;
    return gr_error(&trouble->error, GRADUS_ERROR_FILE_READ, gr_fault_none(), "the folder cannot be read: %s",
                    strerror(errno));
}

gradus_status gr_verify_check_folder(const char *folder, gr_trouble *trouble)
{
    DIR *opened = opendir(folder);
    if (!opened) return unreadable(folder, trouble);
    (void)closedir(opened);
    return GRADUS_OK;
}

gradus_status gr_verify_folder(const char *folder, gr_tally *tally, gr_trouble *trouble)
{
    struct dirent **entries;
    const int count = scandir(folder, &entries, is_data, alphasort);
    if (count < 0) return unreadable(folder, trouble);
    gradus_status status = GRADUS_OK;
    for (int i = 0; i < count; i++) {
        if (!status) status = verify_file(folder, entries[i]->d_name, tally, trouble);
        free(entries[i]);
    }
    free((void *)entries);
    trouble->where = folder;
    return status;
}
