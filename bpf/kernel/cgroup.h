/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control groups and the file system that shows them: only the fields that are read. */
#ifndef GH_KERNEL_CGROUP_H
#define GH_KERNEL_CGROUP_H

#include "fs.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	struct kernfs_node *parent;
	void *priv;
};

/* From 6.15. */
struct kernfs_node___hidden_parent {
	struct kernfs_node *__parent;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct cgroup_freezer_state {
	int e_freeze; /* how many of the group and those above it are to be frozen; a bool from 7.0 */
};

struct cgroup {
	int level;
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dom_cgrp; /* another one: the group holds threads, and the processes are below that one */
	struct cgroup_freezer_state freezer;
	struct cgroup *ancestors[1];
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

/* The freezer of the first version. */
struct freezer {
	unsigned int state;
};

enum cgroup_subsys_id {
	freezer_cgrp_id = 0, /* CO-RE fills in the kernel's own number */
};

struct inode___private {
	void *i_private;
};

#pragma clang attribute pop

/* From include/uapi/linux/magic.h and kernel/cgroup/legacy_freezer.c. */
#define MAGIC_CGROUP	  0x27e0ebu
#define MAGIC_CGROUP2	  0x63677270u
#define FREEZER_STOP_BITS 0xeu

#endif
