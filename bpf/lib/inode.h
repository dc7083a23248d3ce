/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which file is it. On overlayfs a hook sees the overlay's inode, while content, writers and mprotect belong to the
 * real one beneath; both identities are needed, or another overlay over the same file would be another file.
 */
#ifndef GH_LIB_INODE_H
#define GH_LIB_INODE_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../abi/event.h"
#include "../abi/operation.h"
#include "../kernel/fs.h"
#include "../maps/content.h"

extern int LINUX_KERNEL_VERSION __kconfig;

#define GH_KERNEL(major, minor) (((major) << 16) + ((minor) << 8))

static __always_inline void gh_inode_identify(struct inode *inode, struct gh_inode_key *key)
{
	key->device = BPF_CORE_READ(inode, i_sb, s_dev);
	key->inode = BPF_CORE_READ(inode, i_ino);
	key->generation = BPF_CORE_READ(inode, i_generation);
	key->pad = 0;
}

static __always_inline int gh_same_inode(const struct gh_inode_key *a, const struct gh_inode_key *b)
{
	return a->inode == b->inode && a->device == b->device && a->generation == b->generation;
}

/*
 * The file beneath an open file of an overlay, which keeps it in private_data: as such to 6.12, as the first field of a structure
 * from 6.13. Null: it could not be found.
 */
static __always_inline struct file *gh_real_file(struct file *file)
{
	void *real = BPF_CORE_READ(file, private_data);

	if (LINUX_KERNEL_VERSION >= GH_KERNEL(6, 13) && bpf_probe_read_kernel(&real, sizeof(real), real))
		return 0;
	/* Bits of the address are used as flags by some kernels; a file is at least eight-byte aligned. */
	return (struct file *)((__u64)real & ~7ull);
}

/*
 * The inode that holds the content: of an overlay the one beneath, of an overlay over an overlay, which is all that the kernel
 * stacks, the one beneath that. Null means that it could not be found: then the content is not known.
 */
static __always_inline struct inode *gh_backing_inode(struct file *file, struct inode *inode, __u32 magic)
{
	struct inode *below;

	if (magic != MAGIC_OVERLAY)
		return inode;
	file = gh_real_file(file);
	below = file ? BPF_CORE_READ(file, f_inode) : 0;
	if (!below || BPF_CORE_READ(below, i_sb, s_magic) != MAGIC_OVERLAY)
		return below;
	file = gh_real_file(file);
	below = file ? BPF_CORE_READ(file, f_inode) : 0;
	return below && BPF_CORE_READ(below, i_sb, s_magic) != MAGIC_OVERLAY ? below : 0;
}

static __always_inline void gh_inode_changed(struct inode *inode, __s64 *seconds, __u32 *nanoseconds)
{
	struct inode___split_ctime *split = (void *)inode;
	struct inode___hidden_ctime *hidden = (void *)inode;
	struct inode___i_ctime *plain = (void *)inode;

	if (bpf_core_field_exists(split->i_ctime_sec)) {
		*seconds = BPF_CORE_READ(split, i_ctime_sec);
		/* From 6.13 the highest bit says that somebody has asked for the time (I_CTIME_QUERIED): that is no change. */
		*nanoseconds = BPF_CORE_READ(split, i_ctime_nsec) & ~(1u << 31);
	} else if (bpf_core_field_exists(hidden->__i_ctime)) {
		*seconds = BPF_CORE_READ(hidden, __i_ctime.tv_sec);
		*nanoseconds = BPF_CORE_READ(hidden, __i_ctime.tv_nsec);
	} else {
		*seconds = BPF_CORE_READ(plain, i_ctime.tv_sec);
		*nanoseconds = BPF_CORE_READ(plain, i_ctime.tv_nsec);
	}
}

/* The same as one number, to be compared. */
static __always_inline __u64 gh_inode_changed_number(struct inode *inode)
{
	__s64 seconds = 0;
	__u32 nanoseconds = 0;

	gh_inode_changed(inode, &seconds, &nanoseconds);
	return (__u64)seconds << 30 ^ nanoseconds;
}

static __always_inline __u32 gh_image_flags_from(__u32 magic, __u32 mode, __u32 links, int writers)
{
	__u32 flags = 0;

	if (magic == MAGIC_OVERLAY)
		flags |= GH_IMAGE_OVERLAY;
	if (!links)
		flags |= GH_IMAGE_UNLINKED | (magic == MAGIC_TMPFS ? GH_IMAGE_MEMFD : 0);
	if (writers > 0)
		flags |= GH_IMAGE_WRITERS;
	if (mode & MODE_SETUID)
		flags |= GH_IMAGE_SETUID;
	if (mode & MODE_SETGID)
		flags |= GH_IMAGE_SETGID;
	if (mode & MODE_GROUP_WRITE)
		flags |= GH_IMAGE_GROUP_WRITABLE;
	if (mode & MODE_WORLD_WRITE)
		flags |= GH_IMAGE_WORLD_WRITABLE;
	return flags;
}

