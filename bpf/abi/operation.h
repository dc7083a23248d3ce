/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be decided, by which hook, and why a verdict is what it is. Read by both sides; the C# mirror is generated. */
#ifndef GH_ABI_OPERATION_H
#define GH_ABI_OPERATION_H

/* Version of everything in abi/. An event or a pinned table of another version is refused, naming both numbers. */
enum gh_abi {
	GH_ABI_VERSION = 6,
};

enum gh_class {
	GH_CLASS_NONE = 0,
	GH_CLASS_PROCESS = 1,
	GH_CLASS_IMAGE = 2,
	GH_CLASS_THREAD = 3,
	GH_CLASS_MEMORY = 4,
	GH_CLASS_COUNT = 5,
};

/* The numbers are those of GateOperation in the policy compiler; a test compares them. */
enum gh_operation {
	GH_OPERATION_NONE = 0,
	GH_OPERATION_PROCESS_EXEC = 1,
	GH_OPERATION_IMAGE_LOAD_EXECUTABLE = 2,
	GH_OPERATION_IMAGE_LOAD_LIBRARY = 3,
	GH_OPERATION_PROCESS_CREATE = 4,
	GH_OPERATION_PROCESS_EXIT = 5, /* nothing to refuse: only audited */
	GH_OPERATION_PROCESS_OPEN = 6,
	GH_OPERATION_PROCESS_CREDENTIALS = 7,
	GH_OPERATION_THREAD_CREATE = 8,
	GH_OPERATION_THREAD_OPEN = 9,
	/* process.exec once more, when the arguments are known: nothing to refuse any more, only to kill. */
	GH_OPERATION_PROCESS_EXEC_ARGUMENTS = 10,
	/* image.load of what the kernel itself reads or is given: modules, kexec images, firmware. */
	GH_OPERATION_IMAGE_LOAD_KERNEL = 11,
	/* image.load of a BPF program, which is no file: only the process, the kind and the type can be tested. */
	GH_OPERATION_IMAGE_LOAD_PROGRAM = 12,
	/* memory.map and memory.protect: memory becomes executable, or writable while it is. Without a file, and with one. */
	GH_OPERATION_MEMORY_MAP = 13,
	GH_OPERATION_MEMORY_MAP_FILE = 14,
	GH_OPERATION_MEMORY_PROTECT = 15,
	GH_OPERATION_MEMORY_PROTECT_FILE = 16,
	GH_OPERATION_MEMORY_WRITE_TEXT =
	    17, /* a process writes to its own memory through procfs, past its protection */
	GH_OPERATION_MEMORY_USERFAULTFD = 18,
	GH_OPERATION_COUNT = 19,
	/* Not operations: which ancestor, argument and environment tests one program or text satisfies (struct gh_generation). */
	GH_OPERATION_ANCESTOR_TESTS = 19,
	GH_OPERATION_ARGUMENT_TESTS = 20,
	GH_OPERATION_ENVIRONMENT_TESTS = 21,
};

enum gh_hook {
	GH_HOOK_NONE = 0,
	GH_HOOK_BPRM_CHECK = 1,
	GH_HOOK_MMAP_FILE = 2,
	GH_HOOK_FILE_MPROTECT = 3,
	GH_HOOK_BPRM_CREDS_FROM_FILE = 4,
	GH_HOOK_BPRM_COMMITTED_CREDS = 5,
	GH_HOOK_TASK_ALLOC = 6,
	GH_HOOK_SCHED_PROCESS_EXIT = 7,
	GH_HOOK_TASK_KILL = 8,
	GH_HOOK_FILE_SEND_SIGIOTASK = 9,
	GH_HOOK_PTRACE_ACCESS_CHECK = 10,
	GH_HOOK_PTRACE_TRACEME = 11,
	GH_HOOK_TASK_SETNICE = 12,
	GH_HOOK_TASK_SETSCHEDULER = 13,
	GH_HOOK_TASK_SETIOPRIO = 14,
	GH_HOOK_TASK_SETRLIMIT = 15,
	GH_HOOK_TASK_MOVEMEMORY = 16,
	GH_HOOK_FILE_OPEN = 17,
	GH_HOOK_FILE_PERMISSION = 18,
	GH_HOOK_TASK_FIX_SETUID = 19,
	GH_HOOK_TASK_FIX_SETGID = 20,
	GH_HOOK_TASK_FIX_SETGROUPS = 21,
	GH_HOOK_CAPSET = 22,
	GH_HOOK_USERNS_CREATE = 23,
	GH_HOOK_TASK_GETTERS = 24, /* getpgid, getsid, getscheduler, getioprio, prlimit */
	GH_HOOK_INODE_FOLLOW_LINK = 25,
	GH_HOOK_KERNEL_READ_FILE = 26,
	GH_HOOK_KERNEL_LOAD_DATA = 27, /* memory that the kernel does not show before it is used: kexec_load */
	GH_HOOK_KERNEL_POST_LOAD_DATA = 28,
	GH_HOOK_BPF = 29,
	GH_HOOK_BPRM_CREDS_FOR_EXEC = 30,
	GH_HOOK_SCHED_PROCESS_EXEC = 31,
	GH_HOOK_INODE_INIT_SECURITY_ANON = 32,
	GH_HOOK_DO_BRK_FLAGS = 33,
};

