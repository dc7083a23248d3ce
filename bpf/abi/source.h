/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a decision is made from. The agent's compiler turns each fact into a small number, its class: which of the tests
 * that rules make does it satisfy. The kernel side fills in classes and masks; which of them matter, and what they mean
 * for which rule, only the tables say. A new fact is a new number here, not new code in the decision.
 */
#ifndef GH_ABI_SOURCE_H
#define GH_ABI_SOURCE_H

/* Classes of names that do not come from the automaton's patterns. */
enum gh_name_class {
	GH_NAME_CLASS_NONE = 0, /* no pattern accepts the text */
	/* Every row: backward and glob of a bound name, whose forward class says all there is; and a name that cannot be read. */
	GH_NAME_CLASS_ALL = 1,
};

/* A file has up to three names (as spelled; as bound at load; the same for the inode beneath an overlay), each three classes. */
enum gh_name {
	GH_NAME_FORWARD = 0, /* exact paths and prefixes */
	GH_NAME_BACKWARD = 1, /* suffixes */
	GH_NAME_GLOB = 2,
	GH_NAME_CLASSES = 3,
	GH_NAMES = 3,
};

/* Index of struct gh_facts.class: a role, and what it is of that role. Class 0 is always "nothing that a rule tests". */
enum gh_source {
	GH_SOURCE_PROCESS = 0, /* the acting process: enum gh_process_source */
	GH_SOURCE_TARGET = 16, /* the process acted on: enum gh_process_source */
	GH_SOURCE_IMAGE = 32, /* enum gh_image_source */
	GH_SOURCE_OPERATION = 48, /* enum gh_operation_source */
	GH_SOURCE_COUNT = 64,
};

enum gh_process_source {
	GH_PROCESS_NAMES = 0, /* to 8: three names of its executable */
	GH_PROCESS_FILE = 9, /* the bound inode itself */
	GH_PROCESS_SHA256 = 10,
	GH_PROCESS_UID = 11,
	GH_PROCESS_EFFECTIVE_UID = 12,
	GH_PROCESS_GID = 13,
	GH_PROCESS_EFFECTIVE_GID = 14,
	GH_PROCESS_LOGIN_UID = 15,
	GH_PROCESS_SOURCES = 16,
};

/* Names, file and hash are where those of a process are. */
enum gh_image_source {
	GH_IMAGE_NAMES = 0,
	GH_IMAGE_FILE = 9,
	GH_IMAGE_SHA256 = 10,
	GH_IMAGE_OWNER_UID = 11,
	GH_IMAGE_OWNER_GID = 12,
	GH_IMAGE_SIZE = 13,
	GH_IMAGE_FILE_SYSTEM = 14,
	GH_IMAGE_KIND = 15, /* enum gh_image_kind */
	GH_IMAGE_SOURCES = 16,
};

enum gh_operation_source {
	GH_OPERATION_NAME = 0, /* to 2: the one name of an argument or environment variable */
	GH_OPERATION_RIGHT = 3, /* enum gh_right */
	GH_OPERATION_SIGNAL = 4,
	GH_OPERATION_CHANGE = 5, /* enum gh_change */
	GH_OPERATION_NEW_UID = 6,
	GH_OPERATION_NEW_GID = 7,
	GH_OPERATION_EXIT_STATUS = 8,
	GH_OPERATION_EXIT_SIGNAL = 9,
	GH_OPERATION_PROGRAM_TYPE = 10, /* enum bpf_prog_type of the kernel */
	GH_OPERATION_BACKING = 11, /* enum gh_backing */
	GH_OPERATION_SOURCES = 16,
};

/* Index of struct gh_facts.mask: a role, and what it is of that role. */
enum gh_mask {
	GH_MASK_PROCESS = 0,
	GH_MASK_TARGET = 4,
	GH_MASK_IMAGE = 8,
	GH_MASK_OPERATION = 12,
	GH_MASK_COUNT = 16,
};

