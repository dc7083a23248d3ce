/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of `memory` share: see memory.c.
 *
 * A way is a process of its own. It ends by one of the functions below, by a signal, or by executing a program that ends
 * with 0 if it could execute what it has written.
 */
#ifndef GATEHOUSE_MEMORY_H
#define GATEHOUSE_MEMORY_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY_PAGE = 4096, MEMORY_R = PROT_READ, MEMORY_RW = 3, MEMORY_RX = 5, MEMORY_RWX = 7 };

struct memory_way {
	const char *name;
	void (*attempt)(void);
	/*
	 * "attack"; "harmless": no policy about memory has a reason to refuse it; "futile": the kernel refuses it by itself;
	 * "image": a matter of who may write to files that are executed, for class image to refuse.
	 */
	const char *kind;
};

extern const struct memory_way memory_anonymous_ways[], memory_moved_ways[], memory_filled_ways[], memory_fault_ways[],
    memory_shared_ways[], memory_file_ways[], memory_text_ways[], memory_personality_ways[], memory_exec_ways[],
    memory_harmless_ways[];

/* mov eax, 42; ret */
extern const unsigned char memory_code[8];

/* The code was executed. */
_Noreturn void memory_worked(void);

/* After a failed call: refused by EPERM or EACCES, else broken. */
_Noreturn void memory_failed(const char *call);

/* Refused by this errno, which the way knows to be an answer. */
_Noreturn void memory_refused(const char *call, int error);

_Noreturn void memory_unsupported(const char *what);

_Noreturn void memory_broken(const char *what);

/* What must still hold the code if the way is refused: a refusal must leave memory as it was. */
void memory_watch(const void *address);

/* Whose the events are, if it is not the process of the way. */
void memory_acts(pid_t pid);

/* For ways that open before they act, if told to: says "opened" and waits for a line. */
void memory_wait(void);

/* A file beside the attacker, so that rules by its folder see it; empty, and gone when the way has ended. */
int memory_file(char *path, mode_t mode);

void *memory_map(int protection, int flags, int fd, size_t size);

/* Puts the code there. */
void *memory_write(void *address);

void memory_protect(void *address, int protection);

/* Runs the code that has been written, and ends the way. */
_Noreturn void memory_run(void *address);

/* An area of one page that the kernel cannot join with a neighbour, whose past it would inherit. */
void *memory_alone(int protection, int flags);

#endif
