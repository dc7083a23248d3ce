/* SPDX-License-Identifier: Apache-2.0 */
/* Private memory that has been moved, or filled by other means than a write of the program; devices; huge pages. */
#include "memory.h"
#include <linux/io_uring.h>
#include <sys/uio.h>

static void *moved(void *from, int flags)
{
	void *place = mmap(NULL, MEMORY_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *to = mremap(from, MEMORY_PAGE, MEMORY_PAGE, flags | MREMAP_MAYMOVE | MREMAP_FIXED, place);

	if (to == MAP_FAILED)
		memory_failed("mremap");
	memory_watch(to);
	return to;
}

static void by_move(int flags)
{
	void *code = moved(memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE)), flags);

	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_mremap(void)
{
	by_move(0);
}

static void by_dont_unmap(void)
{
	by_move(MREMAP_DONTUNMAP);
}

/* Two pages, of which the second has the code; only that is made executable. */
static void by_split(void)
{
	char *both = memory_map(MEMORY_RW, MAP_PRIVATE, -1, 2 * MEMORY_PAGE);
	void *code = memory_write(both + MEMORY_PAGE);

	munmap(both, MEMORY_PAGE);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

/* Executable memory that nobody has written, enlarged: the new part has its protection, and is as empty. */
static void by_enlarged(void)
{
	void *code = memory_alone(MEMORY_RX, MAP_PRIVATE);
	char *larger = mremap(code, MEMORY_PAGE, 2 * MEMORY_PAGE, MREMAP_MAYMOVE);

	if (larger == MAP_FAILED)
		memory_failed("mremap");
	memory_protect(larger + MEMORY_PAGE, MEMORY_RWX);
	memory_run(memory_write(larger + MEMORY_PAGE));
}

static _Noreturn void run_filled(void *code)
{
	memory_watch(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static int pipe_of_code(void)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], memory_code, sizeof(memory_code)) != sizeof(memory_code))
		memory_broken("pipe");
	return ends[0];
}

static void by_read(void)
{
	void *code = memory_alone(MEMORY_RW, MAP_PRIVATE);

	if (read(pipe_of_code(), code, sizeof(memory_code)) != sizeof(memory_code))
		memory_broken("read");
	run_filled(code);
}

/* Read into memory from a file, without its page cache where the file system can. */
static void by_read_file(void)
{
	void *code = memory_alone(MEMORY_RW, MAP_PRIVATE);
	int fd = memory_file(NULL, 0600);

	if (pwrite(fd, memory_code, sizeof(memory_code), 0) < 0 || pread(fd, code, sizeof(memory_code), 0) <= 0)
		memory_broken("read");
	run_filled(code);
}

static void by_vm(long number, int written)
{
	void *code = memory_alone(MEMORY_RW, MAP_PRIVATE);
	struct iovec from = {(void *)memory_code, sizeof(memory_code)}, to = {code, sizeof(memory_code)};

	if (syscall(number, getpid(), written ? &from : &to, 1UL, written ? &to : &from, 1UL, 0UL) < 0)
		memory_broken("process_vm");
	run_filled(code);
}

static void by_vm_read(void)
{
	by_vm(SYS_process_vm_readv, 0);
}

static void by_vm_write(void)
{
	by_vm(SYS_process_vm_writev, 1);
}

static void by_vmsplice(void)
{
	void *code = memory_alone(MEMORY_RW, MAP_PRIVATE);
	struct iovec to = {code, sizeof(memory_code)};

	if (vmsplice(pipe_of_code(), &to, 1, 0) != sizeof(memory_code))
		memory_broken("vmsplice");
	run_filled(code);
}

static void by_zero_device(int first, int flags, int last)
{
	int fd = open("/dev/zero", O_RDWR);
	void *code;

	if (fd < 0)
		memory_broken("/dev/zero");
	code = memory_write(memory_map(first, flags, fd, MEMORY_PAGE));
	if (last != first)
		memory_protect(code, last);
	memory_run(code);
}

static void by_zero_rwx(void)
{
	by_zero_device(MEMORY_RWX, MAP_PRIVATE, MEMORY_RWX);
}

static void by_zero_written(void)
{
	by_zero_device(MEMORY_RW, MAP_PRIVATE, MEMORY_RX);
}

static void by_zero_shared(void)
{
	by_zero_device(MEMORY_RWX, MAP_SHARED, MEMORY_RWX);
}

static void by_huge(int first, int last)
{
	size_t size = 2 << 20;
	int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY);
	void *code;

	if (fd < 0 || write(fd, "4", 1) != 1)
		memory_unsupported("huge pages");
	close(fd);
	code = mmap(NULL, size, first, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (code == MAP_FAILED && errno == ENOMEM)
		memory_unsupported("free huge pages");
	if (code == MAP_FAILED)
		memory_failed("mmap");
	memory_write(code);
	if (last != first && mprotect(code, size, last))
		memory_failed("mprotect");
	memory_run(code);
}

static void by_huge_rwx(void)
{
	by_huge(MEMORY_RWX, MEMORY_RWX);
}

static void by_huge_written(void)
{
	by_huge(MEMORY_RW, MEMORY_RX);
}

const struct memory_way memory_moved_ways[] = {
    {"mremap", by_mremap, "attack"},
    {"mremap-dontunmap", by_dont_unmap, "attack"},
    {"mremap-enlarged", by_enlarged, "attack"},
    {"split", by_split, "attack"},
    {"zero-rwx", by_zero_rwx, "attack"},
    {"zero-written-rx", by_zero_written, "attack"},
    {"zero-shared", by_zero_shared, "attack"},
    {"huge-rwx", by_huge_rwx, "attack"},
    {"huge-written-rx", by_huge_written, "attack"},
    {},
};

const struct memory_way memory_filled_ways[] = {
    {"filled-read", by_read, "attack"},		{"filled-read-file", by_read_file, "attack"},
    {"filled-vm-readv", by_vm_read, "attack"},	{"filled-vm-writev", by_vm_write, "attack"},
    {"filled-vmsplice", by_vmsplice, "attack"}, {},
};
