/* SPDX-License-Identifier: Apache-2.0 */
/* Ways that the kernel treats as tracing: ptrace itself, descriptors, comparisons, links of /proc. */
#include "right.h"
#include <dirent.h>
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <sched.h>
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

static int by_thread_getfd(pid_t tid, int argument)
{
	int fd = right_thread_pidfd(tid);

	if (fd < 0)
		return fd;
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

/* Enters all of its namespaces of one kind; by itself first, since a thread that has others cannot enter a mount namespace. */
static int by_setns(pid_t pid, int kind)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return RIGHT_BROKEN;
	return right_result(setns(fd, kind));
}

static int by_link_namespace(pid_t pid, int kind)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind == CLONE_NEWNS ? "mnt" : "net");
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return errno;
	return right_result(setns(fd, kind));
}

static const char *const names[] = {"maps",  "environ",	  "exe",       "cwd",	   "io",   "stack",    "syscall",
				    "root",  "ns/mnt",	  "fd/0",      "fdinfo/0", "auxv", "pagemap",  "personality",
				    "smaps", "numa_maps", "root/proc", "cwd/.",	   "fd",   "map_files"};

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

/* Opens what the link leads to. */
static int by_follow(pid_t pid, int name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[name]);
	return right_result(open(path, O_PATH));
}

static int by_list(pid_t pid, int name)
{
	char path[64];
	struct dirent *entry;
	int entries = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[name]);
	folder = opendir(path);
	if (!folder)
		return errno;
	errno = 0;
	while ((entry = readdir(folder)))
		entries += entry->d_name[0] != '.';
	return entries ? 0 : errno ?: RIGHT_REFUSED_SILENTLY;
}

/* The link of the mapping that right_buffer is in: where a copy of this program has it, too. */
static int by_map_file(pid_t pid, int follows)
{
	char line[256], range[64] = "", path[128];
	unsigned long first, last;
	FILE *maps = fopen("/proc/self/maps", "r");

	if (!maps)
		return RIGHT_BROKEN;
	while (!range[0] && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &first, &last) == 2 && first <= (unsigned long)right_buffer &&
		    (unsigned long)right_buffer < last)
			snprintf(range, sizeof(range), "%lx-%lx", first, last);
	}
	fclose(maps);
	snprintf(path, sizeof(path), "/proc/%d/map_files/%s", pid, range);
	return right_result(follows ? open(path, O_RDONLY) : readlink(path, line, sizeof(line)));
}

const struct right_way right_ptrace_ways[] = {
    {"ptrace-attach", "debug+read-memory+write-memory", by_attach, PTRACE_ATTACH},
    {"ptrace-seize", "debug+read-memory+write-memory", by_attach, PTRACE_SEIZE},
    {"ptrace32-attach", "debug+read-memory+write-memory+duplicate-descriptor", by_attach32, PTRACE_ATTACH},
    {"traceme", "debug+read-memory+write-memory", by_traceme, 0},
    {"perf-event", "debug", by_perf, 0, "never"},
    {"pidfd-getfd", "duplicate-descriptor", by_getfd, 0},
    {"pidfd-thread-getfd", "duplicate-descriptor", by_thread_getfd, 0},
    {"pidfd-getfd32", "duplicate-descriptor", by_getfd32, 0},
    {"kcmp", "query", by_kcmp, 0},
    {"kcmp32", "query+debug+move-memory+set-scheduling", by_kcmp32, 0},
    {"robust-list", "query", by_robust_list, 0},
    {"read-maps", "query", by_read, 0, "perfmon"},
    {"read-environ", "query", by_read, 1, "perfmon"},
    {"read-auxv", "query", by_read, 11, "perfmon"},
    {"read-pagemap", "query", by_read, 12, "perfmon"},
    {"read-smaps", "query", by_read, 14, "perfmon"},
    {"read-fdinfo", "query", by_read, 10},
    {"link-exe", "query", by_readlink, 2},
    {"link-root", "query", by_readlink, 7},
    {"link-ns", "query", by_readlink, 8},
    {"link-fd", "query", by_readlink, 9},
    {"link-map-file", "query", by_map_file, 0},
    {"follow-root", "query", by_follow, 16},
    {"follow-cwd", "query", by_follow, 17},
    {"follow-fd", "query+duplicate-descriptor", by_follow, 9},
    {"follow-map-file", "query+read-memory+write-memory", by_map_file, 1},
    {"list-fd", "query", by_list, 18, "never"},
    {"list-map-files", "query", by_list, 19, "perfmon"},
    {"setns-pidfd", "query", by_setns, CLONE_NEWNET},
    {"setns-pidfd-mnt", "query", by_setns, CLONE_NEWNS},
    {"setns-file", "query", by_link_namespace, CLONE_NEWNET},
    {"setns-file-mnt", "query", by_link_namespace, CLONE_NEWNS},
    {"link-cwd", "query", by_readlink, 3},
    {"read-io", "query", by_read, 4},
    {"read-stack", "read-memory+write-memory", by_read, 5},
    {"read-syscall", "read-memory+write-memory", by_read, 6},
    {"read-personality", "read-memory+write-memory", by_read, 13},
    {},
};
