/* SPDX-License-Identifier: BSD-3-Clause */
/* Wall-clock seconds from an arbitrary origin, never running backwards. */
#ifndef GR_BASE_CLOCK_H
#define GR_BASE_CLOCK_H

double gr_seconds(void);

#endif
