/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of processes and files between decisions. Nothing in here is trusted to be there: what is missing or does
 * not fit is made anew from the process or file itself.
 *
 * gh_known   per process: its program as classes, and which ancestor tests hold. Made by fork, exec, the iterator that the
 *            agent runs before a switch, and whoever needs one that is missing. Ended by the end of the process. By pid and
 *            start time, because some routes to a process have no pointer that storage accepts. When full: counted, and
 *            the label is made for each decision; where rules test ancestors, what their onFull says.
 * gh_tasks   the number of a thread's identity, for the shortest way to a verdict. An array of pairs of places, chosen by
 *            start time: found without calling a helper, by every route, without
 *            memory to be had. Who comes last takes a place; who was there before is labelled anew.
 * gh_pairs   what threads have asked of each other without anything to say. Who comes last takes a place.
 * gh_execs   per thread (its address) that executes something, where a rule tests arguments: what its first decision knew. Without
 *            memory for it the exec is refused.
 * gh_inodes  per inode: the number of the image's identity, with everything that it depends on (lib/image.h).
 * gh_places  counted up by hooks/label.c when a directory is renamed or a mount changes: paths may have changed.
 * gh_pass    which pass the iterator makes; written by the agent.
 */
#ifndef GH_MAPS_LABELS_H
#define GH_MAPS_LABELS_H

#include <bpf/bpf_helpers.h>
#include "../abi/source.h"
#include "../abi/table.h"
#include "shared.h"

#define GH_KNOWN_PROCESSES 131072

struct gh_process_key {
	__u32 pid;
	__u32 pad;
	__u64 start_nanoseconds;
};

#define GH_PROGRAM_SOURCES 11 /* names, file, hash: enum gh_process_source */

/* A process for one generation, without what may change without an exec. */
struct gh_program_label {
	__u64 generation; /* 0 = none */
	__u64
	    exec; /* the process's count of execs when it was made; it has executed something since if that is another */
	__u64 ancestors; /* tests that an earlier program of it or of a process that it descends from satisfied */
	__u64 self; /* tests that its program satisfies */
	__u32 class[GH_PROGRAM_SOURCES];
	__u32 pad;
};

/* What is not certain of a process: a bit of the mask GH_PROCESS_MASK_DOUBT. */
enum gh_doubt {
	/* Made when nothing was known any more although a policy asks for ancestors. */
	GH_DOUBT_ANCESTORS = 1,
	/* Another file calls itself the program than the one that was executed (PR_SET_MM_EXE_FILE). */
	GH_DOUBT_PROGRAM = 2,
};

/*
 * An element of a hash can be used again for another key while it is read. It is copied from its end to its beginning, and
 * counts only if both stamps are the same (gh_known_read).
 */
struct gh_known {
	__u64 first_stamp;
	struct gh_program_label label[GH_GENERATION_SLOTS];
	__u64 hash_exec; /* the exec whose program the hash is of */
	__u8 sha256[32]; /* if hash_state says so */
	__u32 hash_state; /* enum gh_hash_state */
	__u32 doubt; /* enum gh_doubt */
	struct gh_inode_key program; /* the file that ran when this was made first for that exec */
	__u64 program_exec;
	__u64 last_stamp;
};

/* The agent makes it as large as the kernel lets there be threads, up to this. Preallocated: half the cost of a fork's entry. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GH_KNOWN_PROCESSES);
	__type(key, struct gh_process_key);
	__type(value, struct gh_known);
} gh_known SEC(".maps");

__u64 gh_stamps;

/* What a process is at the moment, as far as labels depend on it; what no rule tests stays 0. */
struct gh_moment {
	__u32 uid;
	__u32 effective_uid;
	__u32 gid;
	__u32 effective_gid;
	__u32 login_uid;
	__u32 flags; /* enum gh_process_flag */
	__u64 capabilities;
};

/* One thread, ever: its place in memory may be another's later, but not one that began at the same nanosecond. */
struct gh_task_now {
	__u64 start_nanoseconds;
	__u64 task; /* where the kernel keeps it */
	__u64 exec; /* the process's count of execs */
	struct gh_moment moment;
};

/* Odd version: being written. What is read between two equal even versions is one label. */
struct gh_task_label {
	__u64 version;
	__u64 start_nanoseconds; /* of the thread */
	__u64 task;
	__u64 generation;
	__u64 exec;
	struct gh_moment moment;
	__u64 class;
};

#define GH_TASK_LABEL_BITS 15

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << GH_TASK_LABEL_BITS);
	__type(key, __u32);
	__type(value, struct gh_task_label);
} gh_tasks SEC(".maps");

/* What somebody asked of somebody, and how both were; only kept if nothing had anything to say (lib/pair.h). */
struct gh_pair {
	__u64 version;
	__u64 generation;
	__u64 request;
	struct gh_task_now subject;
	struct gh_task_now target;
};

#define GH_PAIR_BITS 14

struct gh_pair gh_pairs[1 << GH_PAIR_BITS];

/* Where and what a file was when it was labelled. All of it must be the same for the label to hold. */
struct gh_image_stamp {
	__u64 generation;
	__u64 places; /* gh_places */
	__u64 mounts; /* changes of the viewer's mount namespace */
	__u64 mount;
	__u64 dentry;
	__u64 parent; /* inode number of the directory */
	__u64 name; /* hash, and length with the count of renames, as the dentry cache has them */
	__u64 root_mount;
	__u64 root_dentry;
	__u64 size;
	__u64 changed; /* when the content changed, if the hash is known; else 0 */
	struct gh_inode_key content; /* the same */
	__u64 epoch; /* the same */
	__u64 mount_epoch;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 flags; /* enum gh_image_flag */
	__u32 kind; /* enum gh_image_kind */
	__u32 hash_state; /* enum gh_hash_state */
	__u32 mount_flags; /* those of enum gh_image_flag that are the mount's */
	__u32 answers; /* of clients, if some rule asks them */
	__u32 asks; /* whether some rule does */
	__u32 pad;
};

struct gh_image_label {
	__u64 version;
	struct gh_image_stamp stamp;
	__u32 class;
	__u32 pad;
};

/* One file of an exec as it was decided. */
struct gh_exec_part {
	__u64 generation;
	struct gh_identity subject;
	struct gh_identity image;
};

/* An exec between its decision and its new program: its file, or the script and then its interpreter. */
struct gh_exec {
	__u64 count; /* of parts; 0 = no rule tests arguments */
	__u64 flags; /* enum gh_operation_flag */
	struct gh_exec_part part[2];
};

#define GH_EXECS 16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, GH_EXECS);
	__type(key, __u64);
	__type(value, struct gh_exec);
} gh_execs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct gh_image_label);
} gh_inodes SEC(".maps");

__u64 gh_places;

volatile __u64 gh_pass GH_SHARED(gh_pass);

#endif
