/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The shield: what keeps the rest alive, against root. A second object, so that it is small, loads first, and does not depend on
 * policies. One translation unit, as gatehouse.bpf.c: no function of it can be replaced.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "shield/attributes.c"
#include "shield/content.c"
#include "shield/keepers.c"
#include "shield/mounts.c"
#include "shield/names.c"
#include "shield/objects.c"
#include "shield/settings.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
