/* SPDX-License-Identifier: BSD-3-Clause */
/* How --step reads: a word, and after a colon the numbers that go with it, separated by commas. */
#include <string.h>

#include "cli/fit.h"
#include "io/number.h"

enum { NUMBERS = 3, ROOM = 64 };

/* The number before the next comma or the end; false when there is none. *text moves behind it and the comma. */
static bool read_number(const char **text, double *number)
{
    char piece[ROOM];
    const size_t length = strcspn(*text, ",");
    if (length >= sizeof piece) return false;
    memcpy(piece, *text, length);
    piece[length] = '\0';
    *text += length;
    if (gr_number_read(piece, number) != GR_NUMBER_FINITE) return false;
    return **text == '\0' || *++*text != '\0'; /* behind a comma stands another one */
}

/* How many numbers follow the word; -1 where the text is not this word with at most three numbers. */
static int read_rule(const char *text, const char *word, double *numbers)
{
    const size_t length = strlen(word);
    memset(numbers, 0, NUMBERS * sizeof *numbers);
    if (strncmp(text, word, length) != 0) return -1;
    if (text[length] == '\0') return 0;
    if (text[length] != ':') return -1;
    const char *next = text + length + 1;
    int count = 0;
    for (; count == 0 || *next; count++) {
        if (count == NUMBERS || !read_number(&next, &numbers[count])) return -1;
    }
    return count;
}

static bool is_size(double number)
{
    return number > 0.0 && number <= 1e300;
}

static bool is_period(double number)
{
    return number >= 1.0 && number <= 9007199254740992.0 && number == (double)(int64_t)number;
}

/* A rule of one number: at least so many must be there. */
typedef struct simple_rule {
    const char *word;
    gradus_step (*make)(double size);
    int least;
} simple_rule;

static const simple_rule simple_rules[] = {{"fixed", gradus_step_fixed, 1},
                                           {"backtracking", gradus_step_backtracking, 0},
                                           {"wolfe", gradus_step_wolfe, 0},
                                           {"barzilai-borwein", gradus_step_barzilai_borwein, 0}};

static bool read_simple(const char *text, gradus_step *step)
{
    double number[NUMBERS];
    for (size_t i = 0; i < sizeof simple_rules / sizeof *simple_rules; i++) {
        const int count = read_rule(text, simple_rules[i].word, number);
        if (count < 0) continue;
        *step = simple_rules[i].make(number[0]);
        return count >= simple_rules[i].least && count <= 1 && (count == 0 || is_size(number[0]));
    }
    return false;
}

static bool read_schedule(const char *text, gradus_step *step)
{
    double number[NUMBERS];
    const bool by_time = read_rule(text, "inverse-time", number) == 2;
    if (by_time || read_rule(text, "inverse-square-root", number) == 2) {
        *step = by_time ? gradus_step_inverse_time(number[0], number[1])
                        : gradus_step_inverse_square_root(number[0], number[1]);
        return is_size(number[0]) && is_size(number[1]);
    }
    const bool cosine = read_rule(text, "cosine", number) == 3;
    if (!cosine && read_rule(text, "decay", number) != 3) return false;
    if (!is_size(number[0]) || !is_period(number[2])) return false;
    *step = cosine ? gradus_step_cosine(number[0], number[1], (int64_t)number[2])
                   : gradus_step_decay(number[0], number[1], (int64_t)number[2]);
    return cosine ? number[1] >= 0.0 && number[1] <= 1e300 : number[1] > 0.0 && number[1] <= 1.0;
}

bool gr_fit_read_step(const gr_option *option, const char *text, void *settings)
{
    gradus_step *step = &((gr_fit_settings *)settings)->step;
    (void)option;
    if (strcmp(text, "exact") != 0) return read_simple(text, step) || read_schedule(text, step);
    *step = gradus_step_exact();
    return true;
}
