/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to stop a file system or its device, to and to come to ports and memory of the machine. */
#include "tamper_device.h"
#include <linux/fs.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* As in the kernel's own headers, which programs do not see. */
#define SHUTDOWN	 _IOR('X', 125, uint32_t)
#define SWAP_BOOT	 _IO('f', 17)
#define SET_LABEL	 _IOW(0x94, 50, char[256])
#define GET_LABEL	 _IOR(0x94, 49, char[256])
#define SHUTDOWN_FLUSHES 1

static struct tamper_beneath beneath;

static void write_own(const void *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, "x", 1) != 1)
		_exit(1);
}

/* Everybody who writes waits. */
static void by_freeze(void)
{
	char *path = tamper_own("waits");
	int folder = tamper_need("open", open(tamper_folder, O_RDONLY | O_DIRECTORY)), waited, status;
	pid_t child;

	tamper_try("FIFREEZE", ioctl(folder, FIFREEZE, 0));
	child = fork();
	if (!child) {
		write_own(path);
		_exit(0);
	}
	usleep(300000);
	waited = waitpid(child, &status, WNOHANG) == 0;
	tamper_undo();
	tamper_need("FITHAW", ioctl(folder, FITHAW, 0));
	if (!waited)
		tamper_broken("nobody had to wait");
	tamper_join(child);
	tamper_worked();
}

static unsigned long flags_now(void)
{
	struct statvfs status;

	tamper_need("statvfs", statvfs(tamper_folder, &status));
	return status.f_flag;
}

/* By a key of sysrq: every file system on a device may only be read from then on. */
static void by_emergency(void)
{
	struct tamper_mount found;
	int fd = tamper_try("open", open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC));

	tamper_find_beneath(&beneath);
	tamper_find_mount(tamper_folder, &found);
	tamper_try("write", write(fd, "u", 1));
	for (int i = 0; i < 500 && !(flags_now() & ST_RDONLY); i++)
		usleep(10000);
	tamper_see(flags_now() & ST_RDONLY, "the file can be written to");
	tamper_undo();
	/* The kernel is not through with the others. */
	usleep(200000);
	tamper_need("mount", mount(NULL, found.point, NULL, MS_REMOUNT, NULL));
	tamper_see(!(flags_now() & ST_RDONLY), "read-only");
	tamper_worked();
}

/* No call that needs the device succeeds from then on; only a new mount ends it. */
static void by_shutdown(void)
{
	struct tamper_mount found;
	uint32_t how = SHUTDOWN_FLUSHES;
	int folder, device;
	char *path = tamper_own("waits");

	tamper_find_beneath(&beneath);
	tamper_find_mount(tamper_folder, &found);
	device = tamper_try("open", open(beneath.node, O_RDONLY | O_CLOEXEC));
	folder = tamper_need("open", open(tamper_folder, O_RDONLY | O_DIRECTORY));
	sync();
	if (ioctl(folder, SHUTDOWN, &how)) {
		if (errno == ENOTTY)
			tamper_unsupported("this file system cannot be shut down");
		tamper_failed("SHUTDOWN");
	}
	tamper_see(open(path, O_WRONLY | O_CREAT, 0644) < 0 && errno == EIO, "files can be made");
	tamper_undo();
	close(folder);
	tamper_need("umount", umount(found.point));
	tamper_need("mount", mount(beneath.node, found.point, found.type, 0, NULL));
	close(device);
	tamper_see(tamper_holds(tamper_file(), TAMPER_TEXT), "the file");
	tamper_worked();
}

/* The file's content becomes that of the boot loader's inode, and the other way round. */
static void by_swap_boot(void)
{
	int fd = tamper_try("open", open(tamper_file(), O_RDWR | O_CLOEXEC));

	if (ioctl(fd, SWAP_BOOT)) {
		if (errno == ENOTTY)
			tamper_unsupported("this file system has no boot loader");
		tamper_failed("SWAP_BOOT");
	}
	tamper_see(!tamper_holds(tamper_file(), TAMPER_TEXT), "the file is as it was");
	tamper_undo();
	tamper_need("SWAP_BOOT", ioctl(fd, SWAP_BOOT));
	tamper_see(tamper_holds(tamper_file(), TAMPER_TEXT), "the file");
	tamper_worked();
}

