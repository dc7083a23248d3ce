/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways through cgroup files: the process is moved into a group of ours, or into one below it, and the group is killed or
 * frozen. Whatever happens, the group is thawed at the end, so that the machine goes on.
 */
#include "right.h"
#include <pthread.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define GROUP "/sys/fs/cgroup/right_attempt"
#define INNER GROUP "/inner"
#define OLD   "/run/right_attempt.freezer"

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), answer;

	if (fd < 0)
		return errno;
	answer = right_result(write(fd, text, strlen(text)));
	close(fd);
	return answer;
}

static int move(const char *path, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return put(path, text);
}

/* Moving is not under attack here, so a failure is "broken". */
static int prepare(pid_t pid)
{
	if ((mkdir(GROUP, 0755) && errno != EEXIST) || (mkdir(INNER, 0755) && errno != EEXIST))
		return RIGHT_BROKEN;
	put(GROUP "/cgroup.freeze", "0");
	errno = pid ? move(INNER "/cgroup.procs", pid) : 0;
	return errno ? RIGHT_BROKEN : 0;
}

static int by_kill(pid_t pid, int argument)
{
	return prepare(pid) ?: put(GROUP "/cgroup.kill", "1");
}

static int by_freeze(pid_t pid, int argument)
{
	int answer = prepare(pid) ?: put(GROUP "/cgroup.freeze", "1");

	put(GROUP "/cgroup.freeze", "0");
	return answer;
}

static int by_freeze_move(pid_t pid, int argument)
{
	int answer = prepare(0);

	if (!answer && put(GROUP "/cgroup.freeze", "1"))
		answer = RIGHT_BROKEN;
	if (!answer)
		answer = move(INNER "/cgroup.procs", pid);
	put(GROUP "/cgroup.freeze", "0");
	return answer;
}

static int by_old(pid_t pid, int kills)
{
	int answer = prepare(0), fd = open(kills ? GROUP "/cgroup.kill" : GROUP "/cgroup.freeze", O_WRONLY);

	if (answer || fd < 0)
		return RIGHT_BROKEN;
	right_wait();
	answer = move(INNER "/cgroup.procs", pid) ? RIGHT_BROKEN : right_result(write(fd, "1", 1));
	if (!kills)
		put(GROUP "/cgroup.freeze", "0");
	return answer;
}

/* Opened for writing the group's pids before it was frozen. */
static int by_move_old(pid_t pid, int argument)
{
	char text[16];
	int answer = prepare(0), fd = open(INNER "/cgroup.procs", O_WRONLY);

	if (answer || fd < 0)
		return RIGHT_BROKEN;
	right_wait();
	if (put(GROUP "/cgroup.freeze", "1"))
		return RIGHT_BROKEN;
	snprintf(text, sizeof(text), "%d", pid);
	answer = right_result(write(fd, text, strlen(text)));
	put(GROUP "/cgroup.freeze", "0");
	return answer;
}

struct stalled {
	int pipe, file;
	int answer;
};

/* The kernel asks whether the file may be written, and then waits for what is to be written. */
static void *write_from_pipe(void *argument)
{
	struct stalled *stalled = argument;

	stalled->answer = right_result(splice(stalled->pipe, NULL, stalled->file, NULL, 16, 0));
	return NULL;
}

/* Between the question and the deed the situation changes: each write by itself concerns nobody. */
static int by_race(pid_t pid, int kind)
{
	static const char *const files[] = {GROUP "/cgroup.kill", GROUP "/cgroup.freeze", INNER "/cgroup.procs"};
	struct stalled stalled;
	char text[16] = "1";
	int ends[2], answer = prepare(0);
	pthread_t thread;

	stalled.file = open(files[kind], O_WRONLY);
	if (answer || stalled.file < 0 || pipe(ends))
		return RIGHT_BROKEN;
	stalled.pipe = ends[0];
	if (pthread_create(&thread, NULL, write_from_pipe, &stalled))
		return RIGHT_BROKEN;
	usleep(200000);
	if (kind == 2) {
		snprintf(text, sizeof(text), "%d", pid);
		answer = put(GROUP "/cgroup.freeze", "1");
	} else {
		answer = move(INNER "/cgroup.procs", pid);
	}
	if (write(ends[1], answer ? "0" : text, strlen(text)) < 0)
		answer = RIGHT_BROKEN;
	pthread_join(thread, NULL);
	if (kind)
		put(GROUP "/cgroup.freeze", "0");
	return answer ?: stalled.answer;
}

/* The freezer of the first version of control groups, which can be mounted beside the second. */
static int by_freezer(pid_t pid, int moves)
{
	int answer;

	if ((mkdir(OLD, 0755) && errno != EEXIST) || mount("cgroup", OLD, "cgroup", 0, "freezer"))
		return RIGHT_UNSUPPORTED;
	if (mkdir(OLD "/group", 0755) && errno != EEXIST)
		return RIGHT_BROKEN;
	if (moves)
		answer = put(OLD "/group/freezer.state", "FROZEN") ?: move(OLD "/group/cgroup.procs", pid);
	else
		answer =
		    move(OLD "/group/cgroup.procs", pid) ? RIGHT_BROKEN : put(OLD "/group/freezer.state", "FROZEN");
	put(OLD "/group/freezer.state", "THAWED");
	move(OLD "/cgroup.procs", pid);
	umount(OLD);
	return answer;
}

const struct right_way right_group_ways[] = {
    {"cgroup-kill", "kill-group", by_kill, 0},		 {"cgroup-kill-old", "kill-group", by_old, 1},
    {"cgroup-freeze", "freeze", by_freeze, 0},		 {"cgroup-freeze-old", "freeze", by_old, 0},
    {"cgroup-freeze-move", "freeze", by_freeze_move, 0}, {"cgroup-freeze-move-old", "freeze", by_move_old, 0},
    {"cgroup-kill-race", "kill-group", by_race, 0},	 {"cgroup-freeze-race", "freeze", by_race, 1},
    {"cgroup-freeze-move-race", "freeze", by_race, 2},	 {"freezer", "freeze", by_freezer, 0},
    {"freezer-move", "freeze", by_freezer, 1},		 {},
};
