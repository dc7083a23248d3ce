/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path of a file as the acting task sees it (relative to its root directory, like d_path).
 *
 * Two ways, because bpf_d_path is allowed in some hooks only: gh_path_of asks the kernel, gh_path_walk climbs the
 * dentries itself (file_mprotect). Both give the same text; a kernel test compares them.
 */
#ifndef GH_LIB_PATH_H
#define GH_LIB_PATH_H

#include <bpf/bpf_core_read.h>
#include "../kernel/task.h"
#include "scratch.h"

#define GH_NAME_MAX   255
#define GH_WALK_STEPS 160 /* 255 bytes hold at most 127 components; the rest are mount crossings */

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
	if (bpf_probe_read_kernel(scratch->path + (position & (GH_PATH_BYTES - 1)), length & GH_NAME_MAX, name))
		return 1;
	position -= 1;
	scratch->path[position & (GH_PATH_BYTES - 1)] = '/';
	walk->position = position;
	walk->dentry = parent;
	return 0;
}

static __always_inline struct mount *gh_mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* Writes the text to `into`, which lies in `scratch`. Returns its length, or -1 if it is longer than a rule's path can be. */
static __noinline int gh_path_climb(struct vfsmount *mnt, struct dentry *dentry, struct gh_scratch *scratch,
				    struct gh_path_key *into)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct gh_walk_context context = {scratch};
	struct gh_walk *walk = &scratch->walk;
	__u32 length, start;

	__builtin_memset(into, 0, sizeof(*into));
	walk->position = GH_PATH_BYTES - 1;
	walk->done = 0;
	walk->mount = gh_mount_of(mnt);
	walk->dentry = dentry;
	walk->root_dentry = BPF_CORE_READ(task, fs, root.dentry);
	walk->root_mount = gh_mount_of(BPF_CORE_READ(task, fs, root.mnt));

	bpf_loop(GH_WALK_STEPS, gh_walk_step, &context, 0);
	if (!walk->done)
		return -1;
	start = walk->position & (GH_PATH_BYTES - 1);
	length = (GH_PATH_BYTES - 1 - start) & (GH_PATH_BYTES - 1);
	if (bpf_probe_read_kernel(into->text, length, scratch->path + start))
		return -1;
	return length;
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

static __always_inline int gh_path_walk(struct file *file, struct gh_scratch *scratch, struct gh_path_key *into)
{
	struct vfsmount *mnt = BPF_CORE_READ(file, f_path.mnt);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);

	if (gh_is_backing(file, mnt)) {
		struct backing_file *backing = (void *)file;

		mnt = BPF_CORE_READ(backing, user_path.mnt);
		dentry = BPF_CORE_READ(backing, user_path.dentry);
	}
	return gh_path_climb(mnt, dentry, scratch, into);
}

/*
 * Same, by the kernel's own d_path, which is four times cheaper. It appends " (deleted)" to the name of a file that was
 * removed after it was opened, which would spell it differently from the rule: then the walk is used. The walk finds no
 * name for what never had one (memfd); there the kernel's text is kept for the event.
 */
static __noinline int gh_path_of(struct file *file, struct gh_scratch *scratch)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	long length;

	if (!BPF_CORE_READ(dentry, d_hash.pprev)) {
		length = gh_path_walk(file, scratch, &scratch->key);
		if (length > 0)
			return length;
	}
	__builtin_memset(&scratch->key, 0, sizeof(scratch->key));
	length = bpf_d_path(&file->f_path, scratch->path, GH_PATH_BYTES);
	if (length < 1 || length > GH_PATH_BYTES)
		return -1;
	length -= 1; /* the terminator */
	if (bpf_probe_read_kernel(scratch->key.text, length & (GH_PATH_BYTES - 1), scratch->path))
		return -1;
	return length;
}

#endif
