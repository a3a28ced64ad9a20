/* SPDX-License-Identifier: BSD-3-Clause */
#include "script.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; /* NOLINT(readability-redundant-declaration): POSIX has no header for it */

enum { PATH_SIZE = 256, LINE_SIZE = 256, NUMBER_SIZE = 32 };

struct bench_script {
    char folder[PATH_SIZE];
    pid_t child;
    FILE *to, *from;
    bool dead;
    char note[LINE_SIZE]; /* why, where it said so */
};

/* The interpreter, by an environment variable or by its usual name, and its script. */
typedef struct script_language {
    const char *variable, *interpreter, *script;
} script_language;

static const script_language languages[] = {{"PYTHON", "python3", BENCH_SCRIPTS "/peer.py"},
                                            {"RSCRIPT", "Rscript", BENCH_SCRIPTS "/peer.R"}};

static void path_of(const bench_script *script, const char *name, char *path)
{
    snprintf(path, PATH_SIZE + LINE_SIZE, "%s/%s", script->folder, name);
}

/* X by rows, whatever its layout. */
static bool write_rows(FILE *file, const bench_data *data)
{
    const size_t cols = data->problem.cols;
    double *row = (double *)malloc(cols * sizeof *row);
    bool written = row != NULL;
    for (size_t i = 0; written && i < data->problem.rows; i++) {
        for (size_t j = 0; j < cols; j++) row[j] = bench_data_at(data, i, j);
        written = fwrite(row, sizeof *row, cols, file) == cols;
    }
    free(row);
    return written;
}

static bool write_response(FILE *file, const bench_data *data)
{
    return fwrite(data->y, sizeof *data->y, data->problem.rows, file) == data->problem.rows;
}

static bool write_lambdas(FILE *file, const bench_data *data)
{
    const size_t count = data->problem.lambdas;
    return count == 0 || fwrite(data->lambdas, sizeof *data->lambdas, count, file) == count;
}

static bool write_file(const bench_script *script, const char *name, const bench_data *data,
                       bool (*write)(FILE *file, const bench_data *data))
{
    char path[PATH_SIZE + LINE_SIZE];
    path_of(script, name, path);
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    const bool written = write(file, data);
    return fclose(file) == 0 && written;
}

static bool read_file(const bench_script *script, const char *name, double *numbers, size_t count)
{
    char path[PATH_SIZE + LINE_SIZE];
    path_of(script, name, path);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    const bool complete = fread(numbers, sizeof *numbers, count, file) == count;
    fclose(file);
    return complete;
}

static void remove_files(const bench_script *script)
{
    static const char *const names[] = {"x.bin", "y.bin", "lambdas.bin", "theta.bin"};
    char path[PATH_SIZE + LINE_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_of(script, names[i], path);
        unlink(path);
    }
    rmdir(script->folder);
}

/* Starts the interpreter with standard input and output on one end of a socket. */
static bool spawn(bench_script *script, const script_language *language, const bench_data *data)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    char rows[NUMBER_SIZE], cols[NUMBER_SIZE], ridge[NUMBER_SIZE];
    snprintf(rows, sizeof rows, "%zu", data->problem.rows);
    snprintf(cols, sizeof cols, "%zu", data->problem.cols);
    snprintf(ridge, sizeof ridge, "%.17g", data->ridge);
    const char *given = getenv(language->variable);
    const char *words[] = {
        given ? given : language->interpreter, language->script, script->folder, rows, cols, ridge, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    const int failed = posix_spawnp(&script->child, words[0], &actions, NULL, (char *const *)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    script->to = fdopen(ends[0], "w");
    script->from = fdopen(fcntl(ends[0], F_DUPFD_CLOEXEC, 0), "r");
    if (failed) script->child = 0;
    return !failed && script->to && script->from;
}

static bench_script *begin(const script_language *language, const bench_data *data)
{
    bench_script *script = (bench_script *)calloc(1, sizeof *script);
    if (!script) return NULL;
    const char *temporary = getenv("TMPDIR");
    snprintf(script->folder, sizeof script->folder, "%s/gradus-bench-XXXXXX", temporary ? temporary : "/tmp");
    snprintf(script->note, sizeof script->note, "absent: no %s here", language->interpreter);
    script->dead = !mkdtemp(script->folder) || !write_file(script, "x.bin", data, write_rows) ||
                   !write_file(script, "y.bin", data, write_response) ||
                   !write_file(script, "lambdas.bin", data, write_lambdas) ||
                   !spawn(script, language, data) ||
                   !fgets(script->note, sizeof script->note, script->from) ||
                   strcmp(script->note, "ready\n") != 0;
    return script;
}

void bench_script_end(bench_script *script)
{
    if (!script) return;
    if (script->to) fclose(script->to);
    if (script->from) fclose(script->from);
    int status;
    if (script->child > 0) waitpid(script->child, &status, 0);
    remove_files(script);
    free(script);
}

static void copy_line(const char *line, bench_answer *answer)
{
    snprintf(answer->note, sizeof answer->note, "%.*s", (int)strcspn(line, "\n"), line);
}

/* SECONDS EVALUATIONS, or why not. */
static bool read_answer(const char *line, bench_answer *answer)
{
    char *end;
    answer->seconds = strtod(line, &end);
    if (end == line) {
        copy_line(line, answer);
        return false;
    }
    answer->evaluations = strtod(end, NULL);
    return true;
}

int bench_script_run(int index, const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    const script_language *language = &languages[index];
    if (!data->scripts[index]) data->scripts[index] = begin(language, data);
    bench_script *script = data->scripts[index];
    char line[LINE_SIZE];
    if (!script || script->dead) {
        if (script) copy_line(script->note, answer);
        return 1;
    }
    fprintf(script->to, "%s %.17g %zu %.17g\n", who->method, data->asked, data->problem.steps, data->step);
    script->dead = fflush(script->to) != 0 || !fgets(line, sizeof line, script->from);
    if (script->dead) {
        snprintf(answer->note, sizeof answer->note, "%s ended", language->interpreter);
        return 1;
    }
    if (!read_answer(line, answer)) return 1;
    return read_file(script, "theta.bin", answer->theta, bench_answer_size(&data->problem)) ? 0 : 1;
}
