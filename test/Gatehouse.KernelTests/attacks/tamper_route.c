/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to one setting that is a file, other than by its path; and to settings that are none. */
#include "tamper.h"
#include <linux/reboot.h>
#include <sched.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include "uring.h"

#define SETTING "/proc/sys/kernel/ftrace_enabled"

static _Noreturn void set(void (*write)(const char *path, const char *value))
{
	tamper_set(SETTING, "0|1", write);
}

static char *mounted(const char *type)
{
	char *place = tamper_own(type);

	if (!mkdir(place, 0755))
		tamper_try("mount", mount(type, place, type, 0, NULL));
	return place;
}

static void by_second_proc(const char *path, const char *value)
{
	char *other;

	tamper_need("asprintf", asprintf(&other, "%s%s", mounted("proc"), path + strlen("/proc")));
	tamper_write_setting(other, value);
}

static void second_proc(void)
{
	set(by_second_proc);
}

static void by_bound_file(const char *path, const char *value)
{
	char *place = tamper_own_file("bound", "");

	tamper_try("mount", mount(path, place, NULL, MS_BIND, NULL));
	tamper_write_setting(place, value);
	tamper_need("umount", umount2(place, MNT_DETACH));
}

static void bound_file(void)
{
	set(by_bound_file);
}

static void by_bound_folder(const char *path, const char *value)
{
	char *place = tamper_own("bound"), *other;

	(void)path;
	tamper_need("mkdir", mkdir(place, 0755));
	tamper_try("mount", mount("/proc/sys/kernel", place, NULL, MS_BIND, NULL));
	tamper_need("asprintf", asprintf(&other, "%s/ftrace_enabled", place));
	tamper_write_setting(other, value);
}

static void bound_folder(void)
{
	set(by_bound_folder);
}

static void by_detached(const char *path, const char *value)
{
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	int fd = tamper_try("openat", openat(AT_FDCWD, "/proc/self/fd", O_PATH));
	char number[16];

	snprintf(number, sizeof(number), "%d", tree);
	fd = tamper_try("openat", openat(fd, number, O_WRONLY));
	tamper_try("write", write(fd, value, strlen(value)));
}

static void detached(void)
{
	set(by_detached);
}

static void by_new_proc(const char *path, const char *value)
{
	int context = tamper_try("fsopen", fsopen("proc", FSOPEN_CLOEXEC)), tree, fd;

	tamper_try("fsconfig", fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	tree = tamper_try("fsmount", fsmount(context, FSMOUNT_CLOEXEC, 0));
	fd = tamper_try("openat", openat(tree, path + strlen("/proc/"), O_WRONLY | O_CLOEXEC));
	tamper_try("write", write(fd, value, strlen(value)));
}

static void new_proc(void)
{
	set(by_new_proc);
}

static void by_process_root(const char *path, const char *value)
{
	char *other;

	tamper_need("asprintf", asprintf(&other, "/proc/1/root%s", path));
	tamper_write_setting(other, value);
}

static void process_root(void)
{
	set(by_process_root);
}

static const char *value_inside;

static void in_mounts(const void *path)
{
	tamper_try("unshare", unshare(CLONE_NEWNS));
	tamper_write_setting(path, value_inside);
}

static void by_mount_namespace(const char *path, const char *value)
{
	value_inside = value;
	tamper_inside(in_mounts, path);
}

static void mount_namespace(void)
{
	set(by_mount_namespace);
}

static void in_users(const void *path)
{
	tamper_try("unshare", unshare(CLONE_NEWUSER));
	tamper_need("uid_map", tamper_write("/proc/self/uid_map", "0 0 1"));
	tamper_write_setting(path, value_inside);
}

/* Its owner is root, in whichever namespace. */
static void by_user_namespace(const char *path, const char *value)
{
	value_inside = value;
	tamper_inside(in_users, path);
}

static void user_namespace(void)
{
	set(by_user_namespace);
}

static void in_root(const void *unused)
{
	int out = tamper_need("open", open("/", O_PATH)), fd, error;

	(void)unused;
	tamper_try("chroot", chroot("/proc/sys/kernel"));
	fd = open("/ftrace_enabled", O_WRONLY);
	error = errno;
	/* Out again: whether it has changed is looked up by its whole name. */
	tamper_need("fchdir", fchdir(out));
	tamper_need("chroot", chroot("."));
	errno = error;
	tamper_try("open", fd);
	tamper_try("write", write(fd, value_inside, strlen(value_inside)));
}

static void by_chroot(const char *path, const char *value)
{
	value_inside = value;
	tamper_inside(in_root, path);
}

static void root(void)
{
	set(by_chroot);
}

static int old = -1;

static int opened(const char *path)
{
	return old >= 0 ? old : tamper_try("open", open(path, O_WRONLY | O_CLOEXEC));
}

static void by_pwrite(const char *path, const char *value)
{
	tamper_try("pwrite", pwrite(opened(path), value, strlen(value), 0));
}

static void old_descriptor(void)
{
	old = opened(SETTING);
	tamper_wait();
	set(by_pwrite);
}

static void by_sendfile(const char *path, const char *value)
{
	int source = tamper_need("memfd_create", memfd_create("source", 0));
	off_t from = 0;

	tamper_need("write", write(source, value, strlen(value)));
	tamper_try("sendfile", sendfile(opened(path), source, &from, strlen(value)));
}

static void old_sendfile(void)
{
	old = opened(SETTING);
	tamper_wait();
	set(by_sendfile);
}

static void send_file(void)
{
	set(by_sendfile);
}

static void by_splice(const char *path, const char *value)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], value, strlen(value)) < 0)
		tamper_broken("pipe");
	tamper_try("splice", splice(ends[0], NULL, opened(path), NULL, strlen(value), 0));
}

