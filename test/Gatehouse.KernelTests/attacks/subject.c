/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject SHAPE PID: reaches for process PID while it is itself of an unusual shape, and says how that went (answer.h).
 * Unless the shape says otherwise the attempt is SIGURG, which nobody minds.
 *
 *   plain, thread, vfork, clone3
 *   headless          a thread whose process's first thread has ended
 *   ring, ring-worker, ring-poller  opens /proc/PID/mem by io_uring: at once, by a worker, by the polling thread
 *   self-exe          after executing itself by /proc/self/exe
 *   memfd             after executing a copy of itself in memory
 *   unlinked          after it has unlinked its own file and executed it once more
 *   thread-exec       after a thread that is not the first has executed this program
 */
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include "uring.h"

static pid_t s_target;
static char **s_self;

static void attempt(void)
{
	answer("kill", kill(s_target, SIGURG));
}

static void *attempt_and_end(void *unused)
{
	attempt();
	exit(0);
	return unused;
}

static void start_thread(void *(*run)(void *))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, NULL);
	answer_need("pthread_create", errno ? -1 : 0);
}

static void by_thread(void)
{
	start_thread(attempt_and_end);
	pause();
}

static void *attempt_alone(void *unused)
{
	/* The first thread is a zombie when its state says so. */
	for (char state = 0; state != 'Z'; usleep(1000)) {
		FILE *status = fopen("/proc/self/stat", "r");

		if (!status || fscanf(status, "%*d (%*[^)]) %c", &state) != 1)
			answer_need("reading /proc/self/stat", -1);
		fclose(status);
	}
	return attempt_and_end(unused);
}

static void by_headless(void)
{
	start_thread(attempt_alone);
	pthread_exit(NULL);
}

static void by_vfork(void)
{
	pid_t child = vfork();

	if (child == 0) {
		/* The parent stands still: its memory, its output. */
		attempt();
		_exit(0);
	}
	answer_need("vfork", child);
	waitpid(child, NULL, 0);
}

static void by_clone3(void)
{
	struct clone_args arguments = {.exit_signal = SIGCHLD};
	pid_t child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0) {
		attempt();
		_exit(0);
	}
	answer_need("clone3", child);
	waitpid(child, NULL, 0);
}

static void open_by_ring(unsigned setup, unsigned request)
{
	struct uring uring;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", s_target);
	answer_need("io_uring_setup", uring_open(&uring, setup));
	uring.entry->opcode = IORING_OP_OPENAT;
	uring.entry->flags = request;
	uring.entry->fd = AT_FDCWD;
	uring.entry->addr = (unsigned long)path;
	uring.entry->open_flags = O_RDONLY;
	int result = uring_run(&uring);

	errno = result < 0 ? -result : 0;
	answer("open of mem by io_uring", result < 0 ? -1 : 0);
}

static void by_ring(void)
{
	open_by_ring(0, 0);
}

static void by_ring_worker(void)
{
	open_by_ring(0, IOSQE_ASYNC);
}

static void by_ring_poller(void)
{
	open_by_ring(IORING_SETUP_SQPOLL, 0);
}

/* Executes what is given as this program, now of the shape "plain". */
static void execute(const char *path)
{
	s_self[1] = "plain";
	execv(path, s_self);
	answer_need("execv", -1);
}

static void by_self(void)
{
	execute("/proc/self/exe");
}

static void by_memfd(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", attack_memfd("/proc/self/exe"));
	execute(path);
}

static void by_unlinked(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	answer_need("readlink", length);
	path[length] = 0;
	answer_need("unlink of itself", unlink(path));
	execute("/proc/self/exe");
}

static void *execute_in_thread(void *unused)
{
	execute("/proc/self/exe");
	return unused;
}

static void by_thread_exec(void)
{
	start_thread(execute_in_thread);
	pause();
}

static const struct answer_way s_ways[] = {
    {"plain", attempt},	   {"thread", by_thread}, {"headless", by_headless},	   {"vfork", by_vfork},
    {"clone3", by_clone3}, {"ring", by_ring},	  {"ring-worker", by_ring_worker}, {"ring-poller", by_ring_poller},
    {"self-exe", by_self}, {"memfd", by_memfd},	  {"unlinked", by_unlinked},	   {"thread-exec", by_thread_exec},
};

int main(int argc, char **argv)
{
	if (argc != 3)
		attack_usage("subject SHAPE PID");
	s_self = argv;
	s_target = atoi(argv[2]);
	answer_by_name(s_ways, sizeof(s_ways) / sizeof(*s_ways), argv[1]);
	return 0;
}
