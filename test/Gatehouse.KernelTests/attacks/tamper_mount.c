/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to cover FOLDER, its file or what it is in by a mount: whoever opens the path gets something else. */
#include "tamper.h"
#include <sched.h>
#include <sys/mount.h>

static struct tamper_mount found;

/* The attacker's file in the attacker's folder. */
static char *fake_folder(void)
{
	char *path = tamper_own("fake");

	tamper_need("mkdir", mkdir(path, 0755));
	tamper_own_file("fake/file", TAMPER_OTHER);
	return path;
}

static _Noreturn void covered(const char *place, int seen)
{
	tamper_see(seen, "the file is still seen");
	tamper_undo();
	tamper_need("umount", umount2(place, MNT_DETACH));
	tamper_worked();
}

static int is_fake(void)
{
	return tamper_holds(tamper_file(), TAMPER_OTHER);
}

static int is_gone(void)
{
	return !tamper_exists(tamper_file());
}

static void by_bind_over_file(void)
{
	char *mine = tamper_own_file("fake", TAMPER_OTHER);

	tamper_try("mount", mount(mine, tamper_file(), NULL, MS_BIND, NULL));
	covered(tamper_file(), is_fake());
}

static void by_null_over_file(void)
{
	tamper_try("mount", mount("/dev/null", tamper_file(), NULL, MS_BIND, NULL));
	covered(tamper_file(), tamper_holds(tamper_file(), ""));
}

static void by_bind_over_folder(void)
{
	tamper_try("mount", mount(fake_folder(), tamper_folder, NULL, MS_BIND, NULL));
	covered(tamper_folder, is_fake());
}

static void by_bind_over_sub(void)
{
	char *sub = tamper_in("sub");

	tamper_try("mount", mount(fake_folder(), sub, NULL, MS_BIND | MS_REC, NULL));
	covered(sub, !tamper_exists(tamper_in("sub/deep")));
}

static void by_tmpfs_over_folder(void)
{
	tamper_try("mount", mount("tmpfs", tamper_folder, "tmpfs", 0, NULL));
	covered(tamper_folder, is_gone());
}

static void by_tmpfs_over_parent(void)
{
	tamper_try("mount", mount("tmpfs", tamper_parent, "tmpfs", 0, NULL));
	covered(tamper_parent, is_gone());
}

static void by_bind_over_parent(void)
{
	tamper_try("mount", mount("/proc/self/fd", tamper_parent, NULL, MS_BIND, NULL));
	covered(tamper_parent, is_gone());
}

/* What the folder has remains, and more is seen in it. */
static void by_overlay_over(void)
{
	char options[3 * PATH_MAX];

	snprintf(options, sizeof(options), "lowerdir=%s:%s", fake_folder(), tamper_folder);
	if (mount("overlay", tamper_folder, "overlay", 0, options)) {
		if (errno == ENODEV)
			tamper_unsupported("overlay");
		tamper_failed("mount");
	}
	covered(tamper_folder, is_fake() && tamper_exists(tamper_in("sub/deep")));
}