static void by_label(void)
{
	char before[256] = "", label[256] = "tampered", after[256] = "";
	int folder = tamper_need("open", open(tamper_folder, O_RDONLY | O_DIRECTORY));

	if (ioctl(folder, GET_LABEL, before))
		tamper_unsupported("this file system has no label");
	if (ioctl(folder, SET_LABEL, label)) {
		if (errno == ENOTTY)
			tamper_unsupported("this file system's label stays");
		tamper_failed("FS_IOC_SETFSLABEL");
	}
	tamper_need("FS_IOC_GETFSLABEL", ioctl(folder, GET_LABEL, after));
	tamper_see(!strcmp(after, label), "the label is as it was");
	tamper_undo();
	tamper_need("FS_IOC_SETFSLABEL", ioctl(folder, SET_LABEL, before));
	tamper_worked();
}

static int open_device(void)
{
	tamper_find_beneath(&beneath);
	return tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
}

static void by_read_only(void)
{
	int fd = open_device(), before, on = 1, after = 0;

	tamper_need("BLKROGET", ioctl(fd, BLKROGET, &before));
	tamper_try("BLKROSET", ioctl(fd, BLKROSET, &on));
	tamper_need("BLKROGET", ioctl(fd, BLKROGET, &after));
	tamper_see(after && !before, "the device can be written to");
	tamper_undo();
	tamper_need("BLKROSET", ioctl(fd, BLKROSET, &before));
	tamper_worked();
}

static void by_read_ahead(void)
{
	int fd = open_device();
	long before, after;

	tamper_need("BLKRAGET", ioctl(fd, BLKRAGET, &before));
	tamper_try("BLKRASET", ioctl(fd, BLKRASET, before + 8));
	tamper_need("BLKRAGET", ioctl(fd, BLKRAGET, &after));
	tamper_see(after == before + 8, "it is as it was");
	tamper_undo();
	tamper_need("BLKRASET", ioctl(fd, BLKRASET, before));
	tamper_worked();
}

/* The screen's memory, or the firmware's: what the kernel lets through of the first megabyte. */
static void by_memory(void)
{
	enum { SCREEN = 0xb8000, ROOM = 4096 };
	int fd = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	volatile unsigned char *memory;
	unsigned char before;

	if (fd < 0 && errno == ENOENT)
		tamper_unsupported("no /dev/mem");
	tamper_try("open", fd);
	memory = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, SCREEN);
	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	before = memory[ROOM - 2];
	memory[ROOM - 2] = before ^ 1;
	if (memory[ROOM - 2] == before)
		tamper_unsupported("nothing is there that could be changed");
	tamper_undo();
	memory[ROOM - 2] = before;
	tamper_worked();
}

/* The processor's own word for it: without the right, these end the process. */
static _Noreturn void reach_port(void)
{
	/* The clock's seconds, from the memory that firmware keeps its settings in. */
	outb(0, 0x70);
	tamper_see(inb(0x71) != 0xff, "no port answers");
	tamper_worked();
}

static void by_ioperm(void)
{
	tamper_try("ioperm", ioperm(0x70, 2, 1));
	reach_port();
}

static void by_iopl(void)
{
	tamper_try("iopl", iopl(3));
	reach_port();
}

static void by_port_file(void)
{
	unsigned char second = 0xff;
	int fd = open("/dev/port", O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		tamper_unsupported("no /dev/port");
	tamper_try("open", fd);
	tamper_try("pwrite", pwrite(fd, "\0", 1, 0x70));
	tamper_try("pread", pread(fd, &second, 1, 0x71));
	tamper_see(second != 0xff, "no port answers");
	tamper_worked();
}

const struct tamper_way tamper_block_ways[] = {
    {"freeze", by_freeze, "device"},
    {"emergency-read-only", by_emergency, "device"},
    {"shutdown", by_shutdown, "device"},
    {"swap-boot", by_swap_boot, "device"},
    {"label", by_label, "device"},
    {"device-read-only", by_read_only, "device"},
    {"device-read-ahead", by_read_ahead, "device"},
    {"memory-device", by_memory, "device"},
    {"ioperm", by_ioperm, "device"},
    {"iopl", by_iopl, "device"},
    {"port-device", by_port_file, "device"},
    {},
};
