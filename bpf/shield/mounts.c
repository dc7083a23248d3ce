/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Mounts: nothing is mounted over what is guarded or leads to it, and no mount that holds it goes away, in the mount namespace
 * of the host, nor in another one from which it would spread to the host's. All may deny.
 *
 * sb_mount      mount(2): new mounts, binds, moves. Changes of options and of propagation pass.
 * move_mount    the same by the new calls: what was made by fsmount or open_tree appears in the tree here.
 * sb_umount     also lazily: with bpffs all pins would go.
 * sb_pivotroot  a new root for all.
 *
 * Not seen by any hook: mount_setattr.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

/* include/uapi/linux/mount.h */
#define MS_REMOUNT_BIT	    32ul
#define MS_BIND_BIT	    4096ul
#define MS_MOVE_BIT	    8192ul
#define MS_PROPAGATION_BITS ((1ul << 17) | (1ul << 18) | (1ul << 19) | (1ul << 20))

static __always_inline struct mount *gs_mount_of(struct vfsmount *mount)
{
	return (struct mount *)((void *)mount - bpf_core_field_offset(struct mount, mnt));
}

struct mount___peers {
	int mnt_group_id;
} __attribute__((preserve_access_index));

/*
 * Whether what happens on a mount happens to the host: it is there, or it is in a group of mounts that share what is mounted below
 * them, as a copy in another namespace is at first. Where the flag for that stands differs between kernels, the group does not.
 */
static __always_inline int gs_is_hosts(struct mount *mount)
{
	struct mount___peers *peers = (void *)mount;

	/* Of a mount that is in no tree yet the namespace reads as 0. */
	return BPF_CORE_READ(peers, mnt_group_id) ||
	       BPF_CORE_READ(mount, mnt_ns, ns.inum) == gs_shield.host_mount_namespace;
}

static __always_inline int gs_mount_over(struct vfsmount *vfsmount, struct dentry *dentry)
{
	__u64 counts = gs_guard_of_name(dentry);

	if (!counts || !gs_is_hosts(gs_mount_of(vfsmount)))
		return 0;
	return gs_refuse_change(GH_DEED_MOUNT, gs_number_of(dentry), counts);
}

/* What goes away from a place that leads to something guarded. Another mount of it elsewhere may go. */
static __always_inline int gs_mount_away(struct vfsmount *vfsmount)
{
	struct mount *mount = gs_mount_of(vfsmount);
	struct mount *parent = BPF_CORE_READ(mount, mnt_parent);
	struct dentry *place = BPF_CORE_READ(mount, mnt_mountpoint);
	__u64 counts = gs_guard_of_name(place);

	if (!counts || (!gs_is_hosts(mount) && !gs_is_hosts(parent)))
		return 0;
	return gs_refuse_change(GH_DEED_MOUNT, gs_number_of(place), counts);
}

SEC("lsm/sb_mount")
int BPF_PROG(gs_mount, const char *device, const struct path *path, const char *type, unsigned long flags, void *data)
{
	struct vfsmount *mount = BPF_CORE_READ(path, mnt);

	if (!gs_is_sealed() || flags & (MS_REMOUNT_BIT | MS_PROPAGATION_BITS))
		return 0;
	/* What is moved is not said, but it is moved within the caller's namespace: elsewhere than on the host nothing of ours goes away. */
	if (flags & MS_MOVE_BIT && !(flags & MS_BIND_BIT) &&
	    BPF_CORE_READ(bpf_get_current_task_btf(), nsproxy, mnt_ns, ns.inum) == gs_shield.host_mount_namespace)
		return gs_refuse(GH_DEED_MOUNT, 0);
	return gs_mount_over(mount, BPF_CORE_READ(path, dentry));
}

SEC("lsm/move_mount")
int BPF_PROG(gs_move_mount, const struct path *from, const struct path *to)
{
	if (!gs_is_sealed())
		return 0;
	if (gs_mount_over(BPF_CORE_READ(to, mnt), BPF_CORE_READ(to, dentry)))
		return -EPERM;
	return gs_mount_away(BPF_CORE_READ(from, mnt));
}

SEC("lsm/sb_umount")
int BPF_PROG(gs_umount, struct vfsmount *vfsmount, int flags)
{
	return gs_mount_away(vfsmount);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(gs_pivot, const struct path *old, const struct path *new)
{
	struct vfsmount *mount = BPF_CORE_READ(new, mnt);

	if (!gs_is_sealed() || !gs_is_hosts(gs_mount_of(mount)))
		return 0;
	return gs_refuse(GH_DEED_MOUNT, 0);
}