/* The upper dentry stands behind the inode in struct ovl_inode on all kernels. Null: there is none, or it cannot be read. */
static __always_inline struct inode *gh_overlay_upper(struct inode *inode)
{
	struct dentry *upper = 0;

	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
	return upper ? BPF_CORE_READ(upper, d_inode) : 0;
}

/* Of a file on overlayfs: whether its content comes from the upper layer. */
static __always_inline __u32 gh_image_layer(struct inode *inode, struct inode *backing)
{
	return backing && gh_overlay_upper(inode) == backing ? GH_IMAGE_OVERLAY_UPPER : 0;
}

#define GH_IMAGE_MOUNT_FLAGS                                                                                           \
	(GH_IMAGE_MOUNT_READ_ONLY | GH_IMAGE_MOUNT_NO_SUID | GH_IMAGE_MOUNT_NO_DEV | GH_IMAGE_MOUNT_NO_EXEC)

static __always_inline __u32 gh_mount_flags_from(int mount, unsigned long super_block)
{
	__u32 flags = 0;

	if (mount & MNT_READ_ONLY_BIT || super_block & SB_READ_ONLY_BIT)
		flags |= GH_IMAGE_MOUNT_READ_ONLY;
	if (mount & MNT_NO_SUID_BIT)
		flags |= GH_IMAGE_MOUNT_NO_SUID;
	if (mount & MNT_NO_DEV_BIT)
		flags |= GH_IMAGE_MOUNT_NO_DEV;
	if (mount & MNT_NO_EXEC_BIT)
		flags |= GH_IMAGE_MOUNT_NO_EXEC;
	return flags;
}

static __always_inline __u32 gh_mount_flags_of(struct vfsmount *mount)
{
	return gh_mount_flags_from(BPF_CORE_READ(mount, mnt_flags), BPF_CORE_READ(mount, mnt_root, d_sb, s_flags));
}

/* Facts that hold now; enum gh_image_flag. `backing` may be null. */
static __always_inline __u32 gh_image_flags(struct inode *inode, struct inode *backing, __u32 magic)
{
	return gh_image_flags_from(magic, BPF_CORE_READ(inode, i_mode), BPF_CORE_READ(inode, i_nlink),
				   backing ? BPF_CORE_READ(backing, i_writecount.counter) : 0) |
	       (magic == MAGIC_OVERLAY ? gh_image_layer(inode, backing) : 0);
}

/* Whether somebody may have pinned memory of it, to write to it later. */
static __always_inline int gh_is_shared(const struct gh_inode_key *key)
{
	return bpf_map_lookup_elem(&gh_shared, key) != 0;
}

#define SB_KERNEL_MOUNT_BIT (1ul << 22)
#define SEAL_WRITE_BIT	    8

/* Memory that never had a name: a memfd, a segment of System V. */
static __always_inline int gh_is_nameless(struct inode *inode)
{
	return !BPF_CORE_READ(inode, i_nlink) && BPF_CORE_READ(inode, i_sb, s_flags) & SB_KERNEL_MOUNT_BIT;
}

/*
 * Memory without a name: the descriptor that memfd_create returns writes to it without counting as a writer, until it is sealed. Other
 * files that lost their names were opened by them, and count.
 */
static __always_inline int gh_is_unsealed(struct inode *inode)
{
	struct shmem_inode_info *memory;

	if (!gh_is_nameless(inode))
		return 0;
	if (BPF_CORE_READ(inode, i_sb, s_magic) != MAGIC_TMPFS)
		return 1;
	memory = (void *)inode - bpf_core_field_offset(struct shmem_inode_info, vfs_inode);
	return !(BPF_CORE_READ(memory, seals) & SEAL_WRITE_BIT);
}

/* Collects what the image is. Returns the inode that holds the content, or null. */
static __noinline struct inode *gh_image_describe(struct file *file, struct gh_image *image)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct inode *backing;

	gh_inode_identify(inode, &image->inode);
	image->size = BPF_CORE_READ(inode, i_size);
	image->mode = BPF_CORE_READ(inode, i_mode);
	image->uid = BPF_CORE_READ(inode, i_uid.val);
	image->gid = BPF_CORE_READ(inode, i_gid.val);
	image->links = BPF_CORE_READ(inode, i_nlink);
	image->magic = BPF_CORE_READ(inode, i_sb, s_magic);
	image->hash_state = GH_HASH_NOT_NEEDED;

	backing = gh_backing_inode(file, inode, image->magic);
	if (backing)
		gh_inode_identify(backing, &image->backing);
	else
		image->backing = image->inode;

	image->flags = gh_image_flags(inode, backing, image->magic);
	/* What it is labelled as then fits no label, so it is looked at each time. */
	if (backing && gh_is_shared(&image->backing))
		image->flags |= GH_IMAGE_WRITERS;
	return backing;
}

#endif
