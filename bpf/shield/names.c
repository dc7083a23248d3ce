/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names: what is guarded keeps its name, gets no other, and nothing new appears in a guarded tree. Directories that lead to it
 * keep theirs. All may deny; of bpffs, which holds the pins, as of any other file system. io_uring calls the same hooks.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

#define GS_OF_ITSELF GS_BOTH(GH_GUARD_ENTRY | GH_GUARD_CONTENT)

static __always_inline int gs_name(struct dentry *dentry)
{
	__u64 counts = gs_guard_of_name(dentry);

	return counts ? gs_refuse_change(GH_DEED_NAME, gs_number_of(dentry), counts) : 0;
}

/* A name that goes. Another file may come there, which the agent does not know yet, unless the place itself is kept. */
static __always_inline int gs_old_name(struct dentry *dentry)
{
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	__u64 own;

	if (gs_name(dentry))
		return -EPERM;
	own = inode && gs_is_sealed() ? gs_guard_of_inode(inode) : 0;
	if (own & ~GS_AGENTS & GS_OF_ITSELF)
		gs_tell(GH_DEED_UPDATE, gs_number_of(dentry), own & GS_GROUPS);
	return 0;
}

/* The first eight letters and the rest, as numbers. */
static __always_inline int gs_is_preload(struct dentry *dentry)
{
	__u64 name[2] = {};

	if (BPF_CORE_READ(dentry, d_name.len) != sizeof("ld.so.preload") - 1)
		return 0;
	bpf_probe_read_kernel(name, sizeof("ld.so.preload") - 1, BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 0x72702e6f732e646c && name[1] == 0x64616f6c65;
}

/*
 * Above means that it leads somewhere; a new name in it leads nowhere. Unless it is one that the loader of every program looks for:
 * nobody makes that, since it would bring code into the agent and into members.
 */
static __always_inline int gs_new_name(struct dentry *dentry)
{
	__u64 counts;

	if (!gs_is_sealed() || !gs_is_concerned(BPF_CORE_READ(dentry, d_sb)))
		return 0;
	if (gs_is_preload(dentry) && gs_guard_of_inode(BPF_CORE_READ(dentry, d_parent, d_inode)) & GH_GUARD_LOADER)
		return gs_refuse_all(GH_DEED_NAME, 0);
	counts = gs_counts(gs_guard_of(dentry), GS_TREE);
	return counts ? gs_refuse_change(GH_DEED_NAME, 0, counts) : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(gs_unlink, struct inode *folder, struct dentry *dentry)
{
	return gs_old_name(dentry);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(gs_rmdir, struct inode *folder, struct dentry *dentry)
{
	return gs_name(dentry);
}

/* An exchange is asked about twice, once in each direction. */
SEC("lsm/inode_rename")
int BPF_PROG(gs_rename, struct inode *old_folder, struct dentry *old, struct inode *new_folder, struct dentry *new)
{
	if (gs_old_name(old) || gs_new_name(new))
		return -EPERM;
	return gs_old_name(new);
}

/* A second name of a guarded file would be a way around the guard of its tree. */
SEC("lsm/inode_link")
int BPF_PROG(gs_link, struct dentry *old, struct inode *folder, struct dentry *new)
{
	if (gs_name(old))
		return -EPERM;
	return gs_new_name(new);
}

SEC("lsm/inode_create")
int BPF_PROG(gs_create, struct inode *folder, struct dentry *dentry, int mode)
{
	return gs_new_name(dentry);
}

SEC("lsm/inode_mkdir")
int BPF_PROG(gs_mkdir, struct inode *folder, struct dentry *dentry, int mode)
{
	return gs_new_name(dentry);
}

SEC("lsm/inode_symlink")
int BPF_PROG(gs_symlink, struct inode *folder, struct dentry *dentry, const char *target)
{
	return gs_new_name(dentry);
}

SEC("lsm/inode_mknod")
int BPF_PROG(gs_mknod, struct inode *folder, struct dentry *dentry, int mode, unsigned int device)
{
	return gs_new_name(dentry);
}
