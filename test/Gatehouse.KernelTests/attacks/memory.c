/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory [WAY...]: tries the ways that are named, or all, to execute what the process itself has written.
 * memory --list: the ways, one a line: name and kind (see memory.h), with a tab between.
 * memory --wait WAY: one way that opens first: prints "opened" and waits for a line on standard input before it acts.
 *
 * Each way is a process of its own, and prints a line: `WAY PID ANSWER`, where ANSWER is one of
 *   granted              what was written has been executed, or for harmless ways: it went on working
 *   refused CALL ERRNO   the call said that it may not be; memory is as it was, and the process alive
 *   killed SIGNAL
 *   unsupported WHY      this kernel or processor does not have it
 *   broken WHY           shows nothing about enforcement
 */
#include "memory.h"
#include <signal.h>

const unsigned char memory_code[8] = {0xb8, 42, 0, 0, 0, 0xc3};

static const struct memory_way *const parts[] = {
    memory_anonymous_ways, memory_moved_ways, memory_filled_ways, memory_fault_ways,	   memory_shared_ways,
    memory_file_ways,	   memory_text_ways,  memory_exec_ways,	  memory_personality_ways, memory_harmless_ways};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* Shared with the process of the way. */
static struct {
	pid_t actor;
	char answer[128];
	char file[4096];
} * report;

static const void *watched;
static int waits;

static _Noreturn void end(const char *format, const char *what, const char *error)
{
	snprintf(report->answer, sizeof(report->answer), format, what, error);
	_exit(0);
}

void memory_worked(void)
{
	end("granted", "", "");
}

void memory_unsupported(const char *what)
{
	end("unsupported %s", what, "");
}

void memory_broken(const char *what)
{
	end("broken %s %s", what, strerrorname_np(errno));
}

void memory_refused(const char *call, int error)
{
	char *fresh = malloc(100000);

	/* Whatever is wrong with the memory of this process shows here, or by a signal. */
	if (!fresh || (watched && memcmp(watched, memory_code, sizeof(memory_code))))
		memory_broken("refused, but memory has changed");
	memset(fresh, 1, 100000);
	free(fresh);
	end("refused %s %s", call, strerrorname_np(error));
}

void memory_failed(const char *call)
{
	if (errno != EPERM && errno != EACCES)
		memory_broken(call);
	memory_refused(call, errno);
}

void memory_watch(const void *address)
{
	watched = address;
}

void memory_acts(pid_t pid)
{
	report->actor = pid;
}

void memory_wait(void)
{
	char line[16];

	if (!waits)
		return;
	puts("opened");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		memory_broken("nobody says when");
}

int memory_file(char *path, mode_t mode)
{
	ssize_t length = readlink("/proc/self/exe", report->file, sizeof(report->file) - 32);
	int fd;

	if (length < 0)
		memory_broken("readlink");
	snprintf(report->file + length, 32, ".file.%d", getpid());
	fd = open(report->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		memory_broken("a file beside the attacker");
	if (path)
		strcpy(path, report->file);
	return fd;
}

void *memory_map(int protection, int flags, int fd, size_t size)
{
	void *memory = mmap(NULL, size, protection, flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (memory == MAP_FAILED)
		memory_failed("mmap");
	return memory;
}

void *memory_alone(int protection, int flags)
{
	char *place = memory_map(PROT_NONE, MAP_SHARED, -1, 3 * MEMORY_PAGE);

	if (mmap(place + MEMORY_PAGE, MEMORY_PAGE, protection, flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		memory_failed("mmap");
	return place + MEMORY_PAGE;
}

void *memory_write(void *address)
{
	memcpy(address, memory_code, sizeof(memory_code));
	memory_watch(address);
	return address;
}

void memory_protect(void *address, int protection)
{
	if (mprotect((void *)((uintptr_t)address & -MEMORY_PAGE), MEMORY_PAGE, protection))
		memory_failed("mprotect");
}

void memory_run(void *address)
{
	int (*code)(void) = (int (*)(void))address;

	if (code() != 42)
		memory_broken("other code was executed");
	memory_worked();
}

static void attempt(const struct memory_way *way)
{
	pid_t child;
	int status;

	memset(report, 0, sizeof(*report));
	fflush(stdout);
	child = fork();
	if (!child) {
		way->attempt();
		memory_broken("the way has no end");
	}
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		perror("broken: fork");
		exit(2);
	}
	if (report->file[0])
		unlink(report->file);
	if (WIFSIGNALED(status))
		snprintf(report->answer, sizeof(report->answer), "killed %s", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		snprintf(report->answer, sizeof(report->answer), "broken exit status %d", WEXITSTATUS(status));
	else if (!report->answer[0])
		strcpy(report->answer, "granted");
	printf("%s %d %s\n", way->name, report->actor ? report->actor : child, report->answer);
	fflush(stdout);
}

static int is_named(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++) {
		if (!strcmp(*names, name))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int lists = argc == 2 && !strcmp(argv[1], "--list"), tried = 0;
	char **names = argv + 1;

	if (argc > 1 && !strcmp(argv[1], "--wait")) {
		waits = 1;
		names++;
	}
	report = mmap(NULL, sizeof(*report), MEMORY_RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED) {
		perror("broken: mmap");
		return 2;
	}
	for (size_t part = 0; part < PARTS; part++) {
		for (const struct memory_way *way = parts[part]; way->name; way++) {
			if (lists) {
				printf("%s\t%s\n", way->name, way->kind);
			} else if (is_named(way->name, names)) {
				attempt(way);
				tried++;
			}
		}
	}
	if (!lists && !tried) {
		fputs("usage: memory [WAY...] | --list | --wait WAY\n", stderr);
		return 2;
	}
	return 0;
}