/* Two masks of an image are no sets of bits but classes, for which there is no place among the others. */
enum gh_image_mask {
	GH_IMAGE_MASK_FLAGS = 0, /* enum gh_image_flag */
	GH_IMAGE_MASK_TRUST = 1, /* enum gh_trust_class */
	GH_IMAGE_MASK_VERITY =
	    2, /* class of its fs-verity digest, from the table of hashes; GH_HASH_CLASS_OTHER without */
	GH_IMAGE_MASK_ANSWERS = 3, /* bit 0 to 15: clients that allowed this content; 16 to 31: those that refused it */
	GH_IMAGE_MASKS = 4,
};

enum gh_process_mask {
	GH_PROCESS_MASK_FLAGS = 0, /* enum gh_process_flag */
	GH_PROCESS_MASK_CAPABILITIES = 1,
	GH_PROCESS_MASK_ANCESTORS =
	    2, /* ancestor tests that an earlier program of the process or of its ancestors satisfied */
	GH_PROCESS_MASK_DOUBT = 3, /* what is not certain; no rule tests it, deciding does */
	GH_PROCESS_MASKS = 4,
};

enum gh_operation_mask {
	GH_OPERATION_MASK_FLAGS = 0, /* enum gh_operation_flag */
	/* Creation: enum gh_namespace_flag, enum gh_creation_flag. Credentials: capabilities gained. Memory: enum gh_memory_bit. */
	GH_OPERATION_MASK_BITS = 1,
	GH_OPERATION_MASK_ARGUMENTS = 2, /* argument tests that some argument satisfies */
	GH_OPERATION_MASK_ENVIRONMENT = 3, /* the same of the names of environment variables */
	GH_OPERATION_MASKS = 4,
};

/* Classes of a hash below GH_HASH_NAMED do not come from a table. */
enum gh_hash_class {
	/*
	 * Its vector is the rows that test the hash or the trust: a decision that finds one of them asks for the hash and decides again. The
	 * same vector for both facts, or a plan with both would find only rows that test both.
	 */
	GH_HASH_CLASS_NOT_ASKED = 0,
	GH_HASH_CLASS_UNKNOWN = 1,
	GH_HASH_CLASS_VOLATILE = 2,
	GH_HASH_CLASS_OTHER = 3, /* known, and no rule names it */
	GH_HASH_CLASS_NAMED = 4,
};

/* Who vouches for a content: the strongest that does. */
enum gh_trust {
	GH_TRUST_NONE = 0,
	GH_TRUST_PACKAGE = 1,
	GH_TRUST_BASELINE = 2,
	GH_TRUST_SIGNER = 3,
};

/* As enum gh_hash_class: trust is known where the hash is, or the fs-verity digest. */
enum gh_trust_class {
	GH_TRUST_CLASS_NOT_ASKED = 0,
	GH_TRUST_CLASS_UNKNOWN = 1,
	GH_TRUST_CLASS_VOLATILE = 2,
	GH_TRUST_CLASS_NONE = 3, /* and on with enum gh_trust */
	GH_TRUST_CLASS_COUNT = 7,
};

/* Which sorted table of numbers a fact is looked up in; the class is the index of the last bound that is not above it. */
enum gh_number_table {
	GH_NUMBERS_ID = 0, /* all user and group ids */
	GH_NUMBERS_SIZE = 1, /* bytes */
	GH_NUMBERS_SIGNAL = 2,
	GH_NUMBERS_FILE_SYSTEM = 3, /* magic numbers */
	GH_NUMBERS_STATUS = 4, /* exit status */
	GH_NUMBERS_TABLES = 8,
};

enum gh_image_kind {
	GH_IMAGE_KIND_NONE = 0,
	GH_IMAGE_KIND_EXECUTABLE = 1,
	GH_IMAGE_KIND_SCRIPT = 2,
	GH_IMAGE_KIND_INTERPRETER = 3,
	GH_IMAGE_KIND_LIBRARY = 4,
	GH_IMAGE_KIND_MODULE = 5,
	GH_IMAGE_KIND_BPF_PROGRAM = 6,
	GH_IMAGE_KIND_KEXEC_IMAGE = 7,
	GH_IMAGE_KIND_FIRMWARE = 8,
};

