/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Variables that the agent and the hooks share, each in a map of its own with one entry. The hooks have the address in
 * their instructions, where a look-up in an array costs fifteen instructions and a branch each time.
 *
 * Written by: the agent, through memory that it maps.
 */
#ifndef GH_MAPS_SHARED_H
#define GH_MAPS_SHARED_H

#include <bpf/bpf_helpers.h>

/* The section's name, without ".data.", is what the map is pinned as. */
#define GH_SHARED(name) SEC(".data." #name)

#endif
