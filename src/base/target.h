/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loops that gain much from wide vectors are compiled for several processors, and the one that runs is chosen when it runs.
 * The bits are the same: no contraction is asked for, and no sum changes its order. (Not so in float_lines.c, rank_update.c and
 * eight_outputs.c, which use fused multiply-add and stand beside BLAS's own kernels, and whose sums may be in lanes as theirs are.)
 */
#ifndef GR_BASE_TARGET_H
#define GR_BASE_TARGET_H

typedef enum gr_target { GR_TARGET_PLAIN, GR_TARGET_256, GR_TARGET_512 } gr_target;

#if defined(__x86_64__) && defined(__GNUC__)
#define GR_FOR_256 __attribute__((target("avx2,fma")))
#define GR_FOR_512 __attribute__((target("avx512f,fma")))
#else
#define GR_FOR_256
#define GR_FOR_512
#endif

/* The widest that this processor has. */
gr_target gr_target_here(void);

/* The body that all of them share. */
#define GR_FOR_ALL static inline __attribute__((always_inline))

#endif
