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

/* Whether any rule for images tests this: labels are made for all of them alike. */
static __always_inline __u32 gh_image_needs(const struct gh_generation *generation)
{
	return generation->operation_needs[GH_OPERATION_PROCESS_EXEC] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_EXECUTABLE] |
	       generation->operation_needs[GH_OPERATION_IMAGE_LOAD_LIBRARY] |
	       generation->operation_needs[GH_OPERATION_PROCESS_EXEC_ARGUMENTS];
}

static __always_inline __u32 gh_bucket_value(const struct gh_inode_key *key)
{
	__u32 *epoch = gh_content_epoch(key);

	return epoch ? *(volatile __u32 *)epoch : 0;
}

/* The epochs of an inode's content, which a label with a hash depends on. */
static __always_inline void gh_stamp_content(struct gh_image_stamp *stamp, const struct gh_inode_key *backing)
{
	struct gh_inode_key device = {.device = backing->device};

	stamp->epoch = gh_bucket_value(backing);
	stamp->mount_epoch = gh_bucket_value(&device);
}

/* Hash and length of a name, as the dentry cache has them. */
static __always_inline __u64 gh_name_of(struct dentry *dentry)
{
	return (__u64)BPF_CORE_READ(dentry, d_name.len) << 32 | BPF_CORE_READ(dentry, d_name.hash);
}

static __always_inline __u64 gh_places_now(void)
{
	__u32 zero = 0;
	__u64 *places = bpf_map_lookup_elem(&gh_places, &zero);

	return places ? *(volatile __u64 *)places : 0;
}

/* Where and what a file is now. Flags, hash_state and the epochs are the caller's. */
static __noinline int gh_stamp_of(struct file *file, struct gh_image_stamp *stamp, __u64 number, __u32 kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct inode *inode = file->f_inode;
	struct dentry *dentry;
	struct gh_place place;

	stamp->places = gh_places_now();
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
	return 0;
}

/* Whether a file is where it was when it was labelled. Each part by itself: a whole stamp is too large for the stack. */
static __noinline int gh_stamp_is_here(const struct gh_image_stamp *stamp, struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct dentry *dentry;
	struct gh_place place;
	__u64 difference;

	gh_place_of(file, &place);
	dentry = place.dentry;
	difference = stamp->mount ^ (__u64)place.mnt;
	difference |= stamp->dentry ^ (__u64)dentry;
	difference |= stamp->parent ^ BPF_CORE_READ(dentry, d_parent, d_inode, i_ino);
	difference |= stamp->name ^ gh_name_of(dentry);
	difference |= stamp->root_mount ^ (__u64)BPF_CORE_READ(task, fs, root.mnt);
	difference |= stamp->root_dentry ^ (__u64)BPF_CORE_READ(task, fs, root.dentry);
	return !difference && stamp->places == gh_places_now();
}

/* Whether it is what it was. */
static __noinline int gh_stamp_is_same(const struct gh_image_stamp *stamp, struct file *file, struct inode *inode)
{
	__u32 magic = inode->i_sb->s_magic;
	struct inode *backing = gh_backing_inode(file, inode, magic);
	struct gh_inode_key key;
	__u64 difference;

	difference = stamp->size ^ inode->i_size;
	difference |= stamp->uid ^ inode->i_uid.val;
	difference |= stamp->gid ^ inode->i_gid.val;
	difference |= stamp->mode ^ inode->i_mode;
	difference |= stamp->flags ^ gh_image_flags(inode, backing, magic);
	if (difference || stamp->hash_state != GH_HASH_KNOWN)
		return !difference;
	if (!backing)
		return 0;
	gh_inode_identify(backing, &key);
	difference = stamp->epoch ^ gh_bucket_value(&key);
	key.inode = key.generation = 0;
	difference |= stamp->mount_epoch ^ gh_bucket_value(&key);
	return !difference;
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
		identity->mask[0] = image->flags;
	}
	return failed;
}

#endif
