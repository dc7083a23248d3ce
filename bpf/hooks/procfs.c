/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.open by files: the memory and the settings of a process in procfs, and the control groups' files. Besides
 * memory.write-text, of a process's own memory.
 *
 * file_open        sees each open. May deny that of /proc/PID/mem and of a setting, for what it is opened for.
 * file_permission  sees each read and write, also by io_uring, splice and a descriptor that was opened before there was a
 *                  policy, or by another process. May deny. Called for all files: a file of another file system costs two
 *                  comparisons. A control group's file is decided only here, when it is known who is in the group.
 * inode_follow_link  sees each symbolic link on the way to a file. May deny those of /proc/PID/fd, which open what another
 *                  process has open, and of map_files, which open what it has mapped.
 */
#include "../lib/ask.h"
#include "../lib/cgroup.h"
#include "../lib/procfs.h"
#include "../lib/writetext.h"

#define FMODE_READ_BIT 0x1u
#define MAY_WRITE_BIT  0x2
#define MAY_READ_BIT   0x4
#define MAY_APPEND_BIT 0x8

/* Whom to ask for what: the process that the file belongs to, and whose memory an old descriptor of `mem` reaches. */
struct gh_proc_question {
	struct gh_found owner;
	struct gh_found memory;
	__u64 left; /* a set of rights, 32 bits for the owner and then 32 for the memory's; empty = nothing to ask */
	__u32 hook;
	__u32 pad;
};

/* Asks for one right of what is left. Returns 1, which ends the loop, when nothing is left, and when it is refused. */
static long gh_proc_step(__u32 step, struct gh_proc_question *question)
{
	__u64 left = gh_unknown(&question->left);
	__u32 index = gh_lowest_bit(left);
	struct gh_found *found = index < 32 ? &question->owner : &question->memory;

	if (!left)
		return 1;
	if (gh_unknown(&found->pid) &&
	    gh_ask_open_untrusted((void *)gh_unknown(&found->task), index & 31, gh_unknown(&question->hook)))
		return 1;
	question->left = left & (left - 1);
	return 0;
}

/* What is left was refused, or not asked: closed. */
static __always_inline int gh_proc_ask(struct gh_proc_question *question)
{
	bpf_loop(64, gh_proc_step, question, 0);
	return gh_unknown(&question->left) ? -EPERM : 0;
}

/*
 * Returns 0 for "nobody can be asked". Not inlined, and not asking itself: a program has eight stack frames, and the engine
 * needs most of them.
 */
static __noinline int gh_proc_ask_whom(struct file *file, __u32 reads, __u32 writes, struct gh_proc_question *question)
{
	__u32 of_memory = GH_RIGHT_BIT(READ_MEMORY) | GH_RIGHT_BIT(WRITE_MEMORY);
	struct pid___tasks *pid = gh_proc_pid(BPF_CORE_READ(file, f_inode));
	struct task_struct *named;
	__u32 rights;

	if (!pid)
		return 1;
	rights = gh_rights_of_proc_file(file, reads, writes);
	if (!rights || !gh_open_concerns(rights))
		return 1;
	question->left = rights;
	named = gh_pid_task(pid);
	if (named)
		gh_found_task(named, &question->owner);
	/* Before it is open, the file has no memory yet. */
	if (!(rights & of_memory) || question->hook == GH_HOOK_FILE_OPEN)
		return 1;
	question->left |= (__u64)rights << 32;
	return gh_memory_owner(file, named, &question->memory);
}

/* A process that is gone has no settings; its memory may live on in another that shares it. */
static __always_inline int gh_ask_proc_file(struct file *file, __u32 reads, __u32 writes, __u32 hook)
{
	struct gh_proc_question question = {.hook = hook};

	if (!gh_proc_ask_whom(file, reads, writes, &question))
		return gh_open_refuse_undecided();
	return gh_unknown(&question.left) ? gh_proc_ask(&question) : 0;
}

SEC("lsm/file_open")
int BPF_PROG(gh_file_open, struct file *file, int ret)
{
	if (ret || file->f_inode->i_sb->s_magic != MAGIC_PROC)
		return ret;
	/* The error that the kernel's own check has. */
	if (file->f_mode & FMODE_WRITE_BIT && gh_ask_write_text(file, GH_HOOK_FILE_OPEN))
		return -EACCES;
	if (!gh_open_wanted())
		return 0;
	return gh_ask_proc_file(file, file->f_mode & FMODE_READ_BIT, file->f_mode & FMODE_WRITE_BIT, GH_HOOK_FILE_OPEN);
}

SEC("lsm/file_permission")
int BPF_PROG(gh_file_use, struct file *file, int mask, int ret)
{
	unsigned long magic = file->f_inode->i_sb->s_magic;
	int writes = mask & (MAY_WRITE_BIT | MAY_APPEND_BIT);

	if (ret || (magic != MAGIC_PROC && magic != MAGIC_CGROUP2 && magic != MAGIC_CGROUP))
		return ret;
	if (magic == MAGIC_PROC && writes && gh_ask_write_text(file, GH_HOOK_FILE_PERMISSION))
		return -EPERM;
	if (!gh_open_wanted())
		return 0;
	if (magic == MAGIC_PROC)
		return gh_ask_proc_file(file, mask & MAY_READ_BIT, writes, GH_HOOK_FILE_PERMISSION);
	return writes ? gh_ask_group_write(file, magic == MAGIC_CGROUP2, GH_HOOK_FILE_PERMISSION) : 0;
}

/* The rights to open through a link of procfs, by the folder that it lies in. */
static __always_inline __u32 gh_rights_of_proc_link(struct dentry *dentry)
{
	char folder[GH_PROC_NAME] = {};

	if (bpf_probe_read_kernel_str(folder, GH_PROC_NAME, BPF_CORE_READ(dentry, d_parent, d_name.name)) < 0)
		return 0;
	if (gh_name_is(folder, "fd"))
		return GH_RIGHT_BIT(DUPLICATE_DESCRIPTOR);
	return gh_name_is(folder, "map_files") ? GH_RIGHT_BIT(READ_MEMORY) | GH_RIGHT_BIT(WRITE_MEMORY) : 0;
}

/* Not inlined, as gh_proc_ask_whom. Returns 0 if there is nothing to ask. */
static __noinline int gh_proc_link_ask_whom(struct dentry *dentry, struct inode *inode,
					    struct gh_proc_question *question)
{
	struct pid___tasks *pid = gh_proc_pid(inode);
	struct task_struct *named = pid ? gh_pid_task(pid) : 0;
	__u32 rights = named ? gh_rights_of_proc_link(dentry) : 0;

	if (!rights || !gh_open_concerns(rights))
		return 0;
	question->left = rights;
	gh_found_task(named, &question->owner);
	return 1;
}

SEC("lsm/inode_follow_link")
int BPF_PROG(gh_proc_link, struct dentry *dentry, struct inode *inode, int rcu, int ret)
{
	struct gh_proc_question question = {.hook = GH_HOOK_INODE_FOLLOW_LINK};

	if (ret || inode->i_sb->s_magic != MAGIC_PROC || !gh_open_wanted() ||
	    !gh_proc_link_ask_whom(dentry, inode, &question))
		return ret;
	return gh_proc_ask(&question);
}
