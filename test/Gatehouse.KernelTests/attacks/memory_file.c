/* SPDX-License-Identifier: Apache-2.0 */
/* Memory with a regular file behind it: copied on write, or mapped twice. */
#include "memory.h"

/* An empty page, or the code, in a file. */
static int file_of(const void *content)
{
	int fd = memory_file(NULL, 0700);

	if (ftruncate(fd, MEMORY_PAGE) || (content && pwrite(fd, content, sizeof(memory_code), 0) < 0))
		memory_broken("write");
	return fd;
}

/* The same file, which nobody has open for writing any more. */
static int closed_file_of(const void *content, char *path)
{
	int written = memory_file(path, 0700), fd;

	if (ftruncate(written, MEMORY_PAGE) || (content && pwrite(written, content, sizeof(memory_code), 0) < 0))
		memory_broken("write");
	close(written);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		memory_broken("open");
	return fd;
}

/* What a loader does with a library whose text needs relocations. */
static void by_relocation(void)
{
	char path[4096];
	int fd = closed_file_of(NULL, path);
	void *code = memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE);

	memory_protect(code, MEMORY_RW);
	memory_write(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_relocation_rwx(void)
{
	char path[4096];
	int fd = closed_file_of(NULL, path);
	void *code = memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE);

	memory_protect(code, MEMORY_RWX);
	memory_run(memory_write(code));
}

static void by_private_rwx(void)
{
	char path[4096];

	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_PRIVATE, closed_file_of(NULL, path), MEMORY_PAGE)));
}

static void by_private_written(int between)
{
	char path[4096];
	void *code = memory_write(memory_map(MEMORY_RW, MAP_PRIVATE, closed_file_of(NULL, path), MEMORY_PAGE));

	if (between)
		memory_protect(code, between);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_private_rx(void)
{
	by_private_written(0);
}

static void by_private_read_step(void)
{
	by_private_written(MEMORY_R);
}

/* The program's own text, changed in place: a page with nothing else in it. */
__attribute__((aligned(MEMORY_PAGE), noinline)) static int own_text(void)
{
	asm volatile(".skip 4096, 0x90");
	return 7;
}

static void by_own_text(void)
{
	void *code = (void *)own_text;

	memory_protect(code, MEMORY_RW);
	memory_write(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_shared_rwx(void)
{
	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_SHARED, file_of(NULL), MEMORY_PAGE)));
}

static void by_double(void)
{
	int fd = file_of(NULL);

	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, MEMORY_PAGE));
}

static void by_double_private(void)
{
	int fd = file_of(NULL);

	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_run(memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE));
}

/* The mapping alone keeps the file open for writing. */
static void by_double_closed(void)
{
	char path[4096];
	int written = memory_file(path, 0700), fd;

	if (ftruncate(written, MEMORY_PAGE))
		memory_broken("ftruncate");
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, written, MEMORY_PAGE));
	close(written);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		memory_broken("open");
	memory_run(memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE));
}

static void by_double_protect(void)
{
	int fd = file_of(NULL);
	void *code = memory_map(MEMORY_R, MAP_SHARED, fd, MEMORY_PAGE);

	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_shared_written(void)
{
	void *code = memory_write(memory_map(MEMORY_RW, MAP_SHARED, file_of(NULL), MEMORY_PAGE));

	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

/* Executable while nobody could write to the file; opened for writing, and written, after. */
static void by_early(int flags, int by_call)
{
	char path[4096];
	void *code = memory_map(MEMORY_RX, flags, closed_file_of(NULL, path), MEMORY_PAGE);
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		memory_failed("open");
	if (by_call) {
		if (pwrite(fd, memory_code, sizeof(memory_code), 0) < 0)
			memory_failed("write");
	} else {
		memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	}
	memory_run(code);
}

static void by_early_shared(void)
{
	by_early(MAP_SHARED, 0);
}

static void by_early_private(void)
{
	by_early(MAP_PRIVATE, 0);
}

static void by_early_write(void)
{
	by_early(MAP_PRIVATE, 1);
}

/* Written and closed: then it is a file as any other, for rules about images to judge. */
static void by_written_file(void)
{
	char path[4096];

	memory_run(memory_map(MEMORY_RX, MAP_PRIVATE, closed_file_of(memory_code, path), MEMORY_PAGE));
}

const struct memory_way memory_file_ways[] = {
    {"relocation", by_relocation, "attack"},
    {"relocation-rwx", by_relocation_rwx, "attack"},
    {"own-text", by_own_text, "attack"},
    {"file-private-rwx", by_private_rwx, "attack"},
    {"file-private-written-rx", by_private_rx, "attack"},
    {"file-private-written-r-rx", by_private_read_step, "attack"},
    {"file-shared-rwx", by_shared_rwx, "attack"},
    {"file-shared-written-rx", by_shared_written, "attack"},
    {"file-double", by_double, "attack"},
    {"file-double-protect", by_double_protect, "attack"},
    {"file-double-private", by_double_private, "attack"},
    {"file-double-closed", by_double_closed, "attack"},
    {"file-rx-first-shared", by_early_shared, "attack"},
    {"file-rx-first-private", by_early_private, "image"},
    {"file-rx-first-write", by_early_write, "image"},
    {"file-written-closed", by_written_file, "image"},
    {},
};
