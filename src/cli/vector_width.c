/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/vector_width.h"

#include <stdio.h>
#include <strings.h>

typedef struct core_type {
    const char *name;
    int bits;
} core_type;

/* OpenBLAS's names for the x86-64 core types, from its TargetList.txt; Zen runs the kernels of Haswell. */
static const core_type core_types[] = {
    {"SapphireRapids", 512}, {"Cooperlake", 512},  {"SkylakeX", 512},    {"Zen", 256},
    {"Haswell", 256},        {"Excavator", 256},   {"Steamroller", 256}, {"Piledriver", 256},
    {"Bulldozer", 256},      {"Sandybridge", 256}, {"Nehalem", 128},     {"Penryn", 128},
    {"Dunnington", 128},     {"Core2", 128},       {"Atom", 128},        {"Prescott", 128},
    {"Katmai", 128},         {"Coppermine", 128},  {"Northwood", 128},   {"Banias", 128},
    {"Barcelona", 128},      {"Bobcat", 128},      {"Opteron", 128},     {"Opteron_SSE3", 128},
    {"Athlon", 128},         {"Nano", 128},
};

int gr_kernel_bits(const char *core)
{
    for (size_t i = 0; i < sizeof core_types / sizeof *core_types; i++) {
        if (strcasecmp(core_types[i].name, core) == 0) return core_types[i].bits;
    }
    return 0;
}

#if defined(__x86_64__) && defined(__GNUC__)
/* The five parts of AVX-512 that the SkylakeX kernels are compiled for. */
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

int gr_cpu_bits(void)
{
    __builtin_cpu_init();
    if (has_avx512()) return 512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 256 : 128;
}
#else
int gr_cpu_bits(void)
{
    return 0;
}
#endif

bool gr_vector_advice(const char *core, size_t size, char *advice)
{
    const int kernels = gr_kernel_bits(core), cpu = gr_cpu_bits();
    if (kernels == 0 || kernels >= cpu) return false;
    (void)snprintf(
        advice, size,
        "OpenBLAS runs its %s kernels, which leave %d of the %d bits of this CPU's vectors unused. "
        "Try OPENBLAS_CORETYPE=%s in the environment and time it: products of large matrices "
        "gain most.",
        core, cpu - kernels, cpu, cpu == 512 ? "SKYLAKEX" : "HASWELL");
    return true;
}
