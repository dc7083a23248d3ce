/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is an image, as one number. The number is kept with the inode, together with all that it was made from: where the
 * file was called what, by whose root, and which content. Rename, link, mount, write, chmod, another name of the same file
 * and another generation so find a label that does not fit, and the number is made anew.
 */
#ifndef GH_LIB_IMAGE_H
#define GH_LIB_IMAGE_H

#include "content.h"
#include "intern.h"
#include "program.h"
#include "trust.h"
#include "unknown.h"
#include "verity.h"

/* Whether any rule for images tests this: labels are made for all of them alike. */
static __always_inline __u32 gh_image_needs(const struct gh_generation *generation)
{
	return generation->operation_needs[GH_OPERATION_PROCESS_EXEC] |
	       generation->operation_needs[GH_OPERATION_MEMORY_MAP_FILE] |
	       generation->operation_needs[GH_OPERATION_MEMORY_PROTECT_FILE] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_EXECUTABLE] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_LIBRARY] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_KERNEL] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_PROGRAM] |
	       generation->operation_needs[GH_OPERATION_PROCESS_EXEC_ARGUMENTS];
}

/* The epochs of an inode's content, which a label with a hash depends on. */
static __always_inline void gh_stamp_content(struct gh_image_stamp *stamp, const struct gh_inode_key *backing)
{
	struct gh_inode_key device = {.device = backing->device};

	stamp->epoch = gh_bucket_value(backing);
	stamp->mount_epoch = gh_bucket_value(&device);
}

/* The count tells a file that was renamed to and fro. */
static __always_inline __u64 gh_name_number(__u32 length, __u32 hash, __u32 renames)
{
	return (__u64)(length ^ renames << 8) << 32 | hash;
}

static __always_inline __u64 gh_name_of(struct dentry *dentry)
{
	return gh_name_number(BPF_CORE_READ(dentry, d_name.len), BPF_CORE_READ(dentry, d_name.hash),
			      BPF_CORE_READ(dentry, d_seq.seqcount.sequence));
}

static __always_inline __u64 gh_places_now(void)
{
	return *(volatile __u64 *)&gh_places;
}

/* Changes of the mounts that the acting process sees. The kernel counts them after the deed. */
static __always_inline __u64 gh_mounts_now(struct task_struct *task)
{
	return task->nsproxy->mnt_ns->event;
}

/* Where and what a file is now. Flags, hash_state and the epochs are the caller's. */
static __noinline int gh_stamp_of(struct file *file, struct gh_image_stamp *stamp, __u64 number, __u32 kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct inode *inode = file->f_inode;
	struct dentry *dentry;
	struct gh_place place;

	stamp->places = gh_places_now();
	stamp->mounts = gh_mounts_now(task);
	gh_place_of(file, &place);
	dentry = place.dentry;
	stamp->generation = number;
	stamp->mount = (__u64)place.mnt;
	stamp->dentry = (__u64)dentry;
	stamp->parent = BPF_CORE_READ(dentry, d_parent, d_inode, i_ino);
	stamp->name = gh_name_of(dentry);
	stamp->root_mount = (__u64)BPF_CORE_READ(task, fs, root.mnt);
	stamp->root_dentry = (__u64)BPF_CORE_READ(task, fs, root.dentry);
	stamp->size = inode->i_size;
	stamp->uid = inode->i_uid.val;
	stamp->gid = inode->i_gid.val;
	stamp->mode = inode->i_mode;
	stamp->flags = 0;
	stamp->kind = kind;
	stamp->epoch = 0;
	stamp->mount_epoch = 0;
	stamp->hash_state = GH_HASH_NOT_NEEDED;
	stamp->changed = 0;
	stamp->mount_flags = gh_mount_flags_of(place.mnt);
	stamp->answers = 0;
	stamp->asks = 0;
	stamp->pad = 0;
	__builtin_memset(&stamp->content, 0, sizeof(stamp->content));
	return 0;
}

