/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names: what is guarded keeps its name, gets no other, and nothing new appears in a guarded tree. Directories that lead to it
 * keep theirs. All may deny; of bpffs, which holds the pins, as of any other file system. io_uring calls the same hooks.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

static __always_inline int gs_name(struct dentry *dentry)
{
	return gs_guard_of_name(dentry) ? gs_refuse(GH_DEED_NAME, gs_number_of(dentry)) : 0;
}

/* Above means that it leads somewhere; a new name in it leads nowhere. */
static __always_inline int gs_new_name(struct dentry *dentry)
{
	return gs_guard_of_name(dentry) & GH_GUARD_TREE ? gs_refuse(GH_DEED_NAME, 0) : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(gs_unlink, struct inode *folder, struct dentry *dentry)
{
	return gs_name(dentry);
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
	if (gs_name(old))
		return -EPERM;
	return gs_name(new);
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