/* By the calls of the new kind, which name the place only at the end. */
static int new_mount(void)
{
	int context = tamper_try("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC));

	tamper_try("fsconfig", fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	return tamper_try("fsmount", fsmount(context, FSMOUNT_CLOEXEC, 0));
}

static void by_move_new(void)
{
	tamper_try("move_mount", move_mount(new_mount(), "", AT_FDCWD, tamper_folder, MOVE_MOUNT_F_EMPTY_PATH));
	covered(tamper_folder, is_gone());
}

static void by_move_new_parent(void)
{
	tamper_try("move_mount", move_mount(new_mount(), "", AT_FDCWD, tamper_parent, MOVE_MOUNT_F_EMPTY_PATH));
	covered(tamper_parent, is_gone());
}

/* The place by a descriptor, and no path at all. */
static void by_move_to_descriptor(void)
{
	int place = tamper_need("open", open(tamper_folder, O_PATH | O_DIRECTORY));

	tamper_try("move_mount",
		   move_mount(new_mount(), "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
	covered(tamper_folder, is_gone());
}

static void by_move_tree(void)
{
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, fake_folder(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));

	tamper_try("move_mount", move_mount(tree, "", AT_FDCWD, tamper_folder, MOVE_MOUNT_F_EMPTY_PATH));
	covered(tamper_folder, is_fake());
}

static void by_move_file(void)
{
	char *mine = tamper_own_file("fake", TAMPER_OTHER);
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, mine, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));

	tamper_try("move_mount", move_mount(tree, "", AT_FDCWD, tamper_file(), MOVE_MOUNT_F_EMPTY_PATH));
	covered(tamper_file(), is_fake());
}

/* A mount that is elsewhere already. */
static void by_move(void)
{
	char *mine = tamper_own("elsewhere");

	tamper_need("mkdir", mkdir(mine, 0755));
	tamper_need("mount", mount("tmpfs", mine, "tmpfs", 0, NULL));
	/* A shared mount cannot be moved away from. */
	tamper_need("mount", mount(NULL, mine, NULL, MS_PRIVATE, NULL));
	if (mount(mine, tamper_folder, NULL, MS_MOVE, NULL)) {
		int error = errno;

		umount(mine);
		errno = error;
		if (error == EINVAL)
			tamper_unsupported("the parent's mount is shared");
		tamper_failed("mount");
	}
	covered(tamper_folder, is_gone());
}

/* Beneath what is on top now: seen when that is taken away. */
static void by_beneath(void)
{
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, fake_folder(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	char path[PATH_MAX + 64];
	int context, fd;

	tamper_find_mount(tamper_folder, &found);
	/* MOVE_MOUNT_BENEATH */
	if (move_mount(tree, "", AT_FDCWD, found.point, MOVE_MOUNT_F_EMPTY_PATH | 0x200)) {
		if (errno == EINVAL)
			tamper_unsupported("no mount beneath another here");
		tamper_failed("move_mount");
	}
	tamper_undo();
	/* Take the product's mount off, look, and put it on again. */
	context = tamper_need("open_tree",
			      open_tree(AT_FDCWD, found.point, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	tamper_need("umount", umount2(found.point, MNT_DETACH));
	snprintf(path, sizeof(path), "%s/file", found.point);
	fd = tamper_holds(path, TAMPER_OTHER);
	tamper_need("umount", umount2(found.point, MNT_DETACH));
	tamper_need("move_mount", move_mount(context, "", AT_FDCWD, found.point, MOVE_MOUNT_F_EMPTY_PATH));
	tamper_see(fd, "nothing was beneath");
	tamper_worked();
}

static void cover(const void *unused)
{
	(void)unused;
	tamper_try("mount", mount("tmpfs", tamper_folder, "tmpfs", 0, NULL));
}

static void cover_in_copy(const void *unused)
{
	tamper_try("unshare", unshare(CLONE_NEWNS));
	cover(unused);
}

static void make_private(void)
{
	mount(NULL, found.point, NULL, MS_PRIVATE, NULL);
}

/* In a copy of the mounts of which each event comes to ours, where the folder's mount is shared. */
static void by_propagation(void)
{
	tamper_find_mount(tamper_folder, &found);
	if (!found.is_shared) {
		tamper_try("mount-shared", mount(NULL, found.point, NULL, MS_SHARED, NULL));
		tamper_clean_up(make_private);
	}
	tamper_inside(cover_in_copy, NULL);
	covered(tamper_folder, is_gone());
}

static void cover_from_outside(const void *first)
{
	tamper_try("setns", setns(*(const int *)first, CLONE_NEWNS));
	cover(NULL);
}

/* From mounts of its own, back into those of the first process. */
static void in_own_mounts(const void *first)
{
	tamper_need("unshare", unshare(CLONE_NEWNS));
	cover_from_outside(first);
}

static void by_setns(void)
{
	int first = tamper_try("open", open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC));

	tamper_inside(in_own_mounts, &first);
	covered(tamper_folder, is_gone());
}

/* Only this process's own copy changes. */
static void in_copy(const void *unused)
{
	(void)unused;
	tamper_try("unshare", unshare(CLONE_NEWNS));
	tamper_try("mount-private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	tamper_try("mount", mount("tmpfs", tamper_folder, "tmpfs", 0, NULL));
	tamper_see(is_gone(), "the file is still seen");
}

static void by_own_copy(void)
{
	tamper_inside(in_copy, NULL);
	tamper_worked();
}

static void in_pivot(const void *root)
{
	tamper_try("unshare", unshare(CLONE_NEWNS));
	tamper_need("mount-private", mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	tamper_need("mount", mount("tmpfs", root, "tmpfs", 0, NULL));
	tamper_need("chdir", chdir(root));
	tamper_try("pivot_root", syscall(SYS_pivot_root, ".", "."));
	tamper_need("umount", umount2(".", MNT_DETACH));
	tamper_see(is_gone(), "the file is still seen");
}

static void by_pivot(void)
{
	char *root = tamper_own("root");

	tamper_need("mkdir", mkdir(root, 0755));
	tamper_inside(in_pivot, root);
	tamper_worked();
}

static void in_users(const void *unused)
{
	(void)unused;
	tamper_try("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	tamper_try("mount", mount("tmpfs", tamper_folder, "tmpfs", 0, NULL));
	tamper_see(is_gone(), "the file is still seen");
}

static void by_users(void)
{
	tamper_inside(in_users, NULL);
	tamper_worked();
}

const struct tamper_way tamper_mount_ways[] = {
    {"bind-over-file", by_bind_over_file, "mount"},
    {"null-over-file", by_null_over_file, "mount"},
    {"bind-over-folder", by_bind_over_folder, "mount"},
    {"bind-over-sub", by_bind_over_sub, "mount"},
    {"bind-over-parent", by_bind_over_parent, "mount"},
    {"tmpfs-over-folder", by_tmpfs_over_folder, "mount"},
    {"tmpfs-over-parent", by_tmpfs_over_parent, "mount"},
    {"overlay-over-folder", by_overlay_over, "mount"},
    {"fsmount-over-folder", by_move_new, "mount"},
    {"fsmount-over-parent", by_move_new_parent, "mount"},
    {"fsmount-over-descriptor", by_move_to_descriptor, "mount"},
    {"open-tree-over-folder", by_move_tree, "mount"},
    {"open-tree-over-file", by_move_file, "mount"},
    {"move-over-folder", by_move, "mount"},
    {"mount-beneath", by_beneath, "mount"},
    {"propagation", by_propagation, "mount"},
    {"setns-mount", by_setns, "mount"},
    {"own-mounts", by_own_copy, "harmless"},
    {"pivot-root", by_pivot, "harmless"},
    {"user-mounts", by_users, "harmless"},
    {},
};
