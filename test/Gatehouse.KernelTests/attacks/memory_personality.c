/* SPDX-License-Identifier: Apache-2.0 */
/*
 * READ_IMPLIES_EXEC: all memory that is mapped from now on and can be read is executable, too. Not by exec: the kernel takes
 * it from 64-bit programs.
 */
#include "memory.h"
#include <linux/aio_abi.h>
#include <sys/ipc.h>
#include <sys/personality.h>
#include <sys/shm.h>

static void enter(void)
{
	if (personality(READ_IMPLIES_EXEC) < 0)
		memory_failed("personality");
}

/* By the table of system calls of 32-bit programs. */
static void enter_by_32(void)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(136), "b"(READ_IMPLIES_EXEC)
		     : "memory", "r8", "r9", "r10", "r11");
	if ((int)result < 0) {
		errno = -(int)result;
		if (errno == ENOSYS)
			memory_unsupported("32-bit system calls");
		memory_failed("personality");
	}
}

static void by_mmap(void)
{
	enter();
	memory_run(memory_write(memory_map(MEMORY_RW, MAP_PRIVATE, -1, MEMORY_PAGE)));
}

static void by_mmap32(void)
{
	enter_by_32();
	memory_run(memory_write(memory_map(MEMORY_RW, MAP_PRIVATE, -1, MEMORY_PAGE)));
}

static void by_mprotect(void)
{
	void *code = memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));

	enter();
	memory_protect(code, MEMORY_RW);
	memory_run(code);
}

/* Only readable: what it asks for is not executable, and not writable. */
static void by_mprotect_read(void)
{
	void *code = memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));

	enter();
	memory_protect(code, MEMORY_R);
	memory_run(code);
}

static void by_shmat(void)
{
	int id = shmget(IPC_PRIVATE, MEMORY_PAGE, IPC_CREAT | 0700);
	void *code;

	enter();
	code = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	if (code == (void *)-1)
		memory_failed("shmat");
	memory_run(memory_write(code));
}

/* Maps anew what is there, with the protection that it has. */
static void by_remap(int fd)
{
	void *code = memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE);

	if (fd >= 0 && ftruncate(fd, MEMORY_PAGE))
		memory_broken("ftruncate");
	memory_write(code);
	enter();
	if (remap_file_pages(code, MEMORY_PAGE, 0, 0, 0))
		memory_failed("remap_file_pages");
	memory_run(code);
}

static void by_remap_shared(void)
{
	by_remap(-1);
}

static void by_remap_memfd(void)
{
	by_remap(memfd_create("memory", 0));
}

static void by_remap_file(void)
{
	by_remap(memory_file(NULL, 0700));
}

static void by_brk(void)
{
	char *code;

	enter();
	/* New memory is not joined with the old, which has another protection. */
	code = (char *)(((uintptr_t)sbrk(0) + 2 * MEMORY_PAGE - 1) & -MEMORY_PAGE);
	if (brk(code + MEMORY_PAGE))
		memory_failed("brk");
	memory_run(memory_write(code));
}

/* Moved or enlarged memory keeps the protection that it has. */
static void by_mremap(void)
{
	char *code = memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));

	enter();
	code = mremap(code, MEMORY_PAGE, 2 * MEMORY_PAGE, MREMAP_MAYMOVE);
	if (code == MAP_FAILED)
		memory_failed("mremap");
	memory_run(code);
}

/* Memory that the kernel maps by itself. */
static void by_aio(void)
{
	aio_context_t context = 0;

	enter();
	if (syscall(SYS_io_setup, 1, &context))
		memory_failed("io_setup");
	/* The events lie behind the header; whatever is there, it must not be executable. */
	memcpy((char *)context + 64, memory_code, sizeof(memory_code));
	memory_run((char *)context + 64);
}

const struct memory_way memory_personality_ways[] = {
    {"personality-mmap", by_mmap, "attack"},
    {"personality-mmap-32", by_mmap32, "attack"},
    {"personality-mprotect", by_mprotect, "attack"},
    {"personality-mprotect-read", by_mprotect_read, "attack"},
    {"personality-shmat", by_shmat, "attack"},
    {"personality-remap-shared", by_remap_shared, "attack"},
    {"personality-remap-memfd", by_remap_memfd, "attack"},
    {"personality-remap-file", by_remap_file, "attack"},
    {"personality-brk", by_brk, "attack"},
    {"personality-mremap", by_mremap, "futile"},
    {"personality-aio", by_aio, "futile"},
    {},
};