/* What overlayfs maps: the path that the user opened stands beside the file. */
static __noinline int gh_stamp_is_beneath(const struct gh_image_stamp *stamp, struct file *file)
{
	struct dentry *dentry;
	struct gh_place place;

	gh_place_of(file, &place);
	dentry = place.dentry;
	return stamp->mount == (__u64)place.mnt && stamp->dentry == (__u64)dentry &&
	       stamp->mount_flags == gh_mount_flags_of(place.mnt) &&
	       stamp->parent == BPF_CORE_READ(dentry, d_parent, d_inode, i_ino) && stamp->name == gh_name_of(dentry);
}

/*
 * Whether a file is where it was when it was labelled. Each part by itself: a whole stamp is too large for the stack. Loads
 * through the file itself, which the kernel vouches for, cost less than reading through a helper.
 */
static __noinline int gh_stamp_is_here(const struct gh_image_stamp *stamp, struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs = task->fs;
	struct dentry *dentry;
	__u64 difference;

	difference = stamp->root_mount ^ gh_unknown_pointer(fs->root.mnt);
	difference |= stamp->root_dentry ^ gh_unknown_pointer(fs->root.dentry);
	difference |= stamp->places ^ gh_places_now();
	difference |= stamp->mounts ^ gh_mounts_now(task);
	if (difference)
		return 0;
	if (file->f_mode & FMODE_BACKING_BITS)
		return gh_stamp_is_beneath(stamp, file);
	dentry = file->f_path.dentry;
	difference = stamp->mount ^ gh_unknown_pointer(file->f_path.mnt);
	difference |= stamp->dentry ^ gh_unknown_pointer(dentry);
	difference |= stamp->parent ^ dentry->d_parent->d_inode->i_ino;
	difference |= stamp->mount_flags ^ gh_mount_flags_from(file->f_path.mnt->mnt_flags, dentry->d_sb->s_flags);
	difference |=
	    stamp->name ^ gh_name_number(dentry->d_name.len, dentry->d_name.hash, dentry->d_seq.seqcount.sequence);
	return !difference;
}

/* Whether the content whose hash is known is still that: of the same inode, and unwritten since. */
static __noinline int gh_stamp_is_unwritten(const struct gh_image_stamp *stamp, struct inode *backing)
{
	struct gh_inode_key key;
	__u64 difference;

	if (!backing)
		return 0;
	gh_inode_identify(backing, &key);
	difference = stamp->changed ^ gh_inode_changed_number(backing);
	difference |= (stamp->content.inode ^ key.inode) | (stamp->content.device ^ key.device);
	difference |= (stamp->content.generation ^ key.generation) | (stamp->epoch ^ gh_bucket_value(&key));
	key.inode = key.generation = 0;
	difference |= stamp->mount_epoch ^ gh_bucket_value(&key);
	return !difference;
}

/* Whether it is what it was. */
static __noinline int gh_stamp_is_same(const struct gh_image_stamp *stamp, struct file *file, struct inode *inode)
{
	__u32 magic = inode->i_sb->s_magic;
	struct inode *backing = 0;
	__u64 difference;
	int writers;

	if (magic == MAGIC_OVERLAY) {
		backing = gh_backing_inode(file, inode, magic);
		writers = backing ? BPF_CORE_READ(backing, i_writecount.counter) : 0;
	} else {
		writers = inode->i_writecount.counter;
	}
	difference = stamp->size ^ inode->i_size;
	difference |= stamp->uid ^ inode->i_uid.val;
	difference |= stamp->gid ^ inode->i_gid.val;
	difference |= stamp->mode ^ inode->i_mode;
	difference |= stamp->flags ^ gh_image_flags_from(magic, inode->i_mode, inode->i_nlink, writers) ^
		      (magic == MAGIC_OVERLAY ? gh_image_layer(inode, backing) : 0);
	if (stamp->asks)
		difference |= stamp->answers ^ gh_answers_now(magic == MAGIC_OVERLAY ? backing : inode);
	if (difference || stamp->hash_state != GH_HASH_KNOWN)
		return !difference;
	return gh_stamp_is_unwritten(stamp, magic == MAGIC_OVERLAY ? backing : inode);
}

