/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/target.h"

#if defined(__x86_64__) && defined(__GNUC__)

gr_target gr_target_here(void)
{
    if (__builtin_cpu_supports("avx512f")) return GR_TARGET_512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? GR_TARGET_256 : GR_TARGET_PLAIN;
}

#else

gr_target gr_target_here(void)
{
    return GR_TARGET_PLAIN;
}

#endif
