/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fanotify and POSIX timers do on this kernel, as far as the questions of `ask` rest on it. Prints a line a fact; the
 * last word is what happened. Not an attack, but it sets permission marks: in the test VM only.
 *
 * usage: fanotify_facts FOLDER    an empty folder on a file system of its own, which is marked
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef FAN_MARK_EVICTABLE
#define FAN_MARK_EVICTABLE 0x200
#endif
#ifndef FAN_MARK_IGNORE
#define FAN_MARK_IGNORE 0x400
#endif
#define ASKED (FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM)

static int group;
static int ignoring, told;
static int asked_open, asked_exec, closed;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void settle(void)
{
	usleep(300 * 1000);
}

static void handle(struct fanotify_event_metadata *event)
{
	struct fanotify_response answer = {event->fd, FAN_ALLOW};
	char link[64], path[512] = "?";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", event->fd);
	if (event->fd >= 0 && readlink(link, path, sizeof(path) - 1) < 0)
		strcpy(path, "?");
	if (told)
		printf("    event mask %#llx fd %s pid %d %s\n", (unsigned long long)event->mask, event->fd >= 0 ? "yes" : "no", event->pid, path);
	asked_open += !!(event->mask & FAN_OPEN_PERM);
	asked_exec += !!(event->mask & FAN_OPEN_EXEC_PERM);
	closed += !!(event->mask & FAN_CLOSE_WRITE);
	if ((event->mask & ASKED) && ignoring)
		must(!fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORE | FAN_MARK_EVICTABLE, ASKED, event->fd, NULL), "ignore mark");
	if (event->mask & ASKED)
		must(write(group, &answer, sizeof(answer)) == sizeof(answer), "write");
	if (event->fd >= 0)
		close(event->fd);
}

static void *listen_to(void *nothing)
{
	static char buffer[65536] __attribute__((aligned(8)));

	for (;;) {
		ssize_t length = read(group, buffer, sizeof(buffer));
		struct fanotify_event_metadata *event = (void *)buffer;

		if (length < 0) {
			printf("    read of the group failed: %s\n", strerror(errno));
			if (errno == EINTR || errno == EAGAIN || errno == ENXIO || errno == EIO || errno == EPERM)
				continue;
			return nothing;
		}
		for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length))
			handle(event);
	}
}

static int open_in_child(const char *path, int flags)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(3);
		_exit(open(path, flags) < 0 ? errno : 0);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void count(const char *fact, void (*act)(const char *), const char *path)
{
	settle();
	asked_open = asked_exec = closed = 0;
	act(path);
	settle();
	printf("%s: open %d, exec %d, close-write %d\n", fact, asked_open, asked_exec, closed);
	fflush(stdout);
}

#include "fanotify_acts.h"

static char folder[256];

static char *in(const char *name)
{
	static char paths[8][512];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, 512, "%s/%s", folder, name);
	return path;
}

static void special(const char *name, mode_t mode, dev_t device, int flags)
{
	char *path = in(name);
	int error;

	must(!mknod(path, mode, device), path);
	settle();
	asked_open = 0;
	error = open_in_child(path, flags);
	settle();
	printf("special file %s: open gave %d (%s), asked %d\n", name, error, error > 0 ? strerror(error) : "", asked_open);
}

