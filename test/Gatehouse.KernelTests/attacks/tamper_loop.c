/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways by loop devices: the one that FOLDER's file system is on, and others on its files, to which a thread of the kernel
 * writes.
 */
#include "tamper_device.h"
#include <linux/fs.h>
#include <linux/loop.h>

static struct tamper_beneath beneath;

/* A device on the file, which goes when it is closed. */
static int loop_on(int file)
{
	struct loop_config configuration = {.fd = file, .info.lo_flags = LO_FLAGS_AUTOCLEAR};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number, fd;
	char node[64];

	if (control < 0 && errno == ENOENT)
		tamper_unsupported("no loop devices");
	tamper_try("open", control);
	number = tamper_need("LOOP_CTL_GET_FREE", ioctl(control, LOOP_CTL_GET_FREE));
	snprintf(node, sizeof(node), "/dev/loop%d", number);
	fd = tamper_need("open", open(node, O_RDWR | O_CLOEXEC));
	tamper_try("LOOP_CONFIGURE", ioctl(fd, LOOP_CONFIGURE, &configuration));
	return fd;
}

static void write_device(int fd, const char *text, off_t place)
{
	tamper_try("pwrite", pwrite(fd, text, TAMPER_LENGTH, place));
	tamper_try("fsync", fsync(fd));
}

/* A second loop device on the same file. */
static void by_second(void)
{
	int fd;

	tamper_find_beneath(&beneath);
	tamper_need_loop(&beneath);
	fd = loop_on(tamper_try("open", open(beneath.backing, O_RDWR | O_CLOEXEC)));
	write_device(fd, TAMPER_OTHER, beneath.place);
	tamper_see(tamper_is_beneath(TAMPER_OTHER), "the file does not show it");
	tamper_undo();
	write_device(fd, TAMPER_TEXT, beneath.place);
	tamper_see(tamper_is_beneath(TAMPER_TEXT), "the file");
	tamper_worked();
}

static int starts_with(const char *text)
{
	char content[TAMPER_LENGTH];
	int fd = tamper_need("open", open(tamper_in("large"), O_RDONLY | O_CLOEXEC));

	tamper_need("pread", pread(fd, content, sizeof(content), 0));
	close(fd);
	return !memcmp(content, text, sizeof(content));
}

