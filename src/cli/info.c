/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus info: what runs here, and how to make it run faster. */
#include <cblas.h>
#include <stdio.h>
#include <string.h>

#include "cli/option.h"
#include "cli/text.h"
#include "cli/vector_width.h"

enum { LABEL = 14 };

static void print_line(const char *label, const char *text)
{
    gr_print_wrapped(printf("%-*s", LABEL, label), LABEL, text);
}

/* The word after "OpenBLAS" in its configuration, which is where releases since 0.3 name their version. */
static void find_version(const char *config, size_t size, char *version)
{
    const char *name = strstr(config, "OpenBLAS ");
    const char *start = name ? name + strlen("OpenBLAS ") : "unknown";
    (void)snprintf(version, size, "%.*s", (int)strcspn(start, " "), start);
}

static const char *threading_word(void)
{
    switch (openblas_get_parallel()) {
    case OPENBLAS_SEQUENTIAL:
        return "none: a serial build";
    case OPENBLAS_THREAD:
        return "pthread build";
    case OPENBLAS_OPENMP:
        return "OpenMP build";
    default:
        return "unknown";
    }
}

static void print_vectors(const char *core)
{
    char text[320];
    const int kernels = gr_kernel_bits(core), cpu = gr_cpu_bits();
    (void)snprintf(text, sizeof text, kernels ? "%s, kernels for vectors of %d bits" : "%s", core, kernels);
    print_line("core type", text);
    if (cpu) (void)snprintf(text, sizeof text, "%d bits", cpu);
    print_line("CPU vectors", cpu ? text : "unknown to gradus");
    if (!gr_vector_advice(core, sizeof text, text)) return;
    print_line("advice", text);
}

static gr_exit run(int argc, char **argv)
{
    gr_exit status;
    if (!gr_arguments_read(&gr_command_info, argc, argv, NULL, NULL, &status)) return status;
    char text[64];
    print_line("gradus", gradus_version());
    find_version(openblas_get_config(), sizeof text, text);
    print_line("OpenBLAS", text);
    print_line("configuration", openblas_get_config());
    print_line("threading", threading_word());
    (void)snprintf(text, sizeof text, "%d", openblas_get_num_threads());
    print_line("threads", text);
    print_vectors(openblas_get_corename());
    return GR_EXIT_SUCCESS;
}

static const gr_option options[] = {{NULL, NULL, NULL, NULL, NULL, 0, NULL}};

const gr_command gr_command_info = {
    .name = "info",
    .operand = NULL,
    .summary = "prints the version, and what OpenBLAS makes of this machine",
    .details = "Prints the versions of gradus and OpenBLAS, OpenBLAS's threading, the core type it has "
               "chosen and its threads, and advice where that leaves the CPU's vector width unused.\n",
    .options = options,
    .run = run,
};