/* Two writers wait for a reader; the listener's own descriptor must not be taken for one. */
static void fifo(void)
{
	char *path = in("fifo");
	pid_t first, second;
	int status, woken;

	must(!mkfifo(path, 0600), "mkfifo");
	first = fork();
	if (first == 0) {
		int fd = open(path, O_WRONLY);

		_exit(write(fd, "x", 1) == 1 ? 0 : 1);
	}
	settle();
	asked_open = 0;
	second = fork();
	if (second == 0) {
		open(path, O_WRONLY);
		_exit(0);
	}
	settle();
	settle();
	woken = waitpid(first, &status, WNOHANG) == first;
	printf("fifo: asked %d; a writer that waited for a reader %s%s\n", asked_open, woken ? "was woken by the listener, and ended with " : "still waits",
		!woken ? "" : WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "an exit status");
	kill(first, SIGKILL);
	kill(second, SIGKILL);
	waitpid(first, NULL, 0);
	waitpid(second, NULL, 0);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0755);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("    %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* A listener that holds a timer and never answers: it is stopped, or frozen, and the opener waits. */
static void dead_man(const char *fact, void (*hold)(pid_t, const char *), const char *cgroup)
{
	int says[2], status;
	char byte;
	pid_t listener, opener;
	double start, opened, died;

	must(!pipe(says), "pipe");
	listener = fork();
	if (listener == 0) {
		struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
		struct itimerspec time = {.it_value = {2, 0}};
		timer_t timer;
		int own = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_LARGEFILE);

		must(own >= 0 && !fanotify_mark(own, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, in("dead")), "mark");
		if (cgroup) {
			char own_pid[16];

			snprintf(own_pid, sizeof(own_pid), "%d", getpid());
			write_text(cgroup, own_pid);
		}
		must(!timer_create(CLOCK_MONOTONIC, &event, &timer) && !timer_settime(timer, 0, &time, NULL), "timer");
		must(write(says[1], "x", 1) == 1, "pipe");
		for (;;)
			pause();
	}
	must(read(says[0], &byte, 1) == 1, "pipe");
	start = now();
	hold(listener, cgroup);
	opener = fork();
	if (opener == 0)
		_exit(open(in("dead"), O_RDONLY) < 0);
	for (int i = 0; i < 800 && waitpid(opener, &status, WNOHANG) != opener; i++)
		usleep(10000);
	opened = now() - start;
	if (opened > 7.9)
		printf("%s: the opener still waits after 8 s\n", fact);
	else
		printf("%s: the opener went on after %.2f s with status %d\n", fact, opened, WEXITSTATUS(status));
	if (waitpid(listener, &status, WNOHANG) == listener) {
		died = now() - start;
		printf("    the listener had ended by signal %d, at %.2f s\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0, died);
	} else {
		kill(listener, SIGKILL);
		kill(listener, SIGCONT);
		if (cgroup) {
			char thaw[256];

			snprintf(thaw, sizeof(thaw), "%.*s/freezer.state", (int)(strrchr(cgroup, '/') - cgroup), cgroup);
			write_text(thaw, "THAWED");
		}
		waitpid(listener, NULL, 0);
	}
	fflush(stdout);
}

static void hold_stop(pid_t pid, const char *cgroup)
{
	(void)cgroup;
	kill(pid, SIGSTOP);
}

static void hold_freeze(pid_t pid, const char *cgroup)
{
	char path[256];

	(void)pid;
	snprintf(path, sizeof(path), "%.*s/cgroup.freeze", (int)(strrchr(cgroup, '/') - cgroup), cgroup);
	write_text(path, "1");
}

static void hold_freeze_v1(pid_t pid, const char *cgroup)
{
	char path[256];

	(void)pid;
	snprintf(path, sizeof(path), "%.*s/freezer.state", (int)(strrchr(cgroup, '/') - cgroup), cgroup);
	write_text(path, "FROZEN");
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char command[1400];

	if (argc != 2) {
		fputs("usage: fanotify_facts FOLDER\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(folder, sizeof(folder), "%s", argv[1]);
	snprintf(command, sizeof(command),
		"cd %s && cp /bin/busybox sh && cp /bin/busybox true && cp build-lib lib.so 2>/dev/null; printf '#!%s/sh\\n:\\n' >script && chmod +x script"
		" && head -c 8192 /dev/zero >data && cp data dead && cp data other && mkdir -p lower upper work merged && cp /bin/busybox lower/true",
		folder, folder);
	must(!system(command), "preparation");
	group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS, O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK);
	must(group >= 0, "fanotify_init");
	must(!fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, ASKED | FAN_CLOSE_WRITE, AT_FDCWD, folder), "mark");
	must(!pthread_create(&thread, NULL, listen_to, NULL), "pthread_create");

	told = 1;
	count("exec of a static program", act_run, in("true"));
	count("exec of a script", act_run, in("script"));
	count("dlopen", act_dlopen, in("lib.so"));
	told = 0;
	ignoring = 1;
	count("first open", act_open, in("data"));
	count("second open, ignored", act_open, in("data"));
	count("exec, first", act_run, in("true"));
	count("exec, ignored", act_run, in("true"));
	count("chmod, then open", act_chmod, in("data"));
	count("write, close", act_write, in("data"));
	count("open after the write", act_open, in("data"));
	count("open for writing, held", act_hold, in("data"));
	count("write into a mapping, then open", act_map_write, in("data"));
	count("write by aio, then open", act_aio, in("data"));
	count("open again, while it is open for writing", act_open, in("data"));
	count("write by the held descriptor, then open", act_held_write, in("data"));
	count("close of the held descriptor", act_held_close, in("data"));
	count("open", act_open, in("data"));
	count("open again", act_open, in("data"));
	count("truncate, then open", act_truncate, in("data"));
	count("open again", act_open, in("data"));
	count("caches dropped, then open", act_drop, in("data"));
	ignoring = 0;

	fifo();
	special("null", S_IFCHR | 0600, makedev(1, 3), O_RDONLY);
	special("tty", S_IFCHR | 0600, makedev(5, 0), O_RDONLY);
	special("console", S_IFCHR | 0600, makedev(4, 64), O_RDONLY | O_NOCTTY);
	special("unknown", S_IFCHR | 0600, makedev(240, 77), O_RDONLY);

	dead_man("stopped listener", hold_stop, NULL);
	mkdir("/sys/fs/cgroup/facts", 0755);
	dead_man("frozen listener (cgroup v2)", hold_freeze, "/sys/fs/cgroup/facts/cgroup.procs");
	mkdir("/tmp/freezer", 0755);
	if (mount("none", "/tmp/freezer", "cgroup", 0, "freezer")) {
		printf("frozen listener (cgroup v1): no freezer here: %s\n", strerror(errno));
	} else {
		mkdir("/tmp/freezer/facts", 0755);
		dead_man("frozen listener (cgroup v1)", hold_freeze_v1, "/tmp/freezer/facts/cgroup.procs");
	}
	/*
	 * Last, because it hangs on Linux 7.2: the descriptor for the listener opens the file beneath, which is reported too, and the
	 * listener waits for itself. Hence a group and a thread for each level of overlays.
	 */
	snprintf(command, sizeof(command), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", folder, folder, folder);
	if (mount("overlay", in("merged"), "overlay", 0, command)) {
		printf("overlay: cannot be mounted: %s\n", strerror(errno));
	} else {
		told = 1;
		must(!fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, ASKED | FAN_CLOSE_WRITE, AT_FDCWD, in("merged")), "mark");
		count("exec on overlay, both marked", act_run, in("merged/true"));
		count("exec below the overlay", act_run, in("lower/true"));
		told = 0;
		umount(in("merged"));
	}

	return 0;
}