/* What process.open and thread.open can ask for. Each is decided by itself. */
enum gh_right {
	GH_RIGHT_NONE = 0,
	GH_RIGHT_QUERY = 1,
	GH_RIGHT_READ_MEMORY = 2,
	GH_RIGHT_WRITE_MEMORY = 3,
	GH_RIGHT_DEBUG = 4,
	GH_RIGHT_DUPLICATE_DESCRIPTOR = 5,
	GH_RIGHT_TERMINATE = 6,
	GH_RIGHT_SUSPEND = 7,
	GH_RIGHT_RESUME = 8,
	GH_RIGHT_SIGNAL = 9,
	GH_RIGHT_SET_SCHEDULING = 10,
	GH_RIGHT_SET_LIMITS = 11,
	GH_RIGHT_MOVE_MEMORY = 12,
	GH_RIGHT_FREEZE = 13,
	GH_RIGHT_KILL_GROUP = 14,
	GH_RIGHT_OOM_ADJUST = 15,
	GH_RIGHT_COUNT = 16,
};

/* What process.credentials changes. */
enum gh_change {
	GH_CHANGE_NONE = 0,
	GH_CHANGE_UID = 1,
	GH_CHANGE_GID = 2,
	GH_CHANGE_GROUPS = 3,
	GH_CHANGE_CAPABILITIES = 4,
	GH_CHANGE_USER_NAMESPACE = 5,
};

enum gh_process_flag {
	GH_PROCESS_KERNEL_THREAD = 1,
	GH_PROCESS_CONTAINER = 2, /* its mount namespace is not that of the first process */
};

enum gh_operation_flag {
	GH_OPERATION_FLAG_CHILD = 1, /* the target is a child of the acting process */
	GH_OPERATION_FLAG_SETUID_GAIN = 2, /* the exec changes the effective user or adds capabilities */
	GH_OPERATION_FLAG_IO_WORKER = 4, /* the thread is a worker of io_uring */
};

/* Bits of create.namespaces, by their clone flags. */
enum gh_namespace_flag {
	GH_NAMESPACE_TIME = 0x80,
	GH_NAMESPACE_MOUNT = 0x20000,
	GH_NAMESPACE_CGROUP = 0x2000000,
	GH_NAMESPACE_UTS = 0x4000000,
	GH_NAMESPACE_IPC = 0x8000000,
	GH_NAMESPACE_USER = 0x10000000,
	GH_NAMESPACE_PID = 0x20000000,
	GH_NAMESPACE_NETWORK = 0x40000000,
};

/* Bits of create.flags, by their clone flags. */
enum gh_creation_flag {
	GH_CREATION_SHARE_MEMORY = 0x100,
	GH_CREATION_SHARE_FILE_SYSTEM = 0x200,
	GH_CREATION_SHARE_DESCRIPTORS = 0x400,
	GH_CREATION_SHARE_SIGNAL_HANDLERS = 0x800,
	GH_CREATION_TRACED = 0x2000,
	GH_CREATION_VFORK = 0x4000,
	GH_CREATION_SAME_PARENT = 0x8000,
};

/* What is known of memory that becomes executable. Protections are read 1, write 2, execute 4, as in mmap. */
enum gh_memory_bit {
	GH_MEMORY_REQUESTED = 1, /* to 4: what the call asked for */
	GH_MEMORY_PROTECTION = 8, /* to 32: what it gets, also by the personality */
	GH_MEMORY_BEFORE = 64, /* to 256: what it had */
	GH_MEMORY_SHARED = 512,
	GH_MEMORY_WRITTEN =
	    1024, /* private, and a page of it was written since it was mapped, whatever its protection is now */
	GH_MEMORY_STACK = 2048,
	GH_MEMORY_HEAP = 4096, /* of brk */
	GH_MEMORY_READ_IMPLIES_EXECUTE = 8192, /* personality */
	GH_MEMORY_BACKING = 65536, /* from here on three bits: enum gh_backing */
};

/* What is behind memory. */
enum gh_backing {
	GH_BACKING_NONE = 0,
	GH_BACKING_ANONYMOUS = 1,
	GH_BACKING_SHARED = 2, /* without a name: shared anonymous memory, System V */
	GH_BACKING_FILE = 3,
	GH_BACKING_MEMFD = 4,
	GH_BACKING_DEVICE = 5, /* what is neither memory nor a regular file */
};

#endif
