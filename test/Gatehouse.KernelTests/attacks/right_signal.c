/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to send a signal: by pid, thread, pidfd, with data, by 32-bit calls, and by the kernel in our name (SIGIO). */
#include "right.h"

static int by_kill(pid_t pid, int number)
{
	return right_result(kill(pid, number));
}

static int by_tkill(pid_t pid, int number)
{
	return right_result(syscall(SYS_tkill, pid, number));
}

static int by_tgkill(pid_t tid, int number)
{
	return right_result(syscall(SYS_tgkill, right_process(tid), tid, number));
}

static int by_pidfd(pid_t pid, int number)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return RIGHT_BROKEN;
	return right_result(syscall(SYS_pidfd_send_signal, fd, number, NULL, 0));
}

/* A pidfd of a thread: from 6.9. Signals by it are for the thread. */
static int by_thread_pidfd(pid_t tid, int number)
{
	int fd = right_thread_pidfd(tid);

	if (fd < 0)
		return fd;
	return right_result(syscall(SYS_pidfd_send_signal, fd, number, NULL, 0));
}

/* To the whole process group of a process: from 6.9. */
static int by_pidfd_group(pid_t pid, int number)
{
	int fd = syscall(SYS_pidfd_open, pid, 0), answer;

	if (fd < 0)
		return RIGHT_BROKEN;
	answer = right_result(syscall(SYS_pidfd_send_signal, fd, number, NULL, 1u << 2));
	return answer == EINVAL ? RIGHT_UNSUPPORTED : answer;
}

static int by_group(pid_t pid, int number)
{
	return right_result(kill(-pid, number));
}

static siginfo_t queued(void)
{
	siginfo_t info = {.si_code = SI_QUEUE};

	info.si_pid = getpid();
	return info;
}

static int by_queue(pid_t pid, int number)
{
	siginfo_t info = queued();

	return right_result(syscall(SYS_rt_sigqueueinfo, pid, number, &info));
}

static int by_thread_queue(pid_t pid, int number)
{
	siginfo_t info = queued();

	return right_result(syscall(SYS_rt_tgsigqueueinfo, right_process(pid), pid, number, &info));
}

static int by_kill32(pid_t pid, int number)
{
	return right_result(right_call32(37, pid, number, 0, 0, 0));
}

/* A pipe that becomes readable tells its owner by whatever signal was chosen. */
static int owned_pipe(pid_t pid, int number, int ends[2])
{
	return pipe2(ends, O_NONBLOCK) || fcntl(ends[0], F_SETOWN, pid) || fcntl(ends[0], F_SETSIG, number) ||
	       fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK);
}

static int sigio_result(pid_t pid, int number)
{
	const char *states = number == SIGKILL ? "0ZX" : "T";

	return right_reaches(pid, states) ? 0 : RIGHT_REFUSED_SILENTLY;
}

static int by_sigio(pid_t pid, int number)
{
	int ends[2];

	if (owned_pipe(pid, number, ends) || write(ends[1], "x", 1) != 1)
		return RIGHT_BROKEN;
	return sigio_result(pid, number);
}

static int by_sigio_old(pid_t pid, int number)
{
	int ends[2];

	if (owned_pipe(pid, number, ends))
		return RIGHT_BROKEN;
	right_wait();
	if (write(ends[1], "x", 1) != 1)
		return RIGHT_BROKEN;
	return sigio_result(pid, number);
}

const struct right_way right_signal_ways[] = {
    {"kill-0", "query", by_kill, 0},
    {"tgkill-0", "query", by_tgkill, 0},
    {"pidfd-0", "query", by_pidfd, 0},
    {"kill-kill", "terminate", by_kill, SIGKILL},
    {"kill-term", "terminate", by_kill, SIGTERM},
    {"kill-usr2", "terminate", by_kill, SIGUSR2},
    {"kill-rt", "terminate", by_kill, 40},
    {"tkill-kill", "terminate", by_tkill, SIGKILL},
    {"tgkill-kill", "terminate", by_tgkill, SIGKILL},
    {"pidfd-kill", "terminate", by_pidfd, SIGKILL},
    {"sigqueue-kill", "terminate", by_queue, SIGKILL},
    {"tgsigqueue-kill", "terminate", by_thread_queue, SIGKILL},
    {"kill32-kill", "terminate", by_kill32, SIGKILL},
    {"sigio-kill", "terminate", by_sigio, SIGKILL},
    {"sigio-kill-old", "terminate", by_sigio_old, SIGKILL},
    {"kill-group-of", "terminate", by_group, SIGKILL},
    {"pidfd-group-kill", "terminate", by_pidfd_group, SIGKILL},
    {"pidfd-thread-kill", "terminate", by_thread_pidfd, SIGKILL},
    {"kill-stop", "suspend", by_kill, SIGSTOP},
    {"kill-tstp", "suspend", by_kill, SIGTSTP},
    {"tgkill-stop", "suspend", by_tgkill, SIGSTOP},
    {"pidfd-stop", "suspend", by_pidfd, SIGSTOP},
    {"sigio-stop", "suspend", by_sigio, SIGSTOP},
    {"kill-cont", "resume", by_kill, SIGCONT},
    {"tkill-cont", "resume", by_tkill, SIGCONT},
    {"pidfd-cont", "resume", by_pidfd, SIGCONT},
    {"kill-usr1", "signal", by_kill, SIGUSR1},
    {"kill-winch", "signal", by_kill, SIGWINCH},
    {"tgkill-usr1", "signal", by_tgkill, SIGUSR1},
    {"pidfd-thread-usr1", "signal", by_thread_pidfd, SIGUSR1},
    {"tkill-usr1", "signal", by_tkill, SIGUSR1},
    {"tgsigqueue-usr1", "signal", by_thread_queue, SIGUSR1},
    {"sigqueue-usr1", "signal", by_queue, SIGUSR1},
    {},
};
