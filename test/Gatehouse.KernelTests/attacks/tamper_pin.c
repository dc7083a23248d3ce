/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to take pins away, to change them, or to come to what is pinned. */
#include "tamper_bpf.h"
#include <sys/mount.h>

/* As in <linux/bpf.h> of kernels that have it: pathname relative to a folder's descriptor. */
enum { PATH_BY_DESCRIPTOR = 1 << 14 };

static const char *pin(void)
{
	if (!tamper_pin[0])
		tamper_unsupported("no pin is given");
	return tamper_pin;
}

static char *beside(const char *name)
{
	char *path;

	pin();
	tamper_need("asprintf", asprintf(&path, "%s/%s", tamper_pins, name));
	return path;
}

static int own_map(void)
{
	return tamper_need("a map of the attacker's own", tamper_make_map(BPF_MAP_TYPE_HASH, 0));
}

static _Noreturn void pin_again(void)
{
	tamper_see(!tamper_exists(tamper_pin), "the pin is there");
	tamper_undo();
	tamper_need("BPF_OBJ_PIN", bpf_obj_pin(tamper_pin_fd, tamper_pin));
	tamper_worked();
}

static void by_unlink(void)
{
	tamper_try("unlink", unlink(pin()));
	pin_again();
}

static void by_unlinkat(void)
{
	int folder = tamper_need("open", open(tamper_pins, O_PATH | O_DIRECTORY));

	tamper_try("unlinkat", unlinkat(folder, strrchr(pin(), '/') + 1, 0));
	pin_again();
}

static void by_rename(void)
{
	char *other = beside("renamed");

	tamper_try("rename", rename(pin(), other));
	tamper_see(!tamper_exists(pin()), "the pin is there");
	tamper_undo();
	tamper_need("rename", rename(other, pin()));
	tamper_worked();
}

/* What opens the pin afterwards gets the attacker's map. */
static void by_rename_over(void)
{
	char *other = beside("made");
	int map = own_map();

	tamper_try("BPF_OBJ_PIN", bpf_obj_pin(map, other));
	if (rename(other, pin())) {
		int error = errno;

		unlink(other);
		errno = error;
		tamper_failed("rename");
	}
	tamper_see(tamper_id_of_map(bpf_obj_get(pin())) == tamper_id_of_map(map), "it is the same object");
	tamper_undo();
	tamper_need("unlink", unlink(pin()));
	pin_again();
}

static _Noreturn void made(const char *path, const char *call, int result, int flags)
{
	tamper_try(call, result);
	tamper_see(tamper_exists(path), "it is not there");
	tamper_undo();
	tamper_need("unlinkat", unlinkat(AT_FDCWD, path, flags));
	tamper_worked();
}

static void by_link(void)
{
	char *other = beside("made");

	made(other, "link", link(pin(), other), 0);
}

static void by_pin_in(void)
{
	char *other = beside("made");

	made(other, "BPF_OBJ_PIN", bpf_obj_pin(own_map(), other), 0);
}

static void by_mkdir(void)
{
	char *other = beside("made");

	made(other, "mkdir", mkdir(other, 0755), AT_REMOVEDIR);
}

static void by_symlink(void)
{
	char *other = beside("made");

	made(other, "symlink", symlink(pin(), other), 0);
}

static void by_chmod(void)
{
	struct stat before, after;

	tamper_need("stat", stat(pin(), &before));
	tamper_try("chmod", chmod(pin(), before.st_mode ^ 0066));
	tamper_need("stat", stat(pin(), &after));
	tamper_see(before.st_mode != after.st_mode, "the mode is as it was");
	tamper_undo();
	tamper_need("chmod", chmod(pin(), before.st_mode));
	tamper_worked();
}

static void by_chown(void)
{
	struct stat before, after;

	tamper_need("stat", stat(pin(), &before));
	tamper_try("chown", chown(pin(), 12345, 12345));
	tamper_need("stat", stat(pin(), &after));
	tamper_see(after.st_uid == 12345, "the owner is as it was");
	tamper_undo();
	tamper_need("chown", chown(pin(), before.st_uid, before.st_gid));
	tamper_worked();
}

static _Noreturn void covered(void)
{
	tamper_see(!tamper_exists(pin()), "the pin is still seen");
	tamper_undo();
	tamper_need("umount", umount2(tamper_pins, MNT_DETACH));
	tamper_worked();
}

static void by_tmpfs_over(void)
{
	pin();
	tamper_try("mount", mount("tmpfs", tamper_pins, "tmpfs", 0, NULL));
	covered();
}

