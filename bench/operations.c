/* SPDX-License-Identifier: Apache-2.0 */
/* Measures operations that Gatehouse's hooks see, again and again, so warm (measure.h). Static: its own mappings are few. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

#define PAGE 4096

static const char *program;
static int library;
static pid_t victim;
static char victims_byte;
static char victims_memory[64];

static void do_getppid(void)
{
	getppid();
}

static void do_open(void)
{
	int fd = open(program, O_RDONLY);

	must(fd >= 0, "open");
	close(fd);
}

static void do_mmap(void)
{
	void *address = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, library, 0);

	must(address != MAP_FAILED, "mmap");
	munmap(address, PAGE);
}

static void do_mprotect(void)
{
	void *address = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, library, 0);

	must(address != MAP_FAILED && !mprotect(address, PAGE, PROT_READ | PROT_EXEC), "mprotect");
	munmap(address, PAGE);
}

/* What a runtime that compiles code does. */
static void do_mmap_memory(void)
{
	void *address = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(address != MAP_FAILED, "mmap");
	munmap(address, PAGE);
}

static void do_mprotect_memory(void)
{
	char *address = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(address != MAP_FAILED, "mmap");
	*address = 1;
	must(!mprotect(address, PAGE, PROT_READ | PROT_EXEC), "mprotect");
	munmap(address, PAGE);
}

/* What most memory is for: no rule concerns it. */
static void do_data(void)
{
	char *address = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(address != MAP_FAILED && !mprotect(address, PAGE, PROT_READ), "mprotect");
	munmap(address, PAGE);
}

static void do_fork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	must(waitpid(pid, NULL, 0) == pid, "vfork");
}

static void do_whole_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	must(waitpid(pid, NULL, 0) == pid, "fork");
}

static void *end(void *nothing)
{
	return nothing;
}

static void do_thread(void)
{
	pthread_t thread;

	must(!pthread_create(&thread, NULL, end, NULL) && !pthread_join(thread, NULL), "pthread_create");
}

static void do_kill(void)
{
	must(!kill(victim, SIGCONT), "kill");
}

static void do_read_memory(void)
{
	struct iovec here = {&victims_byte, 1}, there = {&victims_byte, 1};

	must(process_vm_readv(victim, &here, 1, &there, 1, 0) == 1, "process_vm_readv");
}

static void do_open_memory(void)
{
	int fd = open(victims_memory, O_RDONLY);

	must(fd >= 0, victims_memory);
	close(fd);
}

static void do_exec(void)
{
	char *const arguments[] = {(char *)program, NULL};
	pid_t pid;
	int status;

	must(!posix_spawn(&pid, program, NULL, NULL, arguments, arguments + 1), "posix_spawn");
	must(waitpid(pid, &status, 0) == pid && !status, "waitpid");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: operations STATIC_PROGRAM LIBRARY\n", stderr);
		return 2;
	}
	program = argv[1];
	library = open(argv[2], O_RDONLY);
	must(library >= 0, argv[2]);
	victim = fork();
	if (victim == 0) {
		for (;;)
			pause();
	}
	must(victim > 0, "fork");
	snprintf(victims_memory, sizeof(victims_memory), "/proc/%d/mem", victim);
	measure("getppid", do_getppid, 1000);
	measure("kill", do_kill, 1000);
	measure("process_vm_readv", do_read_memory, 500);
	measure_settled("open-proc-mem+close", do_open_memory);
	measure_settled("open+close", do_open);
	measure_settled("mmap-exec+munmap", do_mmap);
	measure_settled("mmap+mprotect-exec+munmap", do_mprotect);
	measure_settled("mmap-memory-exec+munmap", do_mmap_memory);
	measure_settled("mmap+write+mprotect-exec+munmap", do_mprotect_memory);
	measure_settled("mmap+mprotect-data+munmap", do_data);
	measure_settled("vfork+exit+wait", do_fork);
	measure_settled("fork+exit+wait", do_whole_fork);
	measure_settled("thread+join", do_thread);
	measure_settled("vfork+exec+wait", do_exec);
	kill(victim, SIGKILL);
	return 0;
}
