/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/pretty.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void append(gr_pretty *pretty, const char *text)
{
    const size_t used = strlen(pretty->text);
    (void)snprintf(pretty->text + used, sizeof pretty->text - used, "%s", text);
}

gr_pretty gr_pretty_count(size_t count)
{
    gr_pretty pretty = {""};
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%zu", count);
    for (int k = 0; k < length; k++) {
        if (k > 0 && (length - k) % 3 == 0 && length > 4) append(&pretty, "\xe2\x80\x89");
        append(&pretty, (const char[]){digits[k], '\0'});
    }
    return pretty;
}

/* Signs and digits as small letters above the line. */
static void append_raised(gr_pretty *pretty, const char *exponent)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (*exponent == '-') append(pretty, "⁻");
    exponent += strspn(exponent, "+-0");
    if (!*exponent) append(pretty, digits[0]);
    for (; *exponent; exponent++) append(pretty, digits[*exponent - '0']);
}

gr_pretty gr_pretty_power(int exponent)
{
    gr_pretty pretty = {"10"};
    char plain[16];
    (void)snprintf(plain, sizeof plain, "%d", exponent);
    append_raised(&pretty, plain);
    return pretty;
}

gr_pretty gr_pretty_number(double number)
{
    gr_pretty pretty = {""};
    char plain[32];
    (void)snprintf(plain, sizeof plain, "%.4g", number);
    for (const char *c = plain; *c; c++) {
        if (*c == 'e') {
            append(&pretty, "·10");
            append_raised(&pretty, c + 1);
            break;
        }
        append(&pretty, *c == '-' ? "−" : (const char[]){*c, '\0'});
    }
    return pretty;
}

gr_pretty gr_pretty_name(const char *name, size_t room)
{
    gr_pretty pretty = {""};
    const size_t most = sizeof pretty.text - sizeof "…";
    size_t bytes = 0;
    for (size_t letters = 0; name[bytes] && letters < room && bytes < most; letters++) {
        do bytes++; /* with its continuation bytes */
        while (((unsigned char)name[bytes] & 0xc0) == 0x80 && bytes < most);
    }
    (void)snprintf(pretty.text, sizeof pretty.text, "%.*s%s", (int)bytes, name, name[bytes] ? "…" : "");
    return pretty;
}
