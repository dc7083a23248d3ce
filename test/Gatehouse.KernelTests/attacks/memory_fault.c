/* SPDX-License-Identifier: Apache-2.0 */
/* userfaultfd: to hold up a fault, and to fill memory by it. */
#include "memory.h"
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif
#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW _IO(0xaa, 0)
#endif
/* Linux 6.8 */
struct move {
	uint64_t to, from, length, mode;
	int64_t moved;
};
#define MOVE	     _IOWR(0xaa, 5, struct move)
#define FEATURE_MOVE (1 << 16)

static int opened(int flags)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | flags);

	if (fd < 0)
		memory_failed("userfaultfd");
	return fd;
}

/* Usable: the kernel has said which version it speaks. */
static void greet(int fd, uint64_t features)
{
	struct uffdio_api api = {.api = UFFD_API, .features = features};

	if (ioctl(fd, UFFDIO_API, &api))
		memory_unsupported("this feature of userfaultfd");
}

static void by_call(void)
{
	greet(opened(0), 0);
	memory_worked();
}

static void by_user_mode(void)
{
	greet(opened(UFFD_USER_MODE_ONLY), 0);
	memory_worked();
}

static void by_device(void)
{
	int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC), fd;

	if (device < 0)
		memory_unsupported("/dev/userfaultfd");
	fd = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC);
	if (fd < 0)
		memory_failed("ioctl");
	greet(fd, 0);
	memory_worked();
}

static void *watched_area(int fd)
{
	void *code = memory_alone(MEMORY_RW, MAP_PRIVATE);
	struct uffdio_register area = {.range = {(uintptr_t)code, MEMORY_PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};

	if (ioctl(fd, UFFDIO_REGISTER, &area))
		memory_broken("UFFDIO_REGISTER");
	return code;
}

static _Noreturn void run_filled(int fd, void *code)
{
	close(fd);
	memory_watch(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_copy(void)
{
	int fd = opened(UFFD_USER_MODE_ONLY);
	struct uffdio_copy copy = {.len = MEMORY_PAGE};
	void *code;

	greet(fd, 0);
	code = watched_area(fd);
	copy.dst = (uintptr_t)code;
	copy.src = (uintptr_t)memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));
	if (ioctl(fd, UFFDIO_COPY, &copy))
		memory_broken("UFFDIO_COPY");
	run_filled(fd, code);
}

/* Into memory that is executable, has never been writable, and needs not to be: the kernel looks at whether it could be. */
static void fill_executable(int file)
{
	int fd = opened(UFFD_USER_MODE_ONLY);
	struct uffdio_copy copy = {.len = MEMORY_PAGE};
	struct uffdio_register area = {.range = {.len = MEMORY_PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};
	void *code = memory_map(MEMORY_RX, MAP_PRIVATE, file, MEMORY_PAGE);

	greet(fd, 0);
	copy.dst = area.range.start = (uintptr_t)code;
	copy.src = (uintptr_t)memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));
	if (ioctl(fd, UFFDIO_REGISTER, &area))
		memory_broken("UFFDIO_REGISTER");
	if (ioctl(fd, UFFDIO_COPY, &copy))
		memory_broken("UFFDIO_COPY");
	memory_run(code);
}

static void by_executable(void)
{
	fill_executable(-1);
}

/* A page that the file does not have yet; on tmpfs only. */
static void by_executable_file(void)
{
	char path[4096];
	int written = memory_file(path, 0700), file;

	if (ftruncate(written, MEMORY_PAGE) || close(written))
		memory_broken("ftruncate");
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		memory_broken("open");
	fill_executable(file);
}

static void by_move(void)
{
	int fd = opened(UFFD_USER_MODE_ONLY);
	struct move move = {.length = MEMORY_PAGE};
	void *code;

	greet(fd, FEATURE_MOVE);
	code = watched_area(fd);
	move.to = (uintptr_t)code;
	move.from = (uintptr_t)memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));
	if (ioctl(fd, MOVE, &move))
		memory_broken("UFFDIO_MOVE");
	run_filled(fd, code);
}

const struct memory_way memory_fault_ways[] = {
    {"userfaultfd", by_call, "attack"},
    {"userfaultfd-user-mode", by_user_mode, "attack"},
    {"userfaultfd-device", by_device, "attack"},
    {"filled-userfaultfd-copy", by_copy, "attack"},
    {"userfaultfd-into-rx", by_executable, "attack"},
    {"userfaultfd-into-rx-file", by_executable_file, "attack"},
    {"filled-userfaultfd-move", by_move, "attack"},
    {},
};
