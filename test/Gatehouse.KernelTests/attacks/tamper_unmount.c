/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to take away the mount that FOLDER is on, or to change what is allowed on it. */
#include "tamper.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

static struct tamper_mount found;
/* What the mount allows before, as mount(2) wants it: these flags of statvfs(3) have the same numbers. */
static unsigned long kept;

static unsigned long flags_now(void)
{
	struct statvfs status;

	tamper_need("statvfs", statvfs(tamper_folder, &status));
	return status.f_flag;
}

static void find(void)
{
	tamper_find_mount(tamper_folder, &found);
	if (!strcmp(found.point, "/"))
		tamper_unsupported("the folder is on the root's mount");
	kept = flags_now() & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static void change(const char *call, int result)
{
	if (result && errno == EBUSY)
		tamper_unsupported("somebody writes to the file system");
	tamper_try(call, result);
}

static void read_only_seen(void)
{
	int fd = open(tamper_file(), O_WRONLY | O_CLOEXEC);

	tamper_see(fd < 0 && errno == EROFS && flags_now() & ST_RDONLY, "the file can be written to");
	tamper_undo();
}

static void by_remount(void)
{
	find();
	change("mount", mount(NULL, found.point, NULL, MS_REMOUNT | MS_RDONLY | kept, NULL));
	read_only_seen();
	tamper_need("mount", mount(NULL, found.point, NULL, MS_REMOUNT | kept, NULL));
	tamper_worked();
}

static void by_bind_remount(void)
{
	find();
	tamper_try("mount", mount(NULL, found.point, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | kept, NULL));
	read_only_seen();
	tamper_need("mount", mount(NULL, found.point, NULL, MS_REMOUNT | MS_BIND | kept, NULL));
	tamper_worked();
}

static void by_noexec(void)
{
	find();
	tamper_try("mount", mount(NULL, found.point, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC | kept, NULL));
	tamper_see(flags_now() & ST_NOEXEC, "the mount is as it was");
	tamper_undo();
	tamper_need("mount", mount(NULL, found.point, NULL, MS_REMOUNT | MS_BIND | kept, NULL));
	tamper_worked();
}

static void set_attribute(uint64_t attribute, unsigned long flag)
{
	struct mount_attr set = {.attr_set = attribute}, clear = {.attr_clr = attribute};

	find();
	tamper_try("mount_setattr", mount_setattr(AT_FDCWD, found.point, 0, &set, sizeof(set)));
	tamper_see(flags_now() & flag, "the mount is as it was");
	tamper_undo();
	tamper_need("mount_setattr", mount_setattr(AT_FDCWD, found.point, 0, &clear, sizeof(clear)));
	tamper_worked();
}

static void by_setattr_read_only(void)
{
	set_attribute(MOUNT_ATTR_RDONLY, ST_RDONLY);
}

static void by_setattr_noexec(void)
{
	set_attribute(MOUNT_ATTR_NOEXEC, ST_NOEXEC);
}

static int configure(int read_only)
{
	int context = fspick(AT_FDCWD, found.point, FSPICK_CLOEXEC);

	if (context < 0)
		return -1;
	return fsconfig(context, FSCONFIG_SET_FLAG, read_only ? "ro" : "rw", NULL, 0) ||
		       fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0)
		   ? -1
		   : 0;
}

static void by_fsconfig(void)
{
	find();
	change("fsconfig", configure(1));
	read_only_seen();
	tamper_need("fsconfig", configure(0));
	tamper_worked();
}

static void by_shared(void)
{
	struct tamper_mount seen;

	find();
	tamper_try("mount", mount(NULL, found.point, NULL, found.is_shared ? MS_PRIVATE : MS_SHARED, NULL));
	tamper_find_mount(tamper_folder, &seen);
	tamper_see(seen.is_shared != found.is_shared, "the mount is as it was");
	tamper_undo();
	tamper_need("mount", mount(NULL, found.point, NULL, found.is_shared ? MS_SHARED : MS_PRIVATE, NULL));
	tamper_worked();
}