/* The number of an image if its inode's label still holds, else 0. */
static __noinline __u32 gh_image_class(struct file *file, struct inode *inode, __u64 number, __u32 kind)
{
	struct gh_image_label *label = bpf_inode_storage_get(&gh_inodes, inode, 0, 0);
	__u64 version;
	__u32 class;

	if (!label)
		return 0;
	version = *(volatile __u64 *)&label->version;
	if (version & 1 || label->stamp.generation != number || label->stamp.kind != kind ||
	    !gh_stamp_is_here(&label->stamp, file) || !gh_stamp_is_same(&label->stamp, file, inode))
		return 0;
	class = *(volatile __u32 *)&label->class;
	return *(volatile __u64 *)&label->version == version ? class : 0;
}

/* Keeps the number with the inode; see gh_process_class_keep. */
static __always_inline void gh_image_class_keep(struct inode *inode, const struct gh_image_stamp *stamp, __u32 class)
{
	struct gh_image_label *label = bpf_inode_storage_get(&gh_inodes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	__u64 version;

	if (!label) {
		gh_count(GH_COUNTER_LABEL_FAILURES);
		return;
	}
	version = *(volatile __u64 *)&label->version;
	if (version & 1 || __sync_val_compare_and_swap(&label->version, version, version + 1) != version)
		return;
	__builtin_memcpy(&label->stamp, stamp, sizeof(label->stamp));
	label->class = class;
	__sync_fetch_and_add(&label->version, 1);
}

/*
 * scratch->identity from scratch->event.image and scratch->name. Returns not 0 if a table is missing.
 */
static __noinline int gh_image_identify(struct gh_scratch *scratch, const struct gh_generation *generation)
{
	struct gh_identity *identity = &scratch->identity;
	struct gh_image *image = &scratch->event.image;
	__u32 needs = gh_image_needs(generation);
	int failed = 0;

	__builtin_memset(identity, 0, sizeof(*identity));
	if (needs & GH_NEEDS_NAME)
		failed = gh_name_classes(scratch, generation, &image->inode, &image->backing, identity->class);
	if (needs & GH_NEEDS_HASH)
		identity->class[GH_IMAGE_SHA256] = gh_hash_class(generation->number, image->hash_state, image->sha256);
	if (needs & GH_NEEDS_IMAGE) {
		identity->class[GH_IMAGE_OWNER_UID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, image->uid);
		identity->class[GH_IMAGE_OWNER_GID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, image->gid);
		identity->class[GH_IMAGE_SIZE] = gh_number_class(scratch, generation, GH_NUMBERS_SIZE, image->size);
		identity->class[GH_IMAGE_FILE_SYSTEM] =
		    gh_number_class(scratch, generation, GH_NUMBERS_FILE_SYSTEM, image->magic);
		identity->class[GH_IMAGE_KIND] = image->kind;
		identity->mask[GH_IMAGE_MASK_FLAGS] = image->flags;
	}
	if (needs & GH_NEEDS_VERITY)
		identity->mask[GH_IMAGE_MASK_VERITY] =
		    image->has_verity ? gh_hash_class(generation->number, GH_HASH_KNOWN, image->verity)
				      : GH_HASH_CLASS_OTHER;
	if (needs & GH_NEEDS_TRUST) {
		image->trust_class = gh_trust_class(scratch);
		identity->mask[GH_IMAGE_MASK_TRUST] = image->trust_class;
	}
	identity->mask[GH_IMAGE_MASK_ANSWERS] = image->answers;
	return failed;
}

#endif
