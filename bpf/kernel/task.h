/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The task structures that we touch: only the fields that are read. */
#ifndef GH_KERNEL_TASK_H
#define GH_KERNEL_TASK_H

#include <linux/types.h>
#include "fs.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
	__u64 event; /* counts changes of its mounts */
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level; /* 0: of the first pid namespace */
	struct upid numbers[1];
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

typedef struct {
	__u64 val;
} kernel_cap_t;

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct mm_struct {
	unsigned long start_code;
	unsigned long arg_start;
	unsigned long arg_end;
	struct file *exe_file;
};

struct task_struct {
	struct mm_struct *mm;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	__u64 self_exec_id;
	unsigned int flags;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct nsproxy *nsproxy;
	kuid_t loginuid;
	unsigned int sessionid;
	unsigned int in_execve : 1;
};

struct linux_binprm {
	unsigned int is_check : 1; /* from 6.14 */
	struct file *file;
	unsigned long p; /* of the new program's arguments */
	int argc;
	int envc;
	const char *filename;
	const char *interp; /* another text than filename once a script has named its interpreter */
	char buf[2]; /* the file's first bytes; longer in the kernel */
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file;
};

struct bpf_iter__task {
	struct task_struct *task;
};

#pragma clang attribute pop

/* From include/linux/sched.h. */
#define PF_KTHREAD_BIT 0x200000u

#define VM_EXEC_BIT   0x4ul
#define PROT_EXEC_BIT 0x4ul

#define MAP_TYPE_MASK	 0xful
#define MAP_PRIVATE_TYPE 0x2ul

#endif
