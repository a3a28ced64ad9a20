/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700

#include "program.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- a folder for the files of one test ---- */

char folder[64];

void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/gradus-cli-XXXXXX");
    cr_assert(mkdtemp(folder));
}

/* The files that a test has read; freed with its folder. */
static char *texts[512];
static size_t texts_count;

void remove_folder(void)
{
    while (texts_count > 0) free(texts[--texts_count]);
    DIR *opened = opendir(folder);
    for (const struct dirent *entry; opened && (entry = readdir(opened));) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) (void)remove(path);
    }
    if (opened) (void)closedir(opened);
    (void)rmdir(folder);
}

const char *in_folder(const char *name)
{
    static char paths[64][200];
    static size_t next;
    char *path = paths[next++ % 64];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *write_text(const char *name, const char *text)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "w");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    size_t used = 0, room = 1 << 12;
    char *text = (char *)malloc(room);
    for (size_t got; text && (got = fread(text + used, 1, room - used - 1, file)) > 0;) {
        used += got;
        if (room - used < 2) text = (char *)realloc(text, room *= 2);
    }
    cr_assert(text && texts_count < sizeof texts / sizeof *texts);
    text[used] = '\0';
    (void)fclose(file);
    return texts[texts_count++] = text;
}

/* ---- running the program ---- */

pid_t start(const char *const *arguments, const char *in, const char *out, const char *err)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    cr_assert(posix_spawn_file_actions_init(&actions) == 0);
    (void)posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0600);
    cr_assert(posix_spawn(&child, arguments[0], &actions, NULL, (char *const *)(size_t)arguments, environ) ==
                  0,
              "%s cannot be started", arguments[0]);
    (void)posix_spawn_file_actions_destroy(&actions);
    return child;
}

int finish(pid_t child)
{
    int status;
    cr_assert(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

result run_with(const char *const *arguments, const char *in, const char *out)
{
    const char *err = in_folder("stderr");
    const char *path = out ? out : in_folder("stdout");
    result r = {.status = finish(start(arguments, in, path, err))};
    r.out = out ? NULL : read_text(path);
    r.err = read_text(err);
    return r;
}

bool contains(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* ---- what it says ---- */

void expect_fault(const fault *wrong, int status)
{
    const char *arguments[8] = {GRADUS_PROGRAM};
    char paths[6][200], sentence[600];
    for (size_t i = 0; i < 6 && wrong->arguments[i]; i++) {
        const bool file = wrong->arguments[i][0] == '@';
        (void)snprintf(paths[i], sizeof paths[i], file ? "%s/%s" : "%.0s%s", folder,
                       wrong->arguments[i] + file);
        arguments[i + 1] = paths[i];
    }
    const result r = run_with(arguments, "/dev/null", NULL);
    const char *place = strstr(wrong->sentence, "%s");
    (void)snprintf(sentence, sizeof sentence, "%.*s%s%s\n",
                   (int)(place ? (size_t)(place - wrong->sentence) : strlen(wrong->sentence)),
                   wrong->sentence, place ? folder : "", place ? place + 2 : "");
    cr_expect(r.status == status, "exit status %d: %s", r.status, r.err);
    cr_expect_str_eq(r.err, sentence);
    cr_expect_str_empty(r.out);
}

void expect_narrow(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t width = 0;
        for (const char *c = line; *c && *c != '\n'; c++) width += ((unsigned char)*c & 0xC0u) != 0x80u;
        cr_expect(width <= 80, "%zu columns: %.*s", width, (int)strcspn(line, "\n"), line);
    }
}
