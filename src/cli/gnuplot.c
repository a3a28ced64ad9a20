/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gnuplot reads its script from a file without a name and writes the picture to another, which is copied to where it goes
 * when it is complete: so no name of a file is ever part of a command, and there is no pipe that could break.
 */
#include "cli/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/replacement.h"
#include "io/number.h"

extern char **environ;

static bool ends_with(const char *path, const char *end)
{
    const size_t length = strlen(path), tail = strlen(end);
    return length > tail && strcmp(path + length - tail, end) == 0;
}

bool gr_picture_is_png(const char *path)
{
    return ends_with(path, ".png");
}

bool gr_picture_is_svg(const char *path)
{
    return ends_with(path, ".svg");
}

/* Colours that colour-blind people tell apart: Okabe and Ito, Color Universal Design, 2008. */
static const char style[] =
    "set encoding utf8\n"
    "blue = '#0072B2'; vermillion = '#D55E00'; green = '#009E73'; orange = '#E69F00'\n"
    "purple = '#CC79A7'; sky = '#56B4E9'; ink = '#222222'; pale = '#dddddd'\n"
    "set border 3 linecolor rgb '#444444'\n"
    "set tics nomirror out textcolor rgb ink\n";

/* Sizes of letters are points in PNG and pixels in SVG; those of marks differ too. */
static const char of_png[] = "small = ',11'; medium = ',13'; large = ',15'; dot = 1.0; coarse = 1";
static const char of_svg[] = "small = ',14.5'; medium = ',17'; large = ',20'; dot = 0.55; coarse = 2";

gradus_status gr_picture_begin(const char *path, int width, int height, gr_picture *picture,
                               gradus_error *error)
{
    *picture = (gr_picture){tmpfile(), path};
    if (!picture->script)
        return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "no temporary file: %s",
                        strerror(errno));
    const bool png = gr_picture_is_png(path);
    (void)fprintf(picture->script,
                  "set terminal %s size %d,%d noenhanced font '%s' background rgb 'white'\n%s\n%s",
                  png ? "pngcairo" : "svg", width, height, png ? "DejaVu Sans,11" : "sans-serif,14.5",
                  png ? of_png : of_svg, style);
    return GRADUS_OK;
}

/* Bytes of the UTF-8 character that begins here; 0 where none does, and for control characters. */
static size_t character(const unsigned char *text)
{
    if (text[0] < 0x80) return text[0] >= 0x20 && text[0] != 0x7f;
    const size_t bytes = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4) return 0;
    for (size_t k = 1; k < bytes; k++) {
        if ((text[k] & 0xc0) != 0x80) return 0;
    }
    const bool surrogate = text[0] == 0xed && text[1] >= 0xa0;
    const bool long_form = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    const bool control = text[0] == 0xc2 && text[1] < 0xa0;
    return surrogate || long_form || control || (text[0] == 0xf4 && text[1] >= 0x90) ? 0 : bytes;
}

/* Between single quotes everything is itself but the quote; gnuplot 5.4 does not read one that is doubled and comes first, so
 * it is the typographer's. */
void gr_picture_quote(gr_picture *picture, const char *text)
{
    (void)fputc('\'', picture->script);
    while (*text) {
        const size_t bytes = character((const unsigned char *)text);
        if (*text == '\'')
            (void)fputs("’", picture->script);
        else
            (void)fwrite(bytes ? text : "?", 1, bytes ? bytes : 1, picture->script);
        text += bytes ? bytes : 1;
    }
    (void)fputc('\'', picture->script);
}

/* What gnuplot complained of stands last. */
static gradus_status explain(FILE *complaints, int status, gradus_error *error)
{
    char line[200], last[200] = "";
    rewind(complaints);
    while (fgets(line, sizeof line, complaints)) {
        const size_t blank = strspn(line, " \t^\n");
        if (line[blank])
            (void)snprintf(last, sizeof last, "%.*s", (int)strcspn(line + blank, "\n"), line + blank);
    }
    if (WIFSIGNALED(status))
        return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "gnuplot was ended by signal %d",
                        WTERMSIG(status));
    return gr_error(error, GRADUS_ERROR_FILE_WRITE,
                    gr_fault_at(GRADUS_NOWHERE, GRADUS_NOWHERE, WEXITSTATUS(status)),
                    "gnuplot ended with status %d: %.120s", WEXITSTATUS(status), last);
}

