/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way in which the program writes, where it cannot: a sentence, an exit status, and nothing half-written. */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

/* ---- running the program where it is not as usual ---- */

/* What is all 0 is as usual; standard output goes to /dev/null then. */
typedef struct surroundings {
    const char *out;   /* a file that is appended to */
    bool broken;       /* standard output is a pipe that nobody reads */
    bool ignores_pipe; /* SIGPIPE is ignored, as by many programs that start others */
    bool closed;       /* all three streams but standard error are closed */
    rlim_t limit;      /* the bytes that a file may have; 0: any */
    bool nobody;       /* a user without rights, where the test's has all */
} surroundings;

static void connect_output(const surroundings *s)
{
    int ends[2];
    if (s->broken && pipe(ends) == 0) {
        (void)dup2(ends[1], 1);
        (void)close(ends[0]);
        return;
    }
    const int out = open(s->out ? s->out : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (out < 0 || dup2(out, 1) < 0) _exit(125);
    if (!s->closed) return;
    (void)close(0);
    (void)close(1);
}

static void become(const surroundings *s, const char *const *arguments, int err)
{
    (void)dup2(err, 2);
    (void)close(0);
    (void)open("/dev/null", O_RDONLY);
    connect_output(s);
    for (int descriptor = 3; descriptor < 64; descriptor++) (void)close(descriptor);
    (void)signal(SIGPIPE, s->ignores_pipe ? SIG_IGN : SIG_DFL);
    if (s->nobody && geteuid() == 0 && setuid(65534) != 0) _exit(125);
    const struct rlimit limit = {s->limit, s->limit};
    if (s->limit && setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(125);
    (void)execv(arguments[0], (char *const *)(size_t)arguments);
    _exit(126);
}

/* What it says on standard error is in `said`. */
static char said[2000];

static int run_in(surroundings s, const char *const *arguments)
{
    int ends[2], status;
    size_t used = 0;
    cr_assert(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) become(&s, arguments, ends[1]);
    (void)close(ends[1]);
    for (ssize_t got; (got = read(ends[0], said + used, sizeof said - 1 - used)) > 0;) used += (size_t)got;
    said[used] = '\0';
    (void)close(ends[0]);
    cr_assert(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A command as one text; a word that begins with @ is a file of the folder. */
typedef struct command {
    char text[300];
    const char *words[16];
} command;

static const char *const *split(const char *line, command *c)
{
    size_t count = 0;
    (void)snprintf(c->text, sizeof c->text, "%s", line);
    c->words[count++] = GRADUS_PROGRAM;
    for (char *word = strtok(c->text, " "); word && count < 15; word = strtok(NULL, " "))
        c->words[count++] = *word == '@' ? in_folder(word + 1) : word;
    c->words[count] = NULL;
    return c->words;
}

static int run_line(surroundings s, const char *line)
{
    command c;
    return run_in(s, split(line, &c));
}

static void expect_said(const char *line, int status, int expected, const char *words)
{
    cr_expect(status == expected, "%s: exit status %d instead of %d: %s", line, status, expected, said);
    cr_expect(words ? contains(said, words) : said[0] == '\0', "%s says: %s", line, said);
    if (words) cr_expect(strchr(said, '\n') == said + strlen(said) - 1, "%s says: %s", line, said);
}

/* ---- the folder ---- */

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    cr_assert(copy);
    return copy;
}

static void make_inputs(void)
{
    make_folder();
    (void)chmod(folder, 0755);
    (void)write_text("data.csv", "x,y\n1,2\n2,3.5\n3,5\n4,7.25\n5,8\n");
    (void)write_text("start.csv", "0\n0\n");
    (void)write_text("old", "what stood here\n");
    const result fit = run_with(ARGUMENTS("fit", in_folder("data.csv"), "--json"), "/dev/null", NULL);
    cr_assert(fit.status == 0, "%s", fit.err);
    (void)write_text("fit.json", fit.out);
    const result traced = run_with(ARGUMENTS("fit", in_folder("data.csv"), "--trace", in_folder("trace.csv")),
                                   "/dev/null", NULL);
    cr_assert(traced.status == 0, "%s", traced.err);
    (void)remove(in_folder("stdout"));
    (void)remove(in_folder("stderr"));
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *opened = opendir(folder);
    cr_assert(opened);
    while (readdir(opened)) count++;
    (void)closedir(opened);
    return count;
}

/* ---- standard output ---- */

static const char *const printing[] = {
    "fit @data.csv",
    "fit @data.csv --json",
    "fit @data.csv --path 3",
    "fit @data.csv --path 3 --json",
    "fit @data.csv --max-iterations 1 --method gradient",
    "predict @fit.json @data.csv",
    "plot trace @trace.csv --data",
    "plot methods @data.csv",
    "plot methods @data.csv --data",
    "plot surface --data",
    "info",
    "fit --help",
    "plot surface --help",
    "--help",
    "--version",
};

static void expect_output_fault(surroundings s, int status, const char *words)
{
    const size_t files = count_files();
    for (size_t i = 0; i < sizeof printing / sizeof *printing; i++)
        expect_said(printing[i], run_line(s, printing[i]), status, words);
    cr_expect(count_files() == files);
}

TestSuite(output, .init = make_inputs, .fini = remove_folder);

Test(output, a_full_disk_is_said_of_standard_output)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    const surroundings full = {.out = "/dev/full"};
    expect_output_fault(full, 5, "gradus: standard output cannot be written: No space left on device");
}

#ifdef __clang__
static const bool limits_can_be_tested = false;
#else
static const bool limits_can_be_tested = true;
#endif

Test(output, a_limit_on_files_is_said_of_standard_output)
{
    if (!limits_can_be_tested)
        cr_skip_test("LLVM's OpenMP library needs a file of its own, and ends the process without");
    const surroundings limited = {.out = write_text("out", "full"), .limit = 4};
    expect_output_fault(limited, 5, "gradus: standard output cannot be written: File too large");
}

Test(output, a_closed_pipe_ends_the_program_in_silence)
{
    expect_output_fault((surroundings){.broken = true}, 128 + SIGPIPE, NULL);
}

Test(output, a_closed_pipe_whose_signal_is_ignored_is_said)
{
    const surroundings broken = {.broken = true, .ignores_pipe = true};
    expect_output_fault(broken, 5, "gradus: standard output cannot be written: Broken pipe");
}

Test(output, closed_streams_are_said)
{
    expect_output_fault((surroundings){.closed = true}, 5,
                        "gradus: standard output cannot be written: Bad file descriptor");
}

/* What is printed does not go to a file that took the number of a closed stream. */
Test(output, closed_streams_do_not_become_files)
{
    const surroundings closed = {.closed = true};
    const char *const lines[] = {"fit @data.csv --trace @new", "predict @fit.json @data.csv --output @new"};
    for (size_t i = 0; i < 2; i++) {
        const int status = run_line(closed, lines[i]);
        const char *written = read_text(in_folder("new"));
        cr_expect(status == (i ? 0 : 5), "%d: %s", status, said);
        cr_expect(written && !contains(written, "coefficient") &&
                      contains(written, i ? "value\n" : "iteration,"),
                  "%s", written);
        (void)remove(in_folder("new"));
    }
    cr_expect(run_line(closed, "fit -") == 3 && contains(said, "cannot be read: Bad file descriptor"), "%s",
              said);
}

/* ---- files ---- */

typedef struct writer {
    const char *line; /* writes the file @out.svg */
    bool in_place;    /* a trace is written as the steps are made */
    bool draws;       /* gnuplot has words of its own, or is not there */
} writer;

static const writer writers[] = {
    {"fit @data.csv --trace @out.svg", true, false},
    {"fit @data.csv --trace @out.svg --method gradient --max-iterations 500", true, false},
    {"fit @data.csv --checkpoint @out.svg", false, false},
    {"fit @data.csv --checkpoint @out.svg --every 0 --method gradient --max-iterations 20", false, false},
    {"fit @data.csv --path 3 --coefficients @out.svg", false, false},
    {"predict @fit.json @data.csv --output @out.svg", false, false},
    {"plot trace @trace.csv --data --output @out.svg", false, false},
    {"plot trace @trace.csv --output @out.svg", false, true},
    {"plot methods @data.csv --output @out.svg", false, true},
    {"plot methods @data.csv --data --output @out.svg", false, false},
    {"plot surface --data --output @out.svg", false, false},
    {"plot surface --output @out.svg", false, true},
};
enum { WRITERS = sizeof writers / sizeof *writers };

static bool has_checkpoint(const char *line)
{
    return strstr(line, "--checkpoint") != NULL;
}

/* No file is there that was not. */
static void expect_file_fault(surroundings s, const writer *by, const char *words)
{
    const size_t files = count_files();
    const int status = run_line(s, by->line);
    expect_said(by->line, status, 5, by->draws ? "gradus plot" : words);
    if (!by->draws) cr_expect(contains(said, "/out.svg: cannot be written: "), "%s says: %s", by->line, said);
    cr_expect(count_files() == files, "%s leaves a file", by->line);
}

Test(output, a_full_disk_is_said_of_every_file)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    cr_assert(symlink("/dev/full", in_folder("out.svg")) == 0);
    for (size_t i = 0; i < WRITERS; i++) {
        if (has_checkpoint(writers[i].line)) continue; /* is no device: below */
        expect_file_fault((surroundings){.limit = 0}, &writers[i], "No space left on device");
        struct stat there;
        cr_expect(lstat(in_folder("out.svg"), &there) == 0 && S_ISLNK(there.st_mode), "the link is gone");
    }
    cr_expect(run_line((surroundings){.limit = 0}, "fit @data.csv --checkpoint @out.svg") == 3);
    cr_expect(contains(said, "/out.svg: cannot be read: it is no regular file"), "%s", said);
}

Test(output, a_limit_on_files_leaves_what_stood_there)
{
    if (!limits_can_be_tested)
        cr_skip_test("LLVM's OpenMP library needs a file of its own, and ends the process without");
    for (size_t i = 0; i < WRITERS; i++) {
        const writer *by = &writers[i];
        for (rlim_t limit = 8; limit <= (by->in_place ? 64 : 8); limit *= 8) {
            const bool over = !has_checkpoint(by->line);
            if (over) (void)write_text("out.svg", "what stood here\n");
            const size_t files = count_files();
            const int status = run_line((surroundings){.limit = limit}, by->line);
            expect_said(by->line, status, 5,
                        by->draws ? "gradus plot" : "/out.svg: cannot be written: File too large");
            cr_expect(count_files() == files, "%s leaves a file", by->line);
            if (!over) continue;
            const char *now = read_text(in_folder("out.svg"));
            const char *whole = limit < 63 ? ""
                                           : "iteration,value,gradient_norm,step,evaluations,passes,exact\n";
            cr_expect_str_eq(now, by->in_place ? whole : "what stood here\n");
        }
        (void)remove(in_folder("out.svg"));
    }
}

Test(output, a_folder_that_takes_no_file_is_said)
{
    const char *const blocked[] = {"@none/out.svg", "@data.csv/out.svg"};
    const char *const words[] = {"No such file or directory", "Not a directory"};
    for (size_t i = 0; i < WRITERS; i++) {
        for (size_t k = 0; k < 2; k++) {
            char line[300];
            const char *place = strstr(writers[i].line, "@out.svg");
            (void)snprintf(line, sizeof line, "%.*s%s%s", (int)(place - writers[i].line), writers[i].line,
                           blocked[k], place + strlen("@out.svg"));
            const bool unread = has_checkpoint(line) && k == 1; /* it is looked for before it is written */
            const int status = run_line((surroundings){.limit = 0}, line);
            expect_said(line, status, unread ? 3 : 5, words[k]);
        }
    }
}

Test(output, a_folder_without_rights_is_said)
{
    const surroundings other = {.nobody = true};
    if (run_line(other, "--version") != 0) cr_skip_test("the user nobody cannot run the program");
    cr_assert(chmod(folder, 0555) == 0);
    for (size_t i = 0; i < WRITERS; i++) {
        const int status = run_line(other, writers[i].line);
        expect_said(writers[i].line, status, 5, "/out.svg: cannot be written: Permission denied");
    }
    cr_assert(chmod(folder, 0755) == 0 && chmod(in_folder("data.csv"), 0) == 0);
    expect_said("fit", run_line(other, "fit @data.csv"), 3, "/data.csv: cannot be opened: Permission denied");
}

Test(output, a_folder_is_no_file)
{
    cr_assert(mkdir(in_folder("out.svg"), 0700) == 0);
    for (size_t i = 0; i < WRITERS; i++) {
        const bool unread = has_checkpoint(writers[i].line);
        const int status = run_line((surroundings){.limit = 0}, writers[i].line);
        expect_said(writers[i].line, status, unread ? 3 : 5, unread ? "no regular file" : "Is a directory");
    }
}

/* The new file is where the link leads, and the link is still one. */
Test(output, a_link_stays_one)
{
    for (size_t i = 0; i < WRITERS; i++) {
        if (writers[i].draws) continue;
        struct stat link;
        (void)remove(in_folder("real.svg"));
        if (!has_checkpoint(writers[i].line)) (void)write_text("real.svg", "what stood here\n");
        (void)remove(in_folder("out.svg"));
        cr_assert(symlink("real.svg", in_folder("out.svg")) == 0);
        const int status = run_line((surroundings){.limit = 0}, writers[i].line);
        cr_expect(status == 0 || status == 4, "%s: %d: %s", writers[i].line, status, said);
        if (has_checkpoint(writers[i].line)) continue; /* leads nowhere before the first save */
        cr_expect(lstat(in_folder("out.svg"), &link) == 0 && S_ISLNK(link.st_mode), "%s", writers[i].line);
        cr_expect(!contains(read_text(in_folder("real.svg")), "what stood here"), "%s", writers[i].line);
    }
}

/* A link that leads nowhere yet stays one too, through other folders and other links: the file appears where the last one leads. */
Test(output, a_link_to_nothing_is_followed)
{
    for (size_t i = 0; i < WRITERS; i++) {
        if (writers[i].draws) continue;
        static const char *const links[][2] = {{"sub/real.svg", "out.svg"}, {"../real.svg", "sub/link.svg"}};
        struct stat link, sub;
        cr_assert(mkdir(in_folder("sub"), 0700) == 0);
        for (size_t k = 0; k < 2; k++) { /* a name in another folder; then a link to a link that leads back */
            const char *real = in_folder(k ? "real.svg" : "sub/real.svg");
            (void)remove(in_folder("out.svg"));
            cr_assert(symlink(k ? in_folder("sub/link.svg") : links[0][0], in_folder("out.svg")) == 0);
            if (k) cr_assert(symlink(links[1][0], in_folder(links[1][1])) == 0);
            const int status = run_line((surroundings){.limit = 0}, writers[i].line);
            cr_expect(status == 0 || status == 4, "%s: %d: %s", writers[i].line, status, said);
            cr_expect(lstat(in_folder("out.svg"), &link) == 0 && S_ISLNK(link.st_mode), "%s",
                      writers[i].line);
            cr_expect(lstat(real, &sub) == 0 && S_ISREG(sub.st_mode) && sub.st_size > 0, "%s",
                      writers[i].line);
            cr_expect(remove(real) == 0);
        }
        cr_assert(remove(in_folder("sub/link.svg")) == 0 && remove(in_folder("out.svg")) == 0);
        cr_assert(rmdir(in_folder("sub")) == 0, "something else is in the other folder");
    }
}

/* Links in a circle, and one into a folder that is not there */
Test(output, a_link_that_cannot_be_followed_is_said)
{
    const char *const targets[] = {"out.svg", "none/out.svg"};
    const char *const words[] = {"Too many levels of symbolic links", "No such file or directory"};
    for (size_t i = 0; i < WRITERS; i++) {
        for (size_t k = 0; k < 2; k++) {
            struct stat link;
            (void)remove(in_folder("out.svg"));
            cr_assert(symlink(targets[k], in_folder("out.svg")) == 0);
            const bool unread = has_checkpoint(writers[i].line) && k == 0;
            const int status = run_line((surroundings){.limit = 0}, writers[i].line);
            expect_said(writers[i].line, status, unread ? 3 : 5, words[k]);
            cr_expect(lstat(in_folder("out.svg"), &link) == 0 && S_ISLNK(link.st_mode), "%s",
                      writers[i].line);
        }
    }
}

/* ---- an output that is an input ---- */

static const struct {
    const char *line, *input;
} overwriting[] = {
    {"fit @data.csv --trace @out.svg", "data.csv"},
    {"fit @data.csv --checkpoint @out.svg", "data.csv"},
    {"fit @data.csv --path 3 --coefficients @out.svg", "data.csv"},
    {"fit @data.csv --start @start.csv --trace @out.svg", "start.csv"},
    {"fit @data.csv --start @start.csv --checkpoint @out.svg", "start.csv"},
    {"predict @fit.json @data.csv --output @out.svg", "data.csv"},
    {"predict @fit.json @data.csv --output @out.svg", "fit.json"},
    {"plot trace @trace.csv --data --output @out.svg", "trace.csv"},
    {"plot trace @trace.csv --output @out.svg", "trace.csv"},
    {"plot methods @data.csv --output @out.svg", "data.csv"},
    {"plot surface @data.csv --data --output @out.svg", "data.csv"},
};

static void expect_spared(surroundings s, const char *line, const char *input)
{
    char *before = copy_of(read_text(in_folder(input)));
    const int status = run_line(s, line);
    cr_expect(status == 2 && contains(said, "allowed is another one"), "%s: %d: %s", line, status, said);
    cr_expect_str_eq(read_text(in_folder(input)), before);
    free(before);
}

Test(output, an_output_is_no_input_whatever_it_is_called)
{
    for (size_t i = 0; i < sizeof overwriting / sizeof *overwriting; i++) {
        const char *input = overwriting[i].input;
        cr_assert(symlink(input, in_folder("out.svg")) == 0);
        expect_spared((surroundings){.limit = 0}, overwriting[i].line, input);
        cr_assert(remove(in_folder("out.svg")) == 0 && link(in_folder(input), in_folder("out.svg")) == 0);
        expect_spared((surroundings){.limit = 0}, overwriting[i].line, input);
        cr_assert(remove(in_folder("out.svg")) == 0);
    }
}

/* gradus fit data.csv >> data.csv */
Test(output, standard_output_is_no_input)
{
    static const struct {
        const char *line, *input;
    } rows[] = {{"fit @data.csv", "data.csv"},
                {"fit @data.csv --start @start.csv --json", "start.csv"},
                {"predict @fit.json @data.csv", "data.csv"},
                {"predict @fit.json @data.csv", "fit.json"},
                {"plot trace @trace.csv --data", "trace.csv"},
                {"plot methods @data.csv", "data.csv"},
                {"plot surface @data.csv --data", "data.csv"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_spared((surroundings){.out = in_folder(rows[i].input)}, rows[i].line, rows[i].input);
}

/* ---- inputs ---- */

static void feed_fifo(const char *path)
{
    const pid_t child = fork();
    if (child == 0) {
        const int to = open(path, O_WRONLY);
        const char text[] = "x,y\n1,2\n2,3.5\n3,5\n4,7.25\n5,8";
        _exit(to >= 0 && write(to, text, sizeof text - 1) == (ssize_t)sizeof text - 1 ? 0 : 1);
    }
    cr_assert(child > 0);
}

Test(output, a_named_pipe_is_read_as_a_file)
{
    const char *path = in_folder("fifo");
    cr_assert(mkfifo(path, 0600) == 0);
    feed_fifo(path);
    const result piped = run_with(ARGUMENTS("fit", path, "--json"), "/dev/null", NULL);
    cr_assert(wait(NULL) > 0);
    const result plain = run_with(ARGUMENTS("fit", in_folder("data.csv"), "--json"), "/dev/null", NULL);
    cr_expect(piped.status == 0 && plain.status == 0, "%s", piped.err);
    const char *a = strstr(piped.out, "\"model\""), *b = strstr(plain.out, "\"model\"");
    cr_assert(a && b);
    cr_expect_str_eq(a, b);
}
