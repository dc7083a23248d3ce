/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the agent tells the shield (bpf/shield.bpf.c), and what the shield tells the agent. */
#ifndef GH_ABI_SHIELD_H
#define GH_ABI_SHIELD_H

#include <linux/types.h>
#include "table.h"

/* How much of a file or directory is guarded. */
enum gh_guard {
	GH_GUARD_ENTRY = 1, /* itself: content, name, attributes, and what is mounted there */
	GH_GUARD_TREE = 2, /* the same, and all below */
	/* It leads to something guarded: it keeps its name and place, and nothing is mounted over it. */
	GH_GUARD_ABOVE = 4,
	GH_GUARD_BACKING = 8, /* what a guarded device keeps its blocks in: the kernel itself writes to it */
	GH_GUARD_CONTENT = 16, /* content and attributes only: another file may take its name, as an upgrade does */
	GH_GUARD_KEEPER = 32, /* the agent's program: who executes it may change what is guarded */
	GH_GUARD_ROOT = 64, /* the host's root directory, in which the agent must be started */
};

#define GH_OPTIONS_BYTES 32

/* Once sealed, until the next boot. */
struct gh_shield {
	__u32 abi_version;
	__u32 sealed;
	__u32 host_mount_namespace; /* inode of the namespace in which mounts are guarded, and the agent is started */
	__u32 keeper; /* process that was last known as the agent */
	__u8 options
	    [GH_OPTIONS_BYTES]; /* digest of what the agent was told when it sealed; the kernel side does not read it */
};

/* What was refused. */
enum gh_deed {
	GH_DEED_WRITE = 1,
	GH_DEED_NAME = 2, /* unlink, rename, link, create */
	GH_DEED_ATTRIBUTES = 3,
	GH_DEED_MOUNT = 4,
	GH_DEED_DEVICE = 5,
	GH_DEED_OBJECT = 6, /* a map or program of Gatehouse */
	GH_DEED_PROGRAM = 7, /* loading a BPF program that could blind or kill */
	GH_DEED_SETTING = 8,
	GH_DEED_CODE = 9, /* foreign code in the agent */
	GH_DEED_AGENT = 10, /* tracing the agent, or reaching into its memory */
	GH_DEED_COUNT = 11,
};

/* A refusal. */
struct gh_tamper {
	__u64 time_nanoseconds; /* since boot */
	__u32 pid;
	__u32 uid;
	__u32 deed; /* enum gh_deed */
	__u32 pad;
	__u64 detail; /* inode, device, command or type */
	char command[16];
};

#endif
