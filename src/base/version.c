/* SPDX-License-Identifier: BSD-3-Clause */
#include "gradus/status.h"

/* GR_VERSION is the version of the Meson project: it is written in one place. */
const char *gradus_version(void)
{
    return GR_VERSION;
}
