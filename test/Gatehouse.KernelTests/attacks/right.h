/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of right_attempt share: see right_attempt.c. */
#ifndef GATEHOUSE_RIGHT_H
#define GATEHOUSE_RIGHT_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* What a way answers: 0 = granted, an error number = refused by it, or one of these. */
enum {
	RIGHT_REFUSED_SILENTLY = -1, /* no error is told to anyone, and nothing happened */
	RIGHT_BROKEN = -2, /* it failed before the attempt; errno says why */
	RIGHT_UNSUPPORTED = -3, /* this kernel does not have the way */
};

struct right_way {
	const char *name;
	const char *right; /* the right that the way uses; several are joined by + */
	int (*attempt)(pid_t pid, int argument);
	int argument;
	const char *limit; /* null, or why a refusal may not be possible: see right_attempt.c */
};

extern const struct right_way right_signal_ways[], right_ptrace_ways[], right_memory_ways[], right_setting_ways[],
    right_group_ways[];

/* The memory that is read and written: at the same address in every process that runs a copy of this program. */
extern char right_buffer[64];

/* The result of a call that returns -1 and errno. */
static inline int right_result(long returned)
{
	return returned < 0 ? errno : 0;
}

/* For ways that open before they act: prints "opened" and waits for a line. */
void right_wait(void);

/* The process that a thread belongs to; a process is its own first thread. */
pid_t right_process(pid_t tid);

/* A pidfd of the thread and not of its process, or a number that a way answers. */
int right_thread_pidfd(pid_t tid);

/* The state letter of /proc/PID/stat, which no right protects; 0 = gone. */
char right_state(pid_t pid);

/* Whether the process reaches one of these states (0 stands for gone) within a second. */
int right_reaches(pid_t pid, const char *states);

/* A 32-bit system call of this 64-bit program: the numbers are those of 32-bit programs, pointers are below 4 GiB. */
static inline long right_call32(long number, long a, long b, long c, long d, long e)
{
	long result;

	/* A sixth argument would be in rbp; no call here that has one needs it to be anything but 0. */
	asm volatile("push %%rbp; xor %%ebp, %%ebp; int $0x80; pop %%rbp"
		     : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
		     : "memory", "r8", "r9", "r10", "r11", "cc");
	if ((int)result < 0) {
		errno = -(int)result;
		return -1;
	}
	return (int)result;
}

#endif
