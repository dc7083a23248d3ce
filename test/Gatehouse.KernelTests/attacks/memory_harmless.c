/* SPDX-License-Identifier: Apache-2.0 */
/* What programs do all the time, and must go on doing under a policy about executable memory. */
#include "memory.h"
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include "uring.h"

__attribute__((aligned(MEMORY_PAGE), noinline)) static int text(void)
{
	asm volatile(".skip 4096, 0x90");
	return 42;
}

static int own_file(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		memory_broken("open");
	return fd;
}

/* As a loader maps a library. */
static void by_library(void)
{
	void *place = memory_map(MEMORY_R, MAP_PRIVATE, own_file(), 4 * MEMORY_PAGE);

	if (mmap(place, MEMORY_PAGE, MEMORY_RX, MAP_PRIVATE | MAP_FIXED, own_file(), 0) == MAP_FAILED)
		memory_failed("mmap");
	memory_worked();
}

static void by_file_protect(void)
{
	memory_protect(memory_map(MEMORY_R, MAP_PRIVATE, own_file(), MEMORY_PAGE), MEMORY_RX);
	memory_worked();
}

/* Text that is taken for data, and back, and never written. */
static void by_own_text(void)
{
	memory_protect((void *)text, MEMORY_R);
	memory_protect((void *)text, MEMORY_RX);
	memory_run((void *)text);
}

static void by_memory(void)
{
	memory_protect(memory_write(memory_map(MEMORY_RW, MAP_PRIVATE, -1, MEMORY_PAGE)), MEMORY_R);
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, -1, MEMORY_PAGE));
	memory_worked();
}

static void by_reserved(void)
{
	void *place = memory_alone(PROT_NONE, MAP_PRIVATE);

	memory_protect(place, MEMORY_RW);
	memory_write(place);
	memory_worked();
}

static void by_shared(void)
{
	int fd = memfd_create("memory", MFD_CLOEXEC), id = shmget(IPC_PRIVATE, MEMORY_PAGE, IPC_CREAT | 0700);
	void *segment = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	if (fd < 0 || ftruncate(fd, MEMORY_PAGE) || segment == (void *)-1)
		memory_failed("shmat");
	memory_write(segment);
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_worked();
}

static void by_reading_mem(void)
{
	unsigned char copy[16];
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		memory_failed("open");
	if (pread(fd, copy, sizeof(copy), (off_t)(uintptr_t)text) != sizeof(copy))
		memory_failed("pread");
	if (memcmp(copy, (const void *)text, sizeof(copy)))
		memory_broken("other bytes");
	memory_worked();
}

static void *nothing(void *unused)
{
	return unused;
}

static void by_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, nothing, NULL))
		memory_failed("pthread_create");
	pthread_join(thread, NULL);
	memory_worked();
}

static void by_heap(void)
{
	if (sbrk(10 * MEMORY_PAGE) == (void *)-1)
		memory_failed("brk");
	memset(malloc(1 << 20), 1, 1 << 20);
	memory_worked();
}

/* Files without a name of other kinds than userfaultfd's. */
static void by_nameless(void)
{
	struct uring ring;

	if (eventfd(0, 0) < 0)
		memory_failed("eventfd");
	if (uring_open(&ring, 0) && errno != ENOSYS)
		memory_failed("io_uring_setup");
	memory_worked();
}

static void by_personality(void)
{
	if (personality(ADDR_NO_RANDOMIZE) < 0 || personality(0xffffffff) != ADDR_NO_RANDOMIZE)
		memory_failed("personality");
	memory_worked();
}

static void by_exec(void)
{
	execl("/bin/true", "true", NULL);
	memory_failed("execve");
}

const struct memory_way memory_harmless_ways[] = {
    {"library", by_library, "harmless"},
    {"file-r-rx", by_file_protect, "harmless"},
    {"own-text-r-rx", by_own_text, "harmless"},
    {"memory-rw", by_memory, "harmless"},
    {"memory-reserved", by_reserved, "harmless"},
    {"memory-shared", by_shared, "harmless"},
    {"mem-read", by_reading_mem, "harmless"},
    {"thread", by_thread, "harmless"},
    {"heap-rw", by_heap, "harmless"},
    {"nameless-files", by_nameless, "harmless"},
    {"personality-no-randomize", by_personality, "harmless"},
    {"exec", by_exec, "harmless"},
    {},
};
