/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/csv_name.h"

#include <stdbool.h>
#include <string.h>

void gr_csv_name_print(FILE *file, const char *name)
{
    const bool quoted = name[strcspn(name, ",\"\r\n")] != '\0';
    if (quoted) (void)fputc('"', file);
    for (; *name; name++) {
        if (*name == '"') (void)fputc('"', file);
        (void)fputc(*name, file);
    }
    if (quoted) (void)fputc('"', file);
}
