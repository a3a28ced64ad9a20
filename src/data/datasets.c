/* SPDX-License-Identifier: BSD-3-Clause */
#include "data/datasets.h"

#include <strings.h>

enum { COUNT = 10 };

const gr_dataset *const gr_datasets[COUNT] = {
    &gr_longley,  &gr_noint1,   &gr_noint2,   &gr_wampler1, &gr_wampler2,
    &gr_wampler3, &gr_wampler4, &gr_wampler5, &gr_filip,    &gr_pontius,
};

const size_t gr_datasets_count = COUNT;

const gr_dataset *gr_dataset_find(const char *name)
{
    for (size_t i = 0; i < gr_datasets_count; i++) {
        if (strcasecmp(gr_datasets[i]->name, name) == 0) return gr_datasets[i];
    }
    return NULL;
}

size_t gr_dataset_regressors(const gr_dataset *set)
{
    return set->degree ? set->degree : set->columns;
}

size_t gr_dataset_coefficients(const gr_dataset *set)
{
    return gr_dataset_regressors(set) + (set->intercept ? 1 : 0);
}