enum gh_reason {
	GH_REASON_NO_RULE = 0,
	GH_REASON_RULE = 1,
	GH_REASON_CANARY = 2,
	/* The reasons below fail closed: something that the active policy needs could not be had. */
	GH_REASON_GENERATION_RACE = 3,
	GH_REASON_TABLE_MISSING = 4,
	GH_REASON_SUBJECT_UNKNOWN = 5, /* who set the owner of the signal is not known any more */
	GH_REASON_NO_MEMORY = 6, /* no scratch or no label could be had */
};

enum gh_action {
	GH_ACTION_NONE = 0,
	GH_ACTION_ALLOW = 1,
	GH_ACTION_DENY = 2,
	GH_ACTION_AUDIT = 3,
	GH_ACTION_KILL = 4,
};

enum gh_hash_state {
	GH_HASH_NOT_NEEDED = 0,
	GH_HASH_KNOWN = 1,
	/* Could not be computed in this hook, or the file is too large; the rule's onMiss decides. */
	GH_HASH_UNKNOWN = 2,
	/* Changes while we look (shared with a writer, or open for writing in a hook that cannot read): no hash applies. */
	GH_HASH_VOLATILE = 3,
};

enum gh_image_flag {
	GH_IMAGE_MEMFD = 1,
	GH_IMAGE_OVERLAY = 2,
	GH_IMAGE_UNLINKED = 4,
	GH_IMAGE_WRITERS = 8,
	GH_IMAGE_SETUID = 16,
	GH_IMAGE_SETGID = 32,
	GH_IMAGE_OVERLAY_UPPER = 64, /* on overlayfs: the content comes from the upper layer */
	GH_IMAGE_GROUP_WRITABLE = 128,
	GH_IMAGE_WORLD_WRITABLE = 256,
	GH_IMAGE_FROM_MEMORY = 512, /* no file: init_module, kexec_load */
	/* Of the mount through which it was opened. */
	GH_IMAGE_MOUNT_READ_ONLY = 1024,
	GH_IMAGE_MOUNT_NO_SUID = 2048,
	GH_IMAGE_MOUNT_NO_DEV = 4096,
	GH_IMAGE_MOUNT_NO_EXEC = 8192,
};

enum gh_truncated {
	GH_TRUNCATED_PATH = 1,
	GH_TRUNCATED_EXECUTABLE = 2,
	GH_TRUNCATED_DIRECTORY = 4,
	GH_TRUNCATED_ARGUMENTS = 8,
	GH_TRUNCATED_TARGET = 16,
};

enum gh_report {
	GH_REPORT_ALL = 0,
	GH_REPORT_MATCHED = 1,
};

/* Index of gh_counts. Every helper failure has a place of its own, so that status can say where. */
enum gh_counter {
	GH_COUNTER_DECISIONS = 0,
	GH_COUNTER_DENIALS = 1,
	GH_COUNTER_CANARY_DENIALS = 2,
	GH_COUNTER_HASHES_COMPUTED = 3,
	GH_COUNTER_HASHES_CACHED = 4,
	GH_COUNTER_HASH_FAILURES = 5,
	GH_COUNTER_HASH_OTHER_ALGORITHM = 6,
	GH_COUNTER_PATH_FAILURES = 7,
	GH_COUNTER_GENERATION_RACES = 8,
	GH_COUNTER_TABLES_MISSING = 9,
	GH_COUNTER_SCRATCH_EXHAUSTED = 10,
	GH_COUNTER_CONTENT_STORE_FAILURES = 11,
	GH_COUNTER_EVENTS_REPORTED = 12,
	GH_COUNTER_WRITE_OPENS = 13,
	GH_COUNTER_HASH_TOO_LARGE = 14,
	/* Served by a FUSE program, or copied up on overlayfs since it was opened. */
	GH_COUNTER_HASH_UNREADABLE = 15,
	GH_COUNTER_VERDICTS_CACHED = 16,
	GH_COUNTER_LABELS_MADE = 17,
	GH_COUNTER_LABEL_FAILURES = 18,
	/* More different processes or images than a generation has numbers for: each is decided anew, never wrong. */
	GH_COUNTER_CLASSES_EXHAUSTED = 19,
	GH_COUNTER_KILLS = 20,
	GH_COUNTER_SUBJECTS_UNKNOWN = 21,
	GH_COUNTER_COUNT = 22,
};

#endif
