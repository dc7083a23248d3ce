/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path of a file as a task sees it (relative to its root directory, like d_path), in scratch->name.
 *
 * Two ways, because bpf_d_path is allowed in some hooks only: gh_path_of asks the kernel, gh_path_walk climbs the
 * dentries itself (file_mprotect, and whatever belongs to another task). Both give the same text; a kernel test compares
 * them. name_length is negative for what has no path or a longer one than Linux allows.
 */
#ifndef GH_LIB_PATH_H
#define GH_LIB_PATH_H

#include <bpf/bpf_core_read.h>
#include "../kernel/task.h"
#include "scratch.h"

#define GH_NAME_MAX   255
#define GH_WALK_STEPS 2304 /* a path holds at most 2,048 components; the rest are mount crossings */

struct gh_walk_context {
	struct gh_scratch *scratch;
};

static long gh_walk_step(__u32 index, struct gh_walk_context *context)
{
	struct gh_scratch *scratch = context->scratch;
	struct gh_walk *walk = &scratch->walk;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *parent_mount;
	__u32 length, position = walk->position;
	const unsigned char *name;

	if (dentry == walk->root_dentry && mount == walk->root_mount) {
		walk->done = 1;
		return 1;
	}
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		parent_mount = BPF_CORE_READ(mount, mnt_parent);
		if (parent_mount == mount) {
			walk->done = 1; /* outside of the task's root: the host's own spelling is the best there is */
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = parent_mount;
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry) {
		walk->done = 1; /* not reachable from any root: memfd, detached mount */
		return 1;
	}
	length = BPF_CORE_READ(dentry, d_name.len);
	name = BPF_CORE_READ(dentry, d_name.name);
	if (length > GH_NAME_MAX || position < length + 2)
		return 1;
	position -= length;
	if (bpf_probe_read_kernel(scratch->name + (position & (GH_NAME_BYTES - 1)), length & GH_NAME_MAX, name))
		return 1;
	position -= 1;
	scratch->name[position & (GH_NAME_BYTES - 1)] = '/';
	walk->position = position;
	walk->dentry = parent;
	return 0;
}

static __always_inline struct mount *gh_mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* Climbs from a file to the root of `viewer`. Returns the length of the text, or -1. */
static __noinline int gh_path_climb(struct vfsmount *mnt, struct dentry *dentry, struct gh_scratch *scratch,
				    struct task_struct *viewer)
{
	struct gh_walk_context context = {scratch};
	struct gh_walk *walk = &scratch->walk;
	__u32 start;

	walk->position = GH_NAME_BYTES - 1;
	walk->done = 0;
	walk->mount = gh_mount_of(mnt);
	walk->dentry = dentry;
	walk->root_dentry = BPF_CORE_READ(viewer, fs, root.dentry);
	walk->root_mount = gh_mount_of(BPF_CORE_READ(viewer, fs, root.mnt));
	scratch->name_length = -1;

	bpf_loop(GH_WALK_STEPS, gh_walk_step, &context, 0);
	if (!walk->done)
		return -1;
	start = walk->position & (GH_NAME_BYTES - 1);
	scratch->name_start = start;
	scratch->name_length = GH_NAME_BYTES - 1 - start;
	return scratch->name_length;
}

/*
 * Whether an open file is what overlayfs maps, with the path that the user opened beside it. The mode bit's place differs
 * and the other place means something else, so the bit only admits to a closer look: the file lies on a mount of nobody's
 * namespace (overlayfs clones its layers so), and what would be the user's path lies on an overlay.
 */
static __always_inline int gh_is_backing(struct file *file, struct vfsmount *mnt)
{
	struct backing_file *backing = (void *)file;
	__u64 namespace;

	if (!bpf_core_field_exists(backing->user_path) || !(BPF_CORE_READ(file, f_mode) & FMODE_BACKING_BITS))
		return 0;
	namespace = (__u64)BPF_CORE_READ(gh_mount_of(mnt), mnt_ns);
	if (namespace && namespace < -4095ull)
		return 0;
	return BPF_CORE_READ(backing, user_path.dentry, d_sb, s_magic) == MAGIC_OVERLAY;
}

/* Where the user sees a file. */
struct gh_place {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

/* A function of its own: inlined, the compiler reads a field that 6.1 does not have before it asks whether it is there. */
static __noinline int gh_place_beneath(struct file *file, struct gh_place *place)
{
	struct backing_file *backing = (void *)file;

	if (!bpf_core_field_exists(backing->user_path))
		return 0;
	place->mnt = BPF_CORE_READ(backing, user_path.mnt);
	place->dentry = BPF_CORE_READ(backing, user_path.dentry);
	return 0;
}

/* Not inlined: of the 512 bytes of stack that all of a program's frames share, its callers have none to spare. */
static __noinline int gh_place_of(struct file *file, struct gh_place *place)
{
	place->mnt = BPF_CORE_READ(file, f_path.mnt);
	place->dentry = BPF_CORE_READ(file, f_path.dentry);
	if (gh_is_backing(file, place->mnt))
		gh_place_beneath(file, place);
	return 0;
}

static __always_inline int gh_path_walk(struct file *file, struct gh_scratch *scratch, struct task_struct *viewer)
{
	struct gh_place place;

	gh_place_of(file, &place);
	return gh_path_climb(place.mnt, place.dentry, scratch, viewer);
}

/*
 * Same, by the kernel's own d_path, which is four times cheaper. It appends " (deleted)" to the name of a file that was
 * removed after it was opened, which would spell it differently from the rule: then the walk is used. The walk finds no
 * name for what never had one (memfd); there the kernel's text is kept.
 */
static __noinline int gh_path_of(struct file *file, struct gh_scratch *scratch)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	long length;

	if (!BPF_CORE_READ(dentry, d_hash.pprev)) {
		length = gh_path_walk(file, scratch, bpf_get_current_task_btf());
		if (length > 0)
			return length;
	}
	scratch->name_start = 0;
	scratch->name_length = -1;
	length = bpf_d_path(&file->f_path, scratch->name, GH_NAME_BYTES);
	if (length < 1 || length > GH_NAME_BYTES)
		return -1;
	scratch->name_length = length - 1; /* without the terminator */
	return length - 1;
}

#endif