/* A copy of the mount, with those on it, keeps the file system, and comes to its place afterwards. */
static int keep(void)
{
	find();
	return tamper_try("open_tree",
			  open_tree(AT_FDCWD, found.point, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
}

static _Noreturn void put_back(int copy)
{
	tamper_see(!tamper_exists(tamper_file()), "the file is still seen");
	tamper_undo();
	tamper_need("move_mount", move_mount(copy, "", AT_FDCWD, found.point, MOVE_MOUNT_F_EMPTY_PATH));
	if (found.is_shared)
		tamper_need("mount", mount(NULL, found.point, NULL, MS_SHARED, NULL));
	tamper_worked();
}

static void by_umount(void)
{
	int copy = keep();

	if (umount(found.point)) {
		if (errno == EBUSY)
			tamper_unsupported("somebody uses the mount");
		tamper_failed("umount");
	}
	put_back(copy);
}

static void by_detach(void)
{
	int copy = keep();

	tamper_try("umount", umount2(found.point, MNT_DETACH));
	put_back(copy);
}

static void detach_for_first(const void *unused)
{
	int first = tamper_need("open", open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC));

	(void)unused;
	tamper_need("unshare", unshare(CLONE_NEWNS));
	tamper_try("setns", setns(first, CLONE_NEWNS));
	tamper_try("umount", umount2(found.point, MNT_DETACH));
}

static void by_setns(void)
{
	int copy = keep();

	tamper_inside(detach_for_first, NULL);
	put_back(copy);
}

static void detach_own(const void *unused)
{
	(void)unused;
	tamper_try("unshare", unshare(CLONE_NEWNS));
	tamper_try("umount", umount2(found.point, MNT_DETACH));
}

static struct tamper_mount above;

static void make_private(void)
{
	mount(NULL, above.point, NULL, MS_PRIVATE, NULL);
}

/* In a copy of the mounts of which each event comes to ours. The parent of the folder's mount must be shared for that. */
static void by_propagation(void)
{
	int copy = keep();
	char parent[PATH_MAX];

	strcpy(parent, found.point);
	*strrchr(parent, '/') = 0;
	tamper_find_mount(parent[0] ? parent : "/", &above);
	if (!above.is_shared) {
		tamper_try("mount-shared", mount(NULL, above.point, NULL, MS_SHARED, NULL));
		tamper_clean_up(make_private);
	}
	tamper_inside(detach_own, NULL);
	if (tamper_exists(tamper_file()))
		tamper_unsupported("other mounts are on the mount");
	/* A mount on a shared one becomes shared. */
	if (!above.is_shared)
		make_private();
	put_back(copy);
}

static void move_away(void)
{
	char place[] = "/dev/shm/tamper-XXXXXX";

	find();
	tamper_need("mkdtemp", mkdtemp(place) ? 0 : -1);
	if (mount(found.point, place, NULL, MS_MOVE, NULL)) {
		int error = errno;

		rmdir(place);
		errno = error;
		if (error == EINVAL)
			tamper_unsupported("the mount above is shared");
		tamper_failed("mount");
	}
	tamper_see(!tamper_exists(tamper_file()), "the file is still seen");
	tamper_undo();
	tamper_need("mount", mount(place, found.point, NULL, MS_MOVE, NULL));
	tamper_need("rmdir", rmdir(place));
	tamper_worked();
}

static void move_by_descriptor(void)
{
	char place[] = "/dev/shm/tamper-XXXXXX";
	int tree;

	find();
	tree = tamper_try("open_tree", open_tree(AT_FDCWD, found.point, OPEN_TREE_CLOEXEC));
	tamper_need("mkdtemp", mkdtemp(place) ? 0 : -1);
	if (move_mount(tree, "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH)) {
		int error = errno;

		rmdir(place);
		errno = error;
		if (error == EINVAL)
			tamper_unsupported("the mount above is shared");
		tamper_failed("move_mount");
	}
	tamper_see(!tamper_exists(tamper_file()), "the file is still seen");
	tamper_undo();
	tamper_need("move_mount", move_mount(AT_FDCWD, place, AT_FDCWD, found.point, 0));
	tamper_need("rmdir", rmdir(place));
	tamper_worked();
}

const struct tamper_way tamper_unmount_ways[] = {
    {"remount-read-only", by_remount, "mount"},
    {"bind-remount-read-only", by_bind_remount, "mount"},
    {"bind-remount-noexec", by_noexec, "mount"},
    {"setattr-read-only", by_setattr_read_only, "mount"},
    {"setattr-noexec", by_setattr_noexec, "mount"},
    {"fsconfig-read-only", by_fsconfig, "mount"},
    {"change-propagation", by_shared, "mount"},
    {"umount", by_umount, "mount"},
    {"umount-lazy", by_detach, "mount"},
    {"umount-setns", by_setns, "mount"},
    {"umount-propagation", by_propagation, "mount"},
    {"move-mount-away", move_away, "mount"},
    {"move-mount-away-descriptor", move_by_descriptor, "mount"},
    {},
};
