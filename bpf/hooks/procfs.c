/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.open by files: the memory and the settings of a process in procfs, and the control groups' files.
 *
 * file_open        sees each open. May deny that of /proc/PID/mem and of a setting, for what it is opened for.
 * file_permission  sees each read and write, also by io_uring, splice and a descriptor that was opened before there was a
 *                  policy, or by another process. May deny. Called for all files: a file of another file system costs two
 *                  comparisons. A control group's file is decided only here, when it is known who is in the group.
 */
#include "../lib/ask_each.h"
#include "../lib/cgroup.h"
#include "../lib/procfs.h"

#define FMODE_READ_BIT	  0x1u
#define MAY_WRITE_BIT	  0x2
#define MAY_READ_BIT	  0x4
#define MAY_APPEND_BIT	  0x8

/* Asks each right of a set of whoever was found. */
static __noinline int gh_ask_found(const struct gh_found *found, __u32 rights, __u32 hook)
{
	for (int i = 0; i < GH_RIGHTS_AT_ONCE; i++) {
		if (!rights)
			return 0;
		if (gh_ask_open_untrusted((void *)found->task, gh_lowest_bit(rights), hook))
			return -EPERM;
		rights &= rights - 1;
	}
	return rights ? -EPERM : 0;
}

/* A process that is gone has no settings; its memory may live on in another that shares it. */
static __noinline int gh_ask_proc_file(struct file *file, __u32 reads, __u32 writes, __u32 hook)
{
	__u32 of_memory = GH_RIGHT_BIT(READ_MEMORY) | GH_RIGHT_BIT(WRITE_MEMORY);
	struct gh_found found;
	__u32 pid, rights;

	if (!gh_proc_owner(BPF_CORE_READ(file, f_inode), &found))
		return 0;
	rights = gh_rights_of_proc_file(file, reads, writes);
	if (!rights)
		return 0;
	pid = found.pid;
	if (pid && gh_ask_found(&found, rights, hook))
		return -EPERM;
	if (hook == GH_HOOK_FILE_OPEN || !(rights & of_memory))
		return 0;
	gh_memory_owner(file, &found);
	return found.pid && found.pid != pid ? gh_ask_found(&found, rights, hook) : 0;
}

SEC("lsm/file_open")
int BPF_PROG(gh_file_open, struct file *file, int ret)
{
	if (ret || file->f_inode->i_sb->s_magic != MAGIC_PROC || !gh_open_wanted())
		return ret;
	return gh_ask_proc_file(file, file->f_mode & FMODE_READ_BIT, file->f_mode & FMODE_WRITE_BIT, GH_HOOK_FILE_OPEN);
}

SEC("lsm/file_permission")
int BPF_PROG(gh_file_use, struct file *file, int mask, int ret)
{
	unsigned long magic = file->f_inode->i_sb->s_magic;
	int writes = mask & (MAY_WRITE_BIT | MAY_APPEND_BIT);

	if (ret || (magic != MAGIC_PROC && magic != MAGIC_CGROUP2 && magic != MAGIC_CGROUP) || !gh_open_wanted())
		return ret;
	if (magic == MAGIC_PROC)
		return gh_ask_proc_file(file, mask & MAY_READ_BIT, writes, GH_HOOK_FILE_PERMISSION);
	if (!writes)
		return 0;
	return magic == MAGIC_CGROUP2 ? gh_ask_group_write(file, GH_HOOK_FILE_PERMISSION) :
					gh_ask_old_group_write(file, GH_HOOK_FILE_PERMISSION);
}
