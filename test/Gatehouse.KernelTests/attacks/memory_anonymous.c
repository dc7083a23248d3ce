/* SPDX-License-Identifier: Apache-2.0 */
/* Private memory without a file: mapped, or the process's own from its start. */
#include "memory.h"
#include <pthread.h>

static char in_bss[MEMORY_PAGE] __attribute__((aligned(MEMORY_PAGE)));
static char in_data[MEMORY_PAGE] __attribute__((aligned(MEMORY_PAGE))) = {1};

static void *written(void)
{
	return memory_write(memory_alone(MEMORY_RW, MAP_PRIVATE));
}

static void by_rwx(void)
{
	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_PRIVATE, -1, MEMORY_PAGE)));
}

static void by_wx(void)
{
	memory_run(memory_write(memory_map(PROT_WRITE | PROT_EXEC, MAP_PRIVATE, -1, MEMORY_PAGE)));
}

/* Written, then executable, perhaps with a step between. */
static void by_steps(int between, int last)
{
	void *code = written();

	if (between >= 0)
		memory_protect(code, between);
	memory_protect(code, last);
	memory_run(code);
}

static void by_written(void)
{
	by_steps(-1, MEMORY_RX);
}

static void by_written_rwx(void)
{
	by_steps(-1, MEMORY_RWX);
}

static void by_written_x(void)
{
	by_steps(-1, PROT_EXEC);
}

static void by_read_step(void)
{
	by_steps(MEMORY_R, MEMORY_RX);
}

static void by_none_step(void)
{
	void *code = written();

	memory_watch(NULL);
	memory_protect(code, PROT_NONE);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

/* There cannot be any code, so this is as far as it goes. */
static void by_untouched(void)
{
	memory_protect(memory_alone(MEMORY_RW, MAP_PRIVATE), MEMORY_RX);
	memory_worked();
}

static void by_growing(int first)
{
	void *code = memory_alone(first, MAP_PRIVATE);

	memory_protect(code, MEMORY_RWX);
	memory_run(memory_write(code));
}

static void by_rx_rwx(void)
{
	by_growing(MEMORY_RX);
}

static void by_none_rwx(void)
{
	by_growing(PROT_NONE);
}

static void by_rx_rw_rx(void)
{
	void *code = memory_alone(MEMORY_RX, MAP_PRIVATE);

	memory_protect(code, MEMORY_RW);
	memory_write(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_no_key(void)
{
	void *code = written();

	if (syscall(SYS_pkey_mprotect, code, MEMORY_PAGE, MEMORY_RX, -1))
		memory_failed("pkey_mprotect");
	memory_run(code);
}

static void by_key(void)
{
	int key = pkey_alloc(0, 0);
	void *code = written();

	if (key < 0)
		memory_unsupported("protection keys");
	if (pkey_mprotect(code, MEMORY_PAGE, MEMORY_RX, key))
		memory_failed("pkey_mprotect");
	memory_run(code);
}

static void by_grows_down(void)
{
	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_PRIVATE | MAP_GROWSDOWN, -1, MEMORY_PAGE)));
}

/* Written by the parent, made executable by the child. */
static void by_fork(void)
{
	void *code = written();
	pid_t child = fork();
	int status;

	if (!child) {
		memory_acts(getpid());
		memory_protect(code, MEMORY_RX);
		memory_run(code);
	}
	waitpid(child, &status, 0);
	_exit(0);
}

static void by_stack(void)
{
	unsigned char code[sizeof(memory_code)];

	memory_write(code);
	memory_protect(code, MEMORY_RWX);
	memory_run(code);
}

/* A page that is not in use any more, so that it need not be writable. */
static __attribute__((noinline)) void *left_behind(void)
{
	unsigned char deep[4 * MEMORY_PAGE];

	asm volatile("" : : "r"(memory_write(deep)) : "memory");
	return (void *)((uintptr_t)deep & -MEMORY_PAGE);
}

static void by_stack_rx(void)
{
	void *code = memory_write(left_behind());

	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void *in_thread(void *unused)
{
	(void)unused;
	by_stack();
	return NULL;
}

static void by_thread_stack(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, in_thread, NULL))
		memory_broken("pthread_create");
	pthread_join(thread, NULL);
}

static void by_heap(void)
{
	uintptr_t end = ((uintptr_t)sbrk(0) + MEMORY_PAGE - 1) & -MEMORY_PAGE;
	void *code = (void *)end;

	if (brk((char *)code + MEMORY_PAGE))
		memory_broken("brk");
	memory_write(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_malloc(void)
{
	void *code = memory_write(malloc(64));

	memory_protect(code, MEMORY_RWX);
	memory_run(code);
}

static void by_large_malloc(void)
{
	char *block = malloc(1 << 20);
	void *code = memory_write((void *)(((uintptr_t)block + MEMORY_PAGE) & -MEMORY_PAGE));

	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_bss(void)
{
	memory_write(in_bss);
	memory_protect(in_bss, MEMORY_RX);
	memory_run(in_bss);
}

static void by_data(void)
{
	memory_write(in_data);
	memory_protect(in_data, MEMORY_RX);
	memory_run(in_data);
}

/* A code segment of one's own over memory that may not be executed. Its code would end the process with 0. */
static void by_descriptor_table(void)
{
	/* An entry of modify_ldt: 32-bit code, base 0, limit 4 GiB, in pages. */
	struct {
		unsigned entry, base, limit, flags;
	} segment = {0, 0, 0xfffff, 1 | 2 << 1 | 1 << 4};
	/* mov eax, 1; xor ebx, ebx; int 0x80 */
	static const unsigned char leave[] = {0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80};
	void *low = mmap(NULL, MEMORY_PAGE, MEMORY_RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct __attribute__((packed)) {
		unsigned offset;
		unsigned short selector;
	} target = {(unsigned)(uintptr_t)low, 7};

	if (low == MAP_FAILED)
		memory_broken("mmap");
	memcpy(low, leave, sizeof(leave));
	if (syscall(SYS_modify_ldt, 1, &segment, sizeof(segment)))
		memory_unsupported("modify_ldt");
	asm volatile("ljmpl *%0" : : "m"(target));
}

const struct memory_way memory_anonymous_ways[] = {
    {"anonymous-rwx", by_rwx, "attack"},
    {"anonymous-wx", by_wx, "attack"},
    {"anonymous-written-rx", by_written, "attack"},
    {"anonymous-written-rwx", by_written_rwx, "attack"},
    {"anonymous-written-x", by_written_x, "attack"},
    {"anonymous-written-r-rx", by_read_step, "attack"},
    {"anonymous-written-none-rx", by_none_step, "attack"},
    {"anonymous-untouched-rx", by_untouched, "harmless"},
    {"anonymous-rx-rwx", by_rx_rwx, "attack"},
    {"anonymous-rx-rw-rx", by_rx_rw_rx, "attack"},
    {"anonymous-none-rwx", by_none_rwx, "attack"},
    {"pkey-none", by_no_key, "attack"},
    {"pkey", by_key, "attack"},
    {"grows-down", by_grows_down, "attack"},
    {"fork", by_fork, "attack"},
    {"stack", by_stack, "attack"},
    {"stack-rx", by_stack_rx, "attack"},
    {"stack-thread", by_thread_stack, "attack"},
    {"heap", by_heap, "attack"},
    {"malloc", by_malloc, "attack"},
    {"malloc-large", by_large_malloc, "attack"},
    {"bss", by_bss, "attack"},
    {"data", by_data, "attack"},
    {"modify-ldt", by_descriptor_table, "futile"},
    {},
};
