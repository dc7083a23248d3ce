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
	GH_GUARD_LOADER = 32, /* the directory whose ld.so.preload brings code into every program: nobody makes one */
	GH_GUARD_ROOT = 64, /* the host's root directory, in which the agent and members must be started */
};

/* Where in a word of what is guarded the agent's bits, those of clients, and the clients' groups stand. */
enum gh_guarded {
	GH_GUARDED_AGENT = 0, /* enum gh_guard, of what the agent is made of */
	GH_GUARDED_CLIENTS = 8, /* the same, of what clients protect */
	GH_GUARDED_GROUPS = 16, /* one bit for each group (a `protect` entry) that has it */
	GH_GUARDED_GROUP_COUNT = 48,
};

/* Of programs in gs_programs, beside the groups whose members they are. */
enum gh_program_of {
	GH_PROGRAM_OF_AGENT = 1,
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

/* What was refused, or what the agent must know. */
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
	GH_DEED_STANDING = 11, /* none: a process that would be a member is none, because it has foreign code */
	GH_DEED_UPDATE = 12, /* none: a member replaced or removed something that is protected by its name */
	GH_DEED_COUNT = 13,
};

/* Why a process that would be a member is none; in the detail of GH_DEED_STANDING, which otherwise is the inode of foreign code. */
enum gh_stranger {
	GH_STRANGER_TRACED = 1,
	GH_STRANGER_FILTERED = 2,
	GH_STRANGER_ELSEWHERE = 3, /* in other namespaces or another root directory than the host */
	GH_STRANGER_VARIABLES = 4, /* its environment brings code into programs, or is too long to be looked through */
};

/* A refusal. */
struct gh_tamper {
	__u64 time_nanoseconds; /* since boot */
	__u32 pid;
	__u32 uid;
	__u32 deed; /* enum gh_deed */
	__u32 pad;
	__u64 detail; /* inode, device, command or type */
	__u64 groups; /* of the clients whose protection it was, as in what is guarded; 0: the agent's */
	char command[16];
};

#endif
