/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to reach for a process that leave it as it was, for thousands of attempts on the same one; one right each. */
#ifndef GATEHOUSE_ORACLE_OPEN_H
#define GATEHOUSE_ORACLE_OPEN_H

#include <linux/kcmp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "answer.h"

/* At the same address in every copy of this program. */
static char s_oracle_memory[64];

static inline long open_by_signal(pid_t pid, int number)
{
	return kill(pid, number);
}

/* The second number is the thread there; it is what the attempt names. */
static inline long open_by_thread_signal(pid_t thread, int number)
{
	return syscall(SYS_tkill, thread, number);
}

static inline long open_by_memory(pid_t pid, int number)
{
	char copy[sizeof(s_oracle_memory)] = {0};
	struct iovec local = {copy, sizeof(copy)}, remote = {s_oracle_memory, sizeof(s_oracle_memory)};

	return syscall(number, pid, &local, 1, &remote, 1, 0);
}

static inline long open_by_descriptor(pid_t pid, int target_descriptor)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	answer_need("pidfd_open", fd);
	long copy = syscall(SYS_pidfd_getfd, fd, target_descriptor, 0);
	int error = errno;

	close(fd);
	if (copy >= 0)
		close(copy);
	errno = error;
	return copy;
}

static inline long open_by_priority(pid_t pid, int nice)
{
	return setpriority(PRIO_PROCESS, pid, nice);
}

static inline long open_by_affinity(pid_t pid, int processors)
{
	unsigned long set = processors;

	return syscall(SYS_sched_setaffinity, pid, sizeof(set), &set);
}

static inline long open_by_limit(pid_t pid, int limit)
{
	struct rlimit none = {0, 0};

	return prlimit(pid, limit, &none, NULL);
}

static inline long open_by_group(pid_t pid, int unused)
{
	return getpgid(pid + unused);
}

static inline long open_by_comparison(pid_t pid, int type)
{
	return syscall(SYS_kcmp, getpid(), pid, type, 0, 0);
}

static inline long open_by_oom(pid_t pid, int score)
{
	char path[64], text[16];
	int fd, error;
	long written;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	snprintf(text, sizeof(text), "%d", score);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return written;
}

static const struct {
	const char *name;
	long (*attempt)(pid_t pid, int argument);
	int argument;
} s_oracle_ways[] = {
    {"signal-0", open_by_signal, 0},
    {"signal-stop", open_by_signal, SIGSTOP},
    {"signal-cont", open_by_signal, SIGCONT},
    {"signal-usr1", open_by_signal, SIGUSR1},
    {"signal-urg", open_by_signal, SIGURG},
    {"thread-usr1", open_by_thread_signal, SIGUSR1},
    {"read", open_by_memory, SYS_process_vm_readv},
    {"write", open_by_memory, SYS_process_vm_writev},
    {"descriptor", open_by_descriptor, 0},
    {"priority", open_by_priority, 1},
    {"affinity", open_by_affinity, 1},
    {"limit", open_by_limit, RLIMIT_CORE},
    {"group", open_by_group, 0},
    {"compare", open_by_comparison, KCMP_VM},
    {"oom", open_by_oom, 100},
};

/* The answer to `open WAY PID`. */
static inline void oracle_open(const char *way, pid_t pid)
{
	for (size_t i = 0; i < sizeof(s_oracle_ways) / sizeof(*s_oracle_ways); i++) {
		if (!strcmp(s_oracle_ways[i].name, way)) {
			answer(way, s_oracle_ways[i].attempt(pid, s_oracle_ways[i].argument));
			return;
		}
	}
	attack_usage("an unknown way to open");
}

#endif
