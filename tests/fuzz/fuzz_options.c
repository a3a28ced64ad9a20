/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any command line: the first line of the input is the command, every further one an argument. It is refused with a usage's exit
 * status, or every number in the settings is in its range, and what `gradus fit` has accepted is what the library accepts.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/fit.h"
#include "cli/option.h"
#include "input.h"
#include "solver/options.h"

static const gr_command *const commands[] = {
    &gr_command_fit,  &gr_command_predict,      &gr_command_plot,         &gr_command_verify,
    &gr_command_info, &gr_command_plot_methods, &gr_command_plot_surface, &gr_command_plot_trace};
enum { COMMANDS = sizeof commands / sizeof *commands, MOST_BYTES = 4096, MOST_ARGUMENTS = 64, ROOM = 4096 };

/* Every command's settings are some struct; those that borrow options of `fit` begin with its. */
typedef union settings {
    gr_fit_settings fit;
    max_align_t aligned;
    unsigned char room[ROOM];
} settings;

/* ---- the command line ---- */

typedef struct command_line {
    const gr_command *command;
    int argc;
    char *argv[MOST_ARGUMENTS + 1];
    char text[MOST_BYTES + 1];
} command_line;

static const gr_command *command_named(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(name, commands[i]->name) == 0) return commands[i];
    }
    return &gr_command_fit;
}

static void cut_into_lines(const uint8_t *data, size_t size, command_line *line)
{
    const size_t bytes = size < MOST_BYTES ? size : MOST_BYTES;
    if (bytes > 0) memcpy(line->text, data, bytes);
    line->text[bytes] = '\0';
    char *next = line->text;
    line->argc = 0;
    while (next && line->argc < MOST_ARGUMENTS) {
        char *end = strchr(next, '\n');
        if (end) *end++ = '\0';
        line->argv[line->argc++] = next;
        next = end;
    }
    line->argv[line->argc] = NULL;
    line->command = command_named(line->argv[0]);
}

/* ---- what has been accepted ---- */

static bool is_in_range(const gr_option *row, const void *field, const void *before)
{
    const gr_range *range = (const gr_range *)row->detail;
    const gr_count_range *counts = (const gr_count_range *)row->detail;
    double number;
    long long count;
    if (row->read == gr_read_number) {
        memcpy(&number, field, sizeof number);
        return memcmp(field, before, sizeof number) == 0 || (number >= range->low && number <= range->high);
    }
    if (row->read != gr_read_count) return true;
    memcpy(&count, field, sizeof count);
    return memcmp(field, before, sizeof count) == 0 || (count >= counts->low && count <= counts->high);
}

static void claim_ranges(const gr_command *command, const settings *chosen, const settings *before)
{
    const gr_option *rows[GR_MOST_OPTIONS + 1];
    gr_command_rows(command, rows);
    for (size_t i = 0; rows[i]; i++)
        claim(is_in_range(rows[i], chosen->room + rows[i]->offset, before->room + rows[i]->offset));
}

static void claim_fit(const gr_fit_settings *chosen)
{
    gradus_error error = fuzz_error_blank();
    const gradus_status status = gr_fit_check(chosen, &error);
    fuzz_claim_status(status);
    fuzz_claim_error(status, &error);
    claim(!status || gr_exit_of(status) == GR_EXIT_USAGE);
    if (status) return;
    gradus_options options = gr_fit_solver_options(chosen, &error), read;
    claim(gr_options_read(&options, &read) == 0);
    char word[64];
    gr_stop_word(GRADUS_STOP_NO_PROGRESS, sizeof word, word);
    const char *file = gr_fit_file_word(chosen);
    claim(*gr_fit_model_word(chosen) && *gr_fit_direction_word(chosen) && !file == !chosen->file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_silence();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static command_line line;
    static settings chosen, before;
    cut_into_lines(data, size, &line);
    memset(&chosen, 0, sizeof chosen);
    chosen.fit = gr_fit_settings_default();
    before = chosen;
    gr_exit status = GR_EXIT_LAST_;
    const char *operand = NULL;
    optind = 0; /* getopt_long begins anew */
    const bool go_on = gr_arguments_read(line.command, line.argc, line.argv, &chosen, &operand, &status);
    if (!go_on) {
        claim(status == GR_EXIT_SUCCESS || status == GR_EXIT_USAGE);
        return 0;
    }
    claim(status == GR_EXIT_LAST_);
    claim_ranges(line.command, &chosen, &before);
    char **operands = gr_arguments_operands(line.argv);
    for (size_t i = 0; operands[i]; i++) claim(i < (size_t)line.argc);
    if (line.command != &gr_command_fit) return 0;
    chosen.fit.file = operand;
    claim_fit(&chosen.fit);
    return 0;
}

/* ---- mutations that know the tables ---- */

static const char *word_of(const gr_choice *choices, unsigned dice)
{
    unsigned count = 0;
    while (choices[count].word) count++;
    return choices[dice % count].word;
}

/* One option of the command; behind it the start of its value, one of its words, or nothing. */
static size_t print_option(const gr_command *command, unsigned dice, char *text, size_t room)
{
    const gr_option *rows[GR_MOST_OPTIONS + 1];
    static const char *const ends[] = {"", "=", "\n", "=1\n", "\n0.5\n", "=-1"};
    size_t count = 0;
    gr_command_rows(command, rows);
    while (rows[count]) count++;
    if (count == 0) return 0;
    const gr_option *row = rows[dice % count];
    const gr_choice *choices = row->read == gr_read_choice ? (const gr_choice *)row->detail : NULL;
    dice /= (unsigned)count;
    const int written = choices && dice % 2
                            ? snprintf(text, room, "\n--%s=%s\n", row->name, word_of(choices, dice / 2))
                            : snprintf(text, room, "\n--%s%s", row->name, ends[dice / 2 % 6]);
    return written > 0 && (size_t)written < room ? (size_t)written : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static command_line line;
    char text[128];
    if (seed % 3 != 0) return LLVMFuzzerMutate(data, size, most);
    cut_into_lines(data, size, &line);
    const size_t bytes = print_option(line.command, seed / 3, text, sizeof text);
    if (bytes == 0 || size + bytes > most) return LLVMFuzzerMutate(data, size, most);
    const size_t at = size > 0 ? seed / 5 % (size + 1) : 0;
    memmove(data + at + bytes, data + at, size - at);
    memcpy(data + at, text, bytes);
    return size + bytes;
}