static int spawn(int script, int picture, int complaints, pid_t *child)
{
    char program[] = "gnuplot", no_settings[] = "-d", from_input[] = "-";
    char *const words[] = {program, no_settings, from_input, NULL};
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);
    if (code) return code;
    code = posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
    if (!code) code = posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
    if (!code) code = posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    if (!code) code = posix_spawnp(child, program, &actions, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

static gradus_status run(FILE *script, int picture, FILE *complaints, gradus_error *error)
{
    pid_t child;
    int status;
    const int code = spawn(fileno(script), picture, fileno(complaints), &child);
    if (code == ENOENT)
        return gr_error(
            error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(),
            "there is no gnuplot here to draw it; install it (Debian: gnuplot-nox), or write the points "
            "with --data");
    if (code)
        return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "gnuplot cannot be started: %s",
                        strerror(code));
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "gnuplot was lost: %s",
                            strerror(errno));
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? GRADUS_OK : explain(complaints, status, error);
}

static gradus_status copy(FILE *from, const gr_replacement *to, gradus_error *error)
{
    char bytes[4096];
    gradus_status status = GRADUS_OK;
    rewind(from);
    for (size_t count; !status && (count = fread(bytes, 1, sizeof bytes, from)) > 0;)
        status = gr_replacement_write(to, bytes, count, error);
    if (status || !ferror(from)) return status;
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s",
                    strerror(errno));
}

/* gnuplot does not look whether its output arrived: a full disk shows as a file that is cut short. */
static gradus_status check_end(const char *path, int picture, gradus_error *error)
{
    char tail[16];
    static const char png[] = "IEND", svg[] = "</svg>";
    const off_t size = lseek(picture, 0, SEEK_END);
    const off_t from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    const ssize_t got = size < 0 ? -1 : pread(picture, tail, sizeof tail, from);
    const char *end = gr_picture_is_png(path) ? png : svg;
    for (ssize_t k = 0; k + (ssize_t)strlen(end) <= got; k++) {
        if (memcmp(tail + k, end, strlen(end)) == 0) return GRADUS_OK;
    }
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_at(GRADUS_NOWHERE, GRADUS_NOWHERE, (double)size),
                    "the picture is not complete after %lld bytes; is the disk full?", (long long)size);
}

/* Ctrl-C ends gnuplot; what is left is cleared up here. */
static gradus_status run_interruptibly(const gr_picture *picture, FILE *drawn, FILE *complaints,
                                       gradus_error *error)
{
    const volatile int *interrupted = gr_interrupt_catch();
    gradus_status status = run(picture->script, fileno(drawn), complaints, error);
    if (status && *interrupted)
        status = gr_error(error, GRADUS_ERROR_ABORTED, gr_fault_none(), "interrupted; nothing was drawn");
    gr_interrupt_release();
    return status ? status : check_end(picture->path, fileno(drawn), error);
}

/* The picture is known to be complete before the first byte of it is written to where it goes. */
static gradus_status draw(gr_picture *picture, FILE *drawn, FILE *complaints, gradus_error *error)
{
    gr_replacement file;
    gradus_status status = gr_replacement_begin(picture->path, &file, error);
    if (status) return status;
    status = run_interruptibly(picture, drawn, complaints, error);
    if (!status) status = copy(drawn, &file, error);
    if (!status) return gr_replacement_finish(&file, error);
    gr_replacement_abandon(&file);
    return status;
}

gradus_status gr_picture_finish(gr_picture *picture, gradus_error *error)
{
    FILE *drawn = tmpfile(), *complaints = tmpfile();
    gradus_status status = GRADUS_OK;
    if (!drawn || !complaints || fflush(picture->script) != 0 || ferror(picture->script) ||
        lseek(fileno(picture->script), 0, SEEK_SET) != 0)
        status = gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(),
                          "gnuplot's script cannot be written: %s", strerror(errno));
    if (!status) status = draw(picture, drawn, complaints, error);
    if (complaints) (void)fclose(complaints);
    if (drawn) (void)fclose(drawn);
    gr_picture_abandon(picture);
    return status;
}

void gr_picture_abandon(gr_picture *picture)
{
    if (picture->script) (void)fclose(picture->script);
    picture->script = NULL;
}
