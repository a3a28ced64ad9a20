/* SPDX-License-Identifier: BSD-3-Clause */
/* Each header stands on its own: HEADER is included first, and twice. */
#include HEADER
#include HEADER

extern const size_t one_header;
const size_t one_header = sizeof(gradus_status);
