/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Content of guarded files, and of the block devices that they lie on.
 *
 * file_open        opens for writing, also by handle, through procfs, another name, mount or root. May deny.
 * file_permission  each write by a descriptor, also by one from before the seal, by io_uring, splice and fallocate. May deny.
 * mmap_file        shared mappings by a descriptor that may write; code that the agent maps (keepers.c). May deny.
 * file_mprotect    the same of a mapping from before the seal, and of one that becomes code. May deny.
 *
 * Not seen: stores to a mapping that is shared and writable already. The agent names who has one: open.
 */
#include <bpf/bpf_tracing.h>
#include "../kernel/memory.h"
#include "../lib/unknown.h"
#include "guard.h"

#define MAY_WRITE_BIT  0x2
#define MAY_APPEND_BIT 0x8

static __always_inline int gs_write_device(struct inode *inode)
{
	if ((inode->i_mode & MODE_TYPE_MASK) != MODE_BLOCK || !gs_is_guarded_device(inode->i_rdev))
		return 0;
	return gs_refuse(GH_DEED_DEVICE, inode->i_rdev);
}

/* User space cannot know what an inode is called here: stat's device is another one on some file systems. */
static __always_inline void gs_note_binding(struct inode *inode)
{
	struct gh_inode_key key = {};
	__u32 one = 1;

	if (!gs_binding || gs_binding != (__u32)bpf_get_current_pid_tgid())
		return;
	gs_identify(inode, &key);
	bpf_map_update_elem(&gs_seen, &key, &one, BPF_ANY);
}

SEC("lsm/file_open")
int BPF_PROG(gs_open, struct file *file)
{
	struct inode *inode = file->f_inode;

	gs_note_binding(inode);
	if (!gs_is_sealed() || (!(file->f_mode & FMODE_WRITE_BIT) && !(file->f_flags & O_TRUNC_BIT)))
		return 0;
	if (gs_write_device(inode))
		return -EPERM;
	if (!gs_is_concerned(inode->i_sb))
		return 0;
	return gs_refuse_change(GH_DEED_WRITE, inode->i_ino, gs_content_of(file));
}

static __always_inline int gs_is_kernel_thread(void)
{
	return bpf_get_current_task_btf()->flags & PF_KTHREAD_BIT;
}

SEC("lsm/file_permission")
int BPF_PROG(gs_use, struct file *file, int mask)
{
	struct inode *inode = file->f_inode;
	__u64 bits;

	if (!(mask & (MAY_WRITE_BIT | MAY_APPEND_BIT)) || !gs_is_sealed())
		return 0;
	if (gs_write_device(inode))
		return -EPERM;
	if (!gs_is_concerned(inode->i_sb))
		return 0;
	bits = gs_guard_of_inode(inode);
	if (!(bits & GS_KEEPS_CONTENT) || (bits & GS_BOTH(GH_GUARD_BACKING) && gs_is_kernel_thread()))
		return 0;
	return gs_refuse_change(GH_DEED_WRITE, inode->i_ino, gs_counts(bits, GS_KEEPS_CONTENT));
}

static __always_inline int gs_map_shared(struct inode *inode)
{
	if (gs_write_device(inode))
		return -EPERM;
	if (!gs_is_concerned(inode->i_sb))
		return 0;
	return gs_refuse_change(GH_DEED_WRITE, inode->i_ino, gs_counts(gs_guard_of_inode(inode), GS_KEEPS_CONTENT));
}

/*
 * Code that a process maps which may change something: of files that are kept in the same way. It is refused to the agent, from its
 * loader on; a member is none from there on, and goes on. What they compile themselves is in shared memory without a name, from which
 * no loader takes anything.
 */
static __noinline int gs_map_code(struct file *file, int shared)
{
	struct task_struct *task = bpf_get_current_task_btf(), *leader = task->group_leader;
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, leader, 0, 0);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u64 kept, lost;

	/* Also while its program is being put in place: its loader is. */
	if (!keeper || (keeper->exec != leader->self_exec_id && !BPF_CORE_READ_BITFIELD_PROBED(task, in_execve)))
		return 0;
	if (shared && BPF_CORE_READ(inode, i_sb, s_magic) == MAGIC_TMPFS && !BPF_CORE_READ(inode, i_nlink))
		return 0;
	/* What is kept because nobody knows where it is, is nobody's code. */
	kept = gs_is_nowhere(BPF_CORE_READ(file, f_path.dentry)) ? 0 : gs_content_of(file);
	lost = keeper->programs & GS_GROUPS & ~kept;
	if (lost) {
		keeper->programs &= ~lost;
		gs_tell(GH_DEED_STANDING, BPF_CORE_READ(inode, i_ino), lost);
	}
	if (!(keeper->programs & GH_PROGRAM_OF_AGENT) || kept & GS_AGENTS)
		return 0;
	return gs_refuse_all(GH_DEED_CODE, BPF_CORE_READ(inode, i_ino));
}

SEC("lsm/mmap_file")
int BPF_PROG(gs_map, struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags)
{
	int shared = (flags & MAP_TYPE_MASK) != MAP_PRIVATE_TYPE;

	/* Anonymous memory has no file. 6.12 removes the first test as one that is never true, 7.2 demands it. */
	if (!gs_is_sealed() || (!shared && !(prot & PROT_EXEC_BIT)) || !file || !gh_unknown_pointer(file))
		return 0;
	if (prot & PROT_EXEC_BIT && gs_map_code(file, shared))
		return -EPERM;
	return shared && file->f_mode & FMODE_WRITE_BIT ? gs_map_shared(file->f_inode) : 0;
}

SEC("lsm/file_mprotect")
int BPF_PROG(gs_mprotect, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot)
{
	struct file *file = vma->vm_file;
	int shared = (vma->vm_flags & VM_MAY_SHARE_BIT) != 0;

	if (!gs_is_sealed() || !file)
		return 0;
	if (prot & PROT_EXEC_BIT && gs_map_code(file, shared))
		return -EPERM;
	return shared && prot & PROT_WRITE_BIT ? gs_map_shared(file->f_inode) : 0;
}