static void splice_in(void)
{
	set(by_splice);
}

static void by_uring(const char *path, const char *value)
{
	static struct uring ring;
	int result;

	tamper_try("io_uring_setup", uring_open(&ring, 0));
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_OPENAT;
	ring.entry->fd = AT_FDCWD;
	ring.entry->addr = (uintptr_t)path;
	ring.entry->open_flags = O_WRONLY;
	result = uring_run(&ring);
	errno = result < 0 ? -result : 0;
	tamper_try("io_uring-openat", result);
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_WRITE;
	ring.entry->fd = result;
	ring.entry->addr = (uintptr_t)value;
	ring.entry->len = strlen(value);
	result = uring_run(&ring);
	errno = result < 0 ? -result : 0;
	tamper_try("io_uring-write", result);
}

static void uring(void)
{
	set(by_uring);
}

/* Set by no file: what the console shows. */
static void by_syslog(void)
{
	char before[64], after[64];

	tamper_watch_setting("/proc/sys/kernel/printk");
	tamper_need("read", tamper_read("/proc/sys/kernel/printk", before, sizeof(before)));
	/* SYSLOG_ACTION_CONSOLE_LEVEL */
	tamper_try("syslog", klogctl(8, NULL, atoi(before) == 1 ? 2 : 1));
	tamper_need("read", tamper_read("/proc/sys/kernel/printk", after, sizeof(after)));
	tamper_see(strcmp(before, after), "the level is as it was");
	tamper_undo();
	tamper_need("syslog", klogctl(8, NULL, atoi(before)));
	tamper_worked();
}

/* reboot(2) that does not. */
static void by_reboot(void)
{
	const char *path = "/proc/sys/kernel/ctrl-alt-del";
	char before[16], after[16];
	int was_on;

	tamper_watch_setting(path);
	tamper_need("read", tamper_read(path, before, sizeof(before)));
	was_on = atoi(before);
	tamper_try("reboot", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
				     was_on ? LINUX_REBOOT_CMD_CAD_OFF : LINUX_REBOOT_CMD_CAD_ON, NULL));
	tamper_need("read", tamper_read(path, after, sizeof(after)));
	tamper_see(strcmp(before, after), "the setting is as it was");
	tamper_undo();
	tamper_need("reboot", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
				      was_on ? LINUX_REBOOT_CMD_CAD_ON : LINUX_REBOOT_CMD_CAD_OFF, NULL));
	tamper_worked();
}

/* The key that only prints the keys. */
static void trigger(const char *path)
{
	char text[8192];
	int log = tamper_need("open", open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	ssize_t length;

	tamper_need("lseek", lseek(log, 0, SEEK_END));
	tamper_write_setting(path, "h");
	for (int i = 0; i < 100; i++) {
		while ((length = read(log, text, sizeof(text) - 1)) > 0) {
			text[length] = 0;
			if (strstr(text, "sysrq: HELP"))
				tamper_worked();
		}
		usleep(10000);
	}
	tamper_see(0, "the kernel says nothing");
}

static void by_sysrq(void)
{
	trigger("/proc/sysrq-trigger");
}

static void by_second_sysrq(void)
{
	mounted("proc");
	trigger(tamper_own("proc/sysrq-trigger"));
}

/* An interpreter for files that start in a certain way: ours are none. */
static void by_binfmt(void)
{
	char *place = mounted("binfmt_misc");
	const char *rule = ":tampered:M::\\x7fTAMPER::/bin/true:";
	char *made = tamper_own("binfmt_misc/tampered");

	(void)place;
	tamper_write_setting(tamper_own("binfmt_misc/register"), rule);
	tamper_see(tamper_exists(made), "there is no rule");
	tamper_undo();
	tamper_write_setting(made, "-1");
	tamper_see(!tamper_exists(made), "the rule is there");
	tamper_worked();
}

const struct tamper_way tamper_route_ways[] = {
    {"setting-second-proc", second_proc, "setting"},
    {"setting-new-proc", new_proc, "setting"},
    {"setting-bind-file", bound_file, "setting"},
    {"setting-bind-folder", bound_folder, "setting"},
    {"setting-detached", detached, "setting"},
    {"setting-process-root", process_root, "setting"},
    {"setting-mount-namespace", mount_namespace, "setting"},
    {"setting-user-namespace", user_namespace, "setting"},
    {"setting-chroot", root, "setting"},
    {"setting-sendfile", send_file, "setting"},
    {"setting-splice", splice_in, "setting"},
    {"setting-uring", uring, "setting"},
    {"old-setting", old_descriptor, "setting"},
    {"old-setting-sendfile", old_sendfile, "setting"},
    {"syslog-level", by_syslog, "setting"},
    {"reboot-cad", by_reboot, "setting"},
    {"sysrq-trigger", by_sysrq, "setting"},
    {"sysrq-second-proc", by_second_sysrq, "setting"},
    {"binfmt-misc", by_binfmt, "setting"},
    {},
};