static int open_large(void)
{
	int fd = open(tamper_in("large"), O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		tamper_unsupported("no file that a device has room on");
	return tamper_try("open", fd);
}

static _Noreturn void write_large(int fd)
{
	write_device(fd, TAMPER_OTHER, 0);
	tamper_see(starts_with(TAMPER_OTHER), "the file does not show it");
	tamper_undo();
	write_device(fd, TAMPER_TEXT, 0);
	tamper_see(starts_with(TAMPER_TEXT), "the file");
	tamper_worked();
}

/* On a file in FOLDER. */
static void by_large(void)
{
	write_large(loop_on(open_large()));
}

static void by_old_file(void)
{
	int fd = open_large();

	tamper_wait();
	write_large(loop_on(fd));
}

static void by_old_loop(void)
{
	int fd = loop_on(open_large());

	tamper_wait();
	write_large(fd);
}

static struct loop_info64 information_of(int fd)
{
	struct loop_info64 information;

	tamper_need("LOOP_GET_STATUS64", ioctl(fd, LOOP_GET_STATUS64, &information));
	return information;
}

/* Whether the device goes when nobody uses it. */
static void set_automatic(int fd, int automatic)
{
	struct loop_info64 information = information_of(fd);

	information.lo_flags = (information.lo_flags & ~LO_FLAGS_AUTOCLEAR) | (automatic ? LO_FLAGS_AUTOCLEAR : 0);
	tamper_try("LOOP_SET_STATUS64", ioctl(fd, LOOP_SET_STATUS64, &information));
}

static int open_loop(void)
{
	tamper_find_beneath(&beneath);
	tamper_need_loop(&beneath);
	return tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
}

static void by_loop_status(void)
{
	int fd = open_loop(), before = information_of(fd).lo_flags & LO_FLAGS_AUTOCLEAR;

	set_automatic(fd, !before);
	tamper_see((information_of(fd).lo_flags & LO_FLAGS_AUTOCLEAR) != (unsigned)before, "it is as it was");
	tamper_undo();
	set_automatic(fd, before);
	tamper_worked();
}

/* In use, it is to go when it is no longer. */
static void by_loop_clear(void)
{
	int fd = open_loop(), before = information_of(fd).lo_flags & LO_FLAGS_AUTOCLEAR;

	/* To see that the call does it. */
	if (before)
		set_automatic(fd, 0);
	if (ioctl(fd, LOOP_CLR_FD)) {
		int error = errno;

		set_automatic(fd, before);
		errno = error;
		tamper_failed("LOOP_CLR_FD");
	}
	tamper_see(information_of(fd).lo_flags & LO_FLAGS_AUTOCLEAR, "the device stays");
	tamper_undo();
	set_automatic(fd, before);
	tamper_worked();
}

static void by_loop_direct(void)
{
	int fd = open_loop();
	unsigned long before = !!(information_of(fd).lo_flags & LO_FLAGS_DIRECT_IO);

	if (ioctl(fd, LOOP_SET_DIRECT_IO, !before)) {
		if (errno == EINVAL)
			tamper_unsupported("what the loop device is on does no direct writing");
		tamper_failed("LOOP_SET_DIRECT_IO");
	}
	tamper_see(!!(information_of(fd).lo_flags & LO_FLAGS_DIRECT_IO) != before, "it is as it was");
	tamper_undo();
	tamper_need("LOOP_SET_DIRECT_IO", ioctl(fd, LOOP_SET_DIRECT_IO, before));
	tamper_worked();
}

static uint64_t size_of(int fd)
{
	uint64_t size = 0;

	tamper_need("BLKGETSIZE64", ioctl(fd, BLKGETSIZE64, &size));
	return size;
}

/* The device becomes shorter than its file system. */
static void by_loop_size(void)
{
	struct loop_info64 before, shorter;
	int fd = open_loop();
	uint64_t size = size_of(fd);

	before = shorter = information_of(fd);
	shorter.lo_sizelimit = BLOCK_SIZE;
	if (ioctl(fd, LOOP_SET_STATUS64, &shorter)) {
		/* The kernel waits for a device that nobody uses. */
		if (errno == EAGAIN)
			tamper_unsupported("the device is in use");
		tamper_failed("LOOP_SET_STATUS64");
	}
	tamper_see(size_of(fd) < size, "the size is as it was");
	tamper_undo();
	tamper_need("LOOP_SET_STATUS64", ioctl(fd, LOOP_SET_STATUS64, &before));
	tamper_see(size_of(fd) == size, "the size");
	tamper_worked();
}

/* Another file under the device, with the same size: only where it may not be written. */
static void by_loop_change(void)
{
	int fd = open_loop(), other;

	other = tamper_need("open", open(tamper_own_file("image", ""), O_RDWR | O_CLOEXEC));
	tamper_need("ftruncate", ftruncate(other, size_of(fd)));
	if (ioctl(fd, LOOP_CHANGE_FD, other)) {
		if (errno == EINVAL)
			tamper_unsupported("the loop device can be written to");
		tamper_failed("LOOP_CHANGE_FD");
	}
	tamper_undo();
	tamper_need("LOOP_CHANGE_FD", ioctl(fd, LOOP_CHANGE_FD, open(beneath.backing, O_RDONLY)));
	tamper_worked();
}

const struct tamper_way tamper_loop_ways[] = {
    {"loop-over-file", by_large, "file"},	 {"old-descriptor-loop", by_old_file, "file"},
    {"old-loop-over-file", by_old_loop, "file"}, {"loop-second", by_second, "device"},
    {"loop-status", by_loop_status, "device"},	 {"loop-clear", by_loop_clear, "device"},
    {"loop-direct", by_loop_direct, "device"},	 {"loop-size", by_loop_size, "device"},
    {"loop-change", by_loop_change, "device"},	 {},
};
