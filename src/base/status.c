/* SPDX-License-Identifier: BSD-3-Clause */
#include "gradus/status.h"

const char *gradus_strerror(gradus_status status)
{
    switch (status) {
#define SENTENCE(name, value, sentence)                                                                      \
    case value:                                                                                              \
        return sentence;
        GRADUS_STATUS_LIST(SENTENCE)
#undef SENTENCE
    default:
        return status > 0 ? "a callback ended the solve with a number of its own"
                          : "not a status of this version of gradus";
    }
}
