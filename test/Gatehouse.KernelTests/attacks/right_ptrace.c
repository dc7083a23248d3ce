/* SPDX-License-Identifier: Apache-2.0 */
/* Ways that the kernel treats as tracing: ptrace itself, descriptors, comparisons, links of /proc. */
#include "right.h"
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static int by_attach(pid_t pid, int request)
{
	int status;

	if (ptrace(request, pid, NULL, NULL))
		return errno;
	if (request == PTRACE_ATTACH)
		waitpid(pid, &status, __WALL);
	/* A seized process is released by our end. */
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

static int by_attach32(pid_t pid, int request)
{
	int status;

	if (right_call32(26, request, pid, 0, 0, 0) < 0)
		return errno;
	waitpid(pid, &status, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

/* The child asks; its parent, this program, is who gets the right. */
static int by_traceme(pid_t pid, int argument)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return RIGHT_BROKEN;
	return WEXITSTATUS(status);
}

static int by_getfd(pid_t pid, int argument)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return RIGHT_BROKEN;
	return right_result(syscall(SYS_pidfd_getfd, fd, 0, 0));
}

static int by_getfd32(pid_t pid, int argument)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return RIGHT_BROKEN;
	return right_result(right_call32(438, fd, 0, 0, 0, 0));
}

static int by_kcmp(pid_t pid, int argument)
{
	return right_result(syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0));
}

static int by_kcmp32(pid_t pid, int argument)
{
	return right_result(right_call32(349, getpid(), pid, KCMP_VM, 0, 0));
}

static int by_robust_list(pid_t pid, int argument)
{
	void *head;
	size_t length;

	return right_result(syscall(SYS_get_robust_list, pid, &head, &length));
}

static int by_perf(pid_t pid, int argument)
{
	struct perf_event_attr attributes = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attributes),
	    .config = PERF_COUNT_SW_TASK_CLOCK,
	};

	return right_result(syscall(SYS_perf_event_open, &attributes, pid, -1, -1, 0));
}

static const char *const names[] = {"maps", "environ", "exe", "cwd", "io", "stack", "syscall"};

static int by_read(pid_t pid, int name)
{
	char path[64], buffer[256];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[name]);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return errno;
	return right_result(read(fd, buffer, sizeof(buffer)));
}

static int by_readlink(pid_t pid, int name)
{
	char path[64], buffer[256];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[name]);
	return right_result(readlink(path, buffer, sizeof(buffer)));
}

const struct right_way right_ptrace_ways[] = {
    {"ptrace-attach", "debug+read-memory+write-memory", by_attach, PTRACE_ATTACH},
    {"ptrace-seize", "debug+read-memory+write-memory", by_attach, PTRACE_SEIZE},
    {"ptrace32-attach", "debug+read-memory+write-memory+duplicate-descriptor", by_attach32, PTRACE_ATTACH},
    {"traceme", "debug+read-memory+write-memory", by_traceme, 0},
    {"perf-event", "debug", by_perf, 0, "never"},
    {"pidfd-getfd", "duplicate-descriptor", by_getfd, 0},
    {"pidfd-getfd32", "duplicate-descriptor", by_getfd32, 0},
    {"kcmp", "query", by_kcmp, 0},
    {"kcmp32", "query+debug+move-memory+set-scheduling", by_kcmp32, 0},
    {"robust-list", "query", by_robust_list, 0},
    {"read-maps", "query", by_read, 0, "perfmon"},
    {"read-environ", "query", by_read, 1, "perfmon"},
    {"link-exe", "query", by_readlink, 2},
    {"link-cwd", "query", by_readlink, 3},
    {"read-io", "query", by_read, 4},
    {"read-stack", "read-memory+write-memory", by_read, 5},
    {"read-syscall", "read-memory+write-memory", by_read, 6},
    {},
};
