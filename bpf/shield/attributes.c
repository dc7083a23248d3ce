/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attributes of guarded files: owner, mode, times, size, extended attributes, access lists, flags. All may deny.
 *
 * inode_setattr has one more argument in front from 6.2 on, and access lists (6.2) and file_setattr (6.17) have hooks of their own: the
 * loader picks.
 * file_ioctl sees the flags that chattr sets and fs-verity, on any descriptor, and freezing of a file system.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

static __always_inline int gs_attributes(struct dentry *dentry)
{
	__u64 counts = gs_counts(gs_guard_at(dentry), GS_KEEPS_CONTENT);

	return counts ? gs_refuse_change(GH_DEED_ATTRIBUTES, gs_number_of(dentry), counts) : 0;
}

SEC("lsm/inode_setattr")
int BPF_PROG(gs_setattr2, struct dentry *dentry, void *attributes)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_setattr")
int BPF_PROG(gs_setattr3, void *map, struct dentry *dentry, void *attributes)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(gs_setxattr, void *map, struct dentry *dentry, const char *name, void *value, unsigned long size,
	     int flags)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(gs_removexattr, void *map, struct dentry *dentry, const char *name)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_file_setattr")
int BPF_PROG(gs_file_setattr, struct dentry *dentry, void *attributes)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_set_acl")
int BPF_PROG(gs_set_acl, void *map, struct dentry *dentry, const char *name, void *list)
{
	return gs_attributes(dentry);
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(gs_remove_acl, void *map, struct dentry *dentry, const char *name)
{
	return gs_attributes(dentry);
}

/* 'f' and 'X': what file systems have in common. What only takes an argument sets something: flags, verity. */
#define IOCTL_TYPE(command)   ((command) >> 8 & 0xff)
#define IOCTL_NUMBER(command) ((command)&0xff)
#define IOCTL_WRITES(command) ((command)&0x40000000u)
#define IOCTL_SETS(command)   (((command) >> 30) == 1)
#define IOCTL_FREEZE	      0xc0045877u
#define IOCTL_SHUTDOWN	      0x8004587du

static __always_inline int gs_ioctl_of(struct file *file, unsigned int command)
{
	struct inode *inode = file->f_inode;
	__u32 type = inode->i_mode & MODE_TYPE_MASK;

	if (!gs_is_sealed() || (type != MODE_REGULAR && type != MODE_DIRECTORY) ||
	    (IOCTL_TYPE(command) != 'f' && IOCTL_TYPE(command) != 'X') || !gs_is_concerned(inode->i_sb))
		return 0;
	/* Of the whole file system, by any file of it. */
	if (command == IOCTL_FREEZE || command == IOCTL_SHUTDOWN)
		return gs_refuse(GH_DEED_DEVICE, command);
	/* By its place, too: the agent has made files since the seal. */
	return IOCTL_SETS(command) ? gs_refuse_change(GH_DEED_ATTRIBUTES, command, gs_content_of(file)) : 0;
}

/*
 * What changes a block device without writing to it: loop devices but for their status, and of the block layer read-only,
 * partitions, discard and zeroes; commands past it, of SCSI and NVMe.
 */
static __always_inline int gs_ioctl_of_device(struct file *file, unsigned int command)
{
	struct inode *inode = file->f_inode;
	__u32 number = IOCTL_NUMBER(command), changes = 0;

	if (!gs_is_sealed() || (inode->i_mode & MODE_TYPE_MASK) != MODE_BLOCK)
		return 0;
	if (IOCTL_TYPE(command) == 0x4c)
		changes = number != 3 && number != 5;
	else if (IOCTL_TYPE(command) == 0x12)
		changes =
		    number == 93 || number == 95 || number == 105 || number == 119 || number == 125 || number == 127;
	else if (IOCTL_TYPE(command) == 'N')
		changes = IOCTL_WRITES(command) != 0;
	else
		changes = command == 0x2285 || command == 1;
	return changes && gs_is_guarded_device(inode->i_rdev) ? gs_refuse(GH_DEED_DEVICE, command) : 0;
}

static __always_inline int gs_ioctls(struct file *file, unsigned int command)
{
	int refused = gs_ioctl_of(file, command);

	return refused ? refused : gs_ioctl_of_device(file, command);
}

SEC("lsm/file_ioctl")
int BPF_PROG(gs_ioctl, struct file *file, unsigned int command, unsigned long argument)
{
	return gs_ioctls(file, command);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(gs_ioctl_compat, struct file *file, unsigned int command, unsigned long argument)
{
	return gs_ioctls(file, command);
}
