/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right_attempt WAY PID: tries one way to use a right of process.open on a process, and says what came of it.
 * right_attempt --list:    the ways, one a line: name, rights that it needs (joined by +), limit; tabs between them.
 * right_attempt --target:  a process to try them on. Prints its pid and waits. It handles SIGUSR1, and not SIGUSR2.
 *
 * right_attempt --threads: the same with a second thread. Prints "ready PID TID" and waits until its input ends.
 *
 * Copies of this program under other names make different targets. PID must be a --target for ways that touch memory or
 * a descriptor. Ways ending in -old open first, print "opened", wait for a line on standard input, and act then.
 * traceme ignores PID: a child of this program asks to be traced by it.
 *
 * A way needs all of its rights, and no other. The limit is one of these words:
 *   always    each of the rights is enough to refuse it
 *   perfmon   from 7.2 the kernel asks, and ignores a refusal if the caller has CAP_PERFMON
 *   never     no kernel asks about the process (perf-event: not if the caller has CAP_PERFMON)
 *
 * Prints "granted", "refused ERRNO" (a name, or SILENT where nobody is told), "unsupported" or "broken: …".
 * Exit status: 0 granted, 1 refused, 2 broken, 3 unsupported.
 */
#include "right.h"
#include <pthread.h>
#include <sys/prctl.h>

char right_buffer[64] = "memory that is read and written";

static const struct right_way *const parts[] = {right_signal_ways, right_ptrace_ways, right_memory_ways,
						right_setting_ways, right_group_ways};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int list(void)
{
	for (size_t part = 0; part < PARTS; part++) {
		for (const struct right_way *way = parts[part]; way->name; way++)
			printf("%s\t%s\t%s\n", way->name, way->right, way->limit ? way->limit : "always");
	}
	return 0;
}

static const struct right_way *find(const char *name)
{
	for (size_t part = 0; part < PARTS; part++) {
		for (const struct right_way *way = parts[part]; way->name; way++) {
			if (!strcmp(way->name, name))
				return way;
		}
	}
	return NULL;
}

static void ignore(int signal)
{
}

static _Noreturn void target(void)
{
	/* Yama, where it is on, must not be what refuses. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	/* Gives it an autogroup of its own, where the kernel makes them. */
	setsid();
	signal(SIGUSR1, ignore);
	printf("%d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

static void *second(void *tid)
{
	*(volatile pid_t *)tid = gettid();
	for (;;)
		pause();
	return NULL;
}

static _Noreturn void threads(void)
{
	volatile pid_t tid = 0;
	pthread_t thread;
	char line[16];

	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	signal(SIGUSR1, ignore);
	pthread_create(&thread, NULL, second, (void *)&tid);
	while (!tid)
		usleep(1000);
	printf("ready %d %d\n", getpid(), tid);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	_exit(0);
}

void right_wait(void)
{
	char line[16];

	puts("opened");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		usleep(100000);
}

pid_t right_process(pid_t tid)
{
	char path[64], line[256];
	pid_t process = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "r");
	while (file && !process && fgets(line, sizeof(line), file))
		sscanf(line, "Tgid: %d", &process);
	if (file)
		fclose(file);
	return process;
}

int right_thread_pidfd(pid_t tid)
{
	int fd = syscall(SYS_pidfd_open, tid, O_EXCL); /* PIDFD_THREAD */

	if (fd >= 0)
		return fd;
	return errno == EINVAL ? RIGHT_UNSUPPORTED : RIGHT_BROKEN;
}

char right_state(pid_t pid)
{
	char path[64], line[256], *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = 0;
	fclose(file);
	/* The command name may hold anything, so the last parenthesis ends it. */
	end = strrchr(line, ')');
	return end ? end[2] : 0;
}

int right_reaches(pid_t pid, const char *states)
{
	for (int i = 0; i < 100; i++) {
		char state = right_state(pid);

		if (state ? strchr(states, state) != NULL : strchr(states, '0') != NULL)
			return 1;
		usleep(10000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct right_way *way;
	int answer;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (argc == 2 && !strcmp(argv[1], "--target"))
		target();
	if (argc == 2 && !strcmp(argv[1], "--threads"))
		threads();
	way = argc == 3 ? find(argv[1]) : NULL;
	if (!way) {
		fputs("usage: right_attempt WAY PID | --list | --target | --threads\n", stderr);
		return 2;
	}
	answer = way->attempt(atoi(argv[2]), way->argument);
	switch (answer) {
	case 0:
		puts("granted");
		return 0;
	case RIGHT_REFUSED_SILENTLY:
		puts("refused SILENT");
		return 1;
	case RIGHT_UNSUPPORTED:
		puts("unsupported");
		return 3;
	case RIGHT_BROKEN:
		printf("broken: %s\n", strerrorname_np(errno));
		return 2;
	}
	printf("refused %s\n", strerrorname_np(answer));
	return 1;
}
