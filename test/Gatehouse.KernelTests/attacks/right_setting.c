/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change how another process runs, or to ask: scheduling, limits, the OOM killer's choice, files of /proc. */
#include "right.h"
#include <sched.h>
#include <sys/resource.h>

static int by_priority(pid_t pid, int argument)
{
	return right_result(setpriority(PRIO_PROCESS, pid, 1));
}

static int by_scheduler(pid_t pid, int argument)
{
	struct sched_param parameters = {0};

	return right_result(sched_setscheduler(pid, SCHED_BATCH, &parameters));
}

static int by_attributes(pid_t pid, int argument)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attributes = {.size = sizeof(attributes), .nice = 2};

	return right_result(syscall(SYS_sched_setattr, pid, &attributes, 0));
}

static int by_affinity(pid_t pid, int argument)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return right_result(sched_setaffinity(pid, sizeof(set), &set));
}

static int by_ioprio(pid_t pid, int argument)
{
	/* who: a process; priority: class best effort, level 6 */
	return right_result(syscall(SYS_ioprio_set, 1, pid, 2 << 13 | 6));
}

static int by_prlimit(pid_t pid, int set)
{
	struct rlimit limit;

	if (!set)
		return right_result(prlimit(pid, RLIMIT_NOFILE, NULL, &limit));
	limit.rlim_cur = limit.rlim_max = 0;
	return right_result(prlimit(pid, RLIMIT_CORE, &limit, NULL));
}

static int by_getter(pid_t pid, int number)
{
	switch (number) {
	case SYS_ioprio_get:
		return right_result(syscall(number, 1, pid));
	case SYS_sched_getaffinity: {
		cpu_set_t set;

		return right_result(syscall(number, pid, sizeof(set), &set));
	}
	}
	return right_result(syscall(number, pid));
}

static const struct {
	const char *name, *text;
} files[] = {
    {"oom_score_adj", "1000"},	 {"oom_adj", "10"},   {"autogroup", "5"},
    {"timerslack_ns", "100000"}, {"clear_refs", "1"}, {"coredump_filter", "1"},
};

static int open_setting(pid_t pid, int file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[file].name);
	return open(path, O_WRONLY);
}

static int write_setting(int fd, int file)
{
	return right_result(write(fd, files[file].text, strlen(files[file].text)));
}

static int by_file(pid_t pid, int file)
{
	int fd = open_setting(pid, file);

	if (fd < 0)
		return errno == ENOENT ? RIGHT_UNSUPPORTED : errno;
	file = write_setting(fd, file);
	/* autogroup: the process is in none of its own */
	return file == EINVAL ? RIGHT_UNSUPPORTED : file;
}

static int by_thread_file(pid_t tid, int file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", tid, tid, files[file].name);
	fd = open(path, O_WRONLY);
	return fd < 0 ? errno : write_setting(fd, file);
}

static int by_file_old(pid_t pid, int file)
{
	int fd = open_setting(pid, file);

	if (fd < 0)
		return RIGHT_BROKEN;
	right_wait();
	return write_setting(fd, file);
}

const struct right_way right_setting_ways[] = {
    {"setpriority", "set-scheduling", by_priority, 0},
    {"sched-setscheduler", "set-scheduling", by_scheduler, 0},
    {"sched-setattr", "set-scheduling", by_attributes, 0},
    {"sched-setaffinity", "set-scheduling", by_affinity, 0},
    {"ioprio-set", "set-scheduling", by_ioprio, 0},
    {"autogroup", "set-scheduling", by_file, 2},
    {"timerslack", "set-scheduling", by_file, 3},
    {"prlimit-set", "set-limits", by_prlimit, 1},
    {"coredump-filter", "set-limits", by_file, 5},
    {"clear-refs", "move-memory", by_file, 4},
    {"oom-score-adj", "oom-adjust", by_file, 0},
    {"oom-adj", "oom-adjust", by_file, 1},
    {"thread-oom-score-adj", "oom-adjust", by_thread_file, 0},
    {"oom-score-adj-old", "oom-adjust", by_file_old, 0},
    {"prlimit-get", "query", by_prlimit, 0, "never"},
    {"getpgid", "query", by_getter, SYS_getpgid},
    {"getsid", "query", by_getter, SYS_getsid},
    {"sched-getscheduler", "query", by_getter, SYS_sched_getscheduler},
    {"sched-getaffinity", "query", by_getter, SYS_sched_getaffinity},
    {"ioprio-get", "query", by_getter, SYS_ioprio_get},
    {},
};
