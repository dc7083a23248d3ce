/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the ring carries. Every record starts with a version and its size; a reader refuses a version it does not know. */
#ifndef GH_ABI_EVENT_H
#define GH_ABI_EVENT_H

#include <linux/types.h>
#include "table.h"

enum gh_event_kind {
	GH_EVENT_DECISION = 1,
};

enum gh_event_limit {
	GH_ANCESTORS = 8,
	GH_COMMAND_BYTES = 16,
	/* The text fields' limits; what does not fit is cut and said so in `truncated`. */
	GH_TEXT_PATH = 4096,
	GH_TEXT_EXECUTABLE = 256,
	GH_TEXT_DIRECTORY = 256,
	GH_TEXT_ARGUMENTS = 512,
	GH_TEXT_TARGET = 256,
	GH_TEXT_BYTES = 5376,
};

struct gh_event_header {
	__u16 version; /* enum gh_abi */
	__u16 kind; /* enum gh_event_kind */
	__u32 size; /* of the whole record, text included */
	__u64 sequence; /* global, from 1; given before room is asked for, so a gap is a loss */
	__u64 class_sequence;
	__u64 boot_nanoseconds; /* CLOCK_BOOTTIME */
};

struct gh_ancestor {
	__u32 pid;
	__u32 pad;
	__u64 start_nanoseconds;
	char command[16];
};

/* Identity is pid with start_nanoseconds; a pid alone is reused. Ids are those of the initial namespaces. */
struct gh_process {
	__u32 pid;
	__u32 tid;
	__u64 start_nanoseconds; /* since boot, suspend included */
	__u32 uid;
	__u32 effective_uid;
	__u32 gid;
	__u32 effective_gid;
	__u32 login_uid; /* all ones = unset */
	__u32 session; /* all ones = unset */
	__u64 effective_capabilities;
	__u64 cgroup;
	__u32 mount_namespace;
	__u32 pid_namespace;
	__u32 user_namespace;
	__u32 ancestor_count;
	char command[16];
	struct gh_ancestor ancestors[8];
};

struct gh_image {
	struct gh_inode_key inode; /* the inode that the hook saw */
	struct gh_inode_key backing; /* the inode that holds the content: another one on overlayfs, else the same */
	__u64 size;
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u32 links;
	__u32 magic; /* of the file system */
	__u32 flags; /* enum gh_image_flag */
	__u32 hash_state; /* enum gh_hash_state */
	__u32 kind; /* enum gh_image_kind */
	__u8 sha256[32];
	__u8 verity[32]; /* fs-verity digest, if `has_verity` */
	__u32 has_verity;
	__u32 trust_class; /* enum gh_trust_class */
	__u32 answers; /* as GH_IMAGE_MASK_ANSWERS */
	__u32 program_type; /* enum bpf_prog_type of the kernel, of a BPF program */
};

/* The process that is acted on. pid 0 = none. */
struct gh_target {
	__u32 pid;
	__u32 tid;
	__u64 start_nanoseconds;
	__u32 uid;
	__u32 effective_uid;
	__u32 gid;
	__u32 effective_gid;
	char command[16];
};

/* What is asked of it; fields that the operation does not have are 0. */
struct gh_request {
	__u32 right; /* enum gh_right */
	__u32 signal;
	__u32 change; /* enum gh_change */
	__u32 new_uid;
	__u32 new_gid;
	__u32 exit_status;
	__u32 exit_signal;
	__u32 flags; /* enum gh_operation_flag */
	__u64
	    bits; /* of a creation its clone flags; of a change of credentials the capabilities that are gained; of memory enum gh_memory_bit */
	__u64 run_nanoseconds;
};

struct gh_verdict {
	__u64 generation;
	__u32 rule; /* GH_RULE_NONE = none */
	__u32 audited_rule; /* first rule that matched without deciding, or GH_RULE_NONE */
	__u32 reason; /* enum gh_reason */
	__u32 denied;
	__u32 killed; /* the acting process was sent SIGKILL instead of being refused */
	__u32 pad;
};

struct gh_text {
	__u16 offset; /* into the text behind the record */
	__u16 length; /* without terminator */
};

struct gh_decision_event {
	struct gh_event_header header;
	__u32 operation; /* enum gh_operation */
	__u32 hook; /* enum gh_hook */
	struct gh_verdict verdict;
	struct gh_process process;
	struct gh_image image; /* inode 0 = none */
	struct gh_target target;
	struct gh_request request;
	struct gh_text path;
	struct gh_text executable;
	struct gh_text directory;
	struct gh_text
	    arguments; /* separated by zero bytes; of an exec those before it, once it is known those after it */
	struct gh_text target_executable;
	__u32 truncated; /* enum gh_truncated */
};

#endif
