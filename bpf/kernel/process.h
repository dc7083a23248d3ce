/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * More of tasks, for the hooks of class process. Flavours (three underscores) of structures that task.h and fs.h have too:
 * CO-RE cuts the name there, so each header says only what its own readers need.
 */
#ifndef GH_KERNEL_PROCESS_H
#define GH_KERNEL_PROCESS_H

#include "fs.h"
#include "task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct signal_struct {
	atomic_t live; /* threads that have not begun to end */
	struct list_head thread_head;
	int group_exit_code;
	unsigned int flags;
};

struct sigaction {
	void *sa_handler;
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

struct thread_info {
	__u32 status;
};

struct css_set;
struct io_uring_task;

struct task_struct___process {
	struct thread_info thread_info;
	unsigned int flags;
	int exit_code;
	struct list_head tasks;
	struct hlist_node pid_links[4];
	struct list_head thread_node;
	unsigned int __state;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct css_set *cgroups;
	struct io_uring_task *io_uring;
};

struct pid___tasks {
	struct hlist_head tasks[4];
};

struct pt_regs___call {
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long sp;
};

/* The owner of a file's signals is a part of the file to 6.11; then the file has a pointer to it, and it one back. */
struct fown_struct {
	int signum;
};

struct fown_struct___file {
	struct file *file;
};

struct file___owner {
	struct fown_struct f_owner;
};

struct mm_struct___owner {
	atomic_t mm_users;
	struct task_struct *owner; /* where there are memory control groups */
};

/* The user and group ids and capabilities that one change may change. */
struct cred___ids {
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kgid_t sgid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
};

/* Only where they are: a capability set is 64 bits in the same order on all kernels, whatever its type (lib/process.h). */
struct cred___capabilities {
	kernel_cap_t cap_inheritable;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
};

struct linux_binprm___cred {
	struct cred *cred;
};

#pragma clang attribute pop

/* From include/linux/sched.h, sched/signal.h, ptrace.h, and x86's asm/thread_info.h. */
#define PF_IO_WORKER_BIT	0x10u
#define PF_KERNEL_THREAD_BIT	0x200000u
#define SIGNAL_GROUP_EXIT_BIT	0x4u
#define PTRACE_MODE_ATTACH_BIT	0x2u
#define PTRACE_MODE_FSCREDS_BIT 0x8u
#define TASK_STATUS_COMPAT_BIT	0x2u
#define CLONE_THREAD_BIT	0x10000ul
#define TASK_NEW_BIT		0x800u

#endif