static void by_bpffs_over(void)
{
	int context, tree;

	pin();
	context = tamper_try("fsopen", fsopen("bpf", FSOPEN_CLOEXEC));
	tamper_try("fsconfig", fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	tree = tamper_try("fsmount", fsmount(context, FSMOUNT_CLOEXEC, 0));
	tamper_try("move_mount", move_mount(tree, "", AT_FDCWD, tamper_pins, MOVE_MOUNT_F_EMPTY_PATH));
	covered();
}

static void by_bind_over_pin(void)
{
	tamper_try("mount", mount("/dev/null", pin(), NULL, MS_BIND, NULL));
	tamper_see(bpf_obj_get(pin()) < 0, "the pin is still seen");
	tamper_undo();
	tamper_need("umount", umount(pin()));
	tamper_worked();
}

static struct tamper_mount below;

static void find_mount(void)
{
	pin();
	tamper_find_mount(tamper_pins, &below);
	if (strcmp(below.type, "bpf"))
		tamper_unsupported("the pins are on no bpffs of their own");
}

/* A copy of the mount keeps the pins, and comes to its place afterwards. */
static void take_off(int flags)
{
	int copy;

	find_mount();
	copy = tamper_try("open_tree",
			  open_tree(AT_FDCWD, below.point, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	tamper_try("umount", umount2(below.point, flags));
	tamper_see(!tamper_exists(pin()), "the pin is still seen");
	tamper_undo();
	tamper_need("move_mount", move_mount(copy, "", AT_FDCWD, below.point, MOVE_MOUNT_F_EMPTY_PATH));
	tamper_worked();
}

static void by_umount(void)
{
	take_off(0);
}

static void by_detach(void)
{
	take_off(MNT_DETACH);
}

static void by_remount(void)
{
	find_mount();
	tamper_try("mount", mount(NULL, below.point, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	tamper_see(chmod(pin(), 0600) && errno == EROFS, "it can be written to");
	tamper_undo();
	tamper_need("mount", mount(NULL, below.point, NULL, MS_REMOUNT | MS_BIND, NULL));
	tamper_worked();
}

static _Noreturn void got(const char *call, int fd)
{
	tamper_try(call, fd);
	tamper_see(fcntl(fd, F_GETFD) >= 0, "there is no descriptor");
	tamper_worked();
}

static void by_get(void)
{
	got("BPF_OBJ_GET", bpf_obj_get(pin()));
}

static void by_get_bound(void)
{
	char *place = tamper_own("bound"), *path;
	int fd;

	pin();
	tamper_need("mkdir", mkdir(place, 0755));
	tamper_try("mount", mount(tamper_pins, place, NULL, MS_BIND, NULL));
	tamper_need("asprintf", asprintf(&path, "%s/%s", place, strrchr(tamper_pin, '/') + 1));
	fd = bpf_obj_get(path);
	if (umount(place))
		tamper_broken("umount");
	errno = fd < 0 ? -fd : 0;
	got("BPF_OBJ_GET", fd);
}

static void by_get_symlink(void)
{
	char *path = tamper_own("link");

	tamper_need("symlink", symlink(pin(), path));
	got("BPF_OBJ_GET", bpf_obj_get(path));
}

/* From a mount that is nowhere in the tree. */
static void by_get_detached(void)
{
	struct {
		uint64_t path;
		uint32_t fd, flags;
		int32_t folder;
		uint32_t unused;
	} attributes = {(uintptr_t)(strrchr(pin(), '/') + 1), 0, PATH_BY_DESCRIPTOR, 0, 0};
	int fd;

	attributes.folder =
	    tamper_try("open_tree", open_tree(AT_FDCWD, tamper_pins, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	fd = syscall(SYS_bpf, BPF_OBJ_GET, &attributes, sizeof(attributes));
	if (fd < 0 && (errno == EINVAL || errno == E2BIG))
		tamper_unsupported("BPF_OBJ_GET by a folder's descriptor");
	got("BPF_OBJ_GET", fd);
}

static void by_old_folder(void)
{
	int folder = tamper_need("open", open(tamper_pins, O_PATH | O_DIRECTORY));

	pin();
	tamper_wait();
	tamper_try("unlinkat", unlinkat(folder, strrchr(pin(), '/') + 1, 0));
	pin_again();
}

const struct tamper_way tamper_pin_ways[] = {
    {"pin-unlink", by_unlink, "object"},
    {"pin-unlinkat", by_unlinkat, "object"},
    {"pin-rename", by_rename, "object"},
    {"pin-rename-over", by_rename_over, "object"},
    {"pin-link", by_link, "object"},
    {"pin-in", by_pin_in, "object"},
    {"pin-mkdir", by_mkdir, "object"},
    {"pin-symlink", by_symlink, "object"},
    {"pin-chmod", by_chmod, "object"},
    {"pin-chown", by_chown, "object"},
    {"pins-tmpfs-over", by_tmpfs_over, "object"},
    {"pins-bpffs-over", by_bpffs_over, "object"},
    {"pin-bind-over", by_bind_over_pin, "object"},
    {"pins-umount", by_umount, "object"},
    {"pins-umount-lazy", by_detach, "object"},
    {"pins-remount-read-only", by_remount, "object"},
    {"pin-get", by_get, "object"},
    {"pin-get-bound", by_get_bound, "object"},
    {"pin-get-symlink", by_get_symlink, "object"},
    {"pin-get-detached", by_get_detached, "object"},
    {"old-pins-folder", by_old_folder, "object"},
    {},
};
