/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each of these programs ends. The kernel tests and the demo read the exit status, people read the text.
 *
 *   0  the code ran, or the executable mapping exists
 *   1  refused: the kernel answered EPERM or EACCES; the name of the error is printed
 *   2  wrong usage, or it failed for another reason, which shows nothing about enforcement
 */
#ifndef GATEHOUSE_ATTACK_H
#define GATEHOUSE_ATTACK_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTACK_WORKED = 0, ATTACK_REFUSED = 1, ATTACK_BROKEN = 2, ATTACK_UNSUPPORTED = 3 };

/* A failed call: refused if the kernel said that it may not be, broken otherwise. */
static inline _Noreturn void attack_failed(const char *call)
{
	int error = errno;
	int refused = error == EPERM || error == EACCES;

	fprintf(stderr, "%s: %s: %s\n", refused ? "refused" : "broken", call, strerrorname_np(error));
	exit(refused ? ATTACK_REFUSED : ATTACK_BROKEN);
}

static inline _Noreturn void attack_usage(const char *usage)
{
	fprintf(stderr, "usage: %s\n", usage);
	exit(ATTACK_BROKEN);
}

static inline _Noreturn void attack_mapped(void)
{
	puts("mapped executable");
	exit(ATTACK_WORKED);
}

/* Reading a file is not what is under attack, so a failure here is "broken" whatever the error. */
static inline int attack_open(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0) {
		fprintf(stderr, "broken: open %s: %s\n", path, strerrorname_np(errno));
		exit(ATTACK_BROKEN);
	}
	return fd;
}

static inline size_t attack_size(int fd)
{
	struct stat status;

	if (fstat(fd, &status) || status.st_size == 0) {
		fputs("broken: the file is empty or cannot be examined\n", stderr);
		exit(ATTACK_BROKEN);
	}
	return status.st_size;
}

/* The file's content in a new memfd, which has no name in any file system. */
static inline int attack_memfd(const char *path)
{
	int source = attack_open(path, O_RDONLY | O_CLOEXEC);
	/* Not close-on-exec: the kernel could not hand a script by that name to its interpreter. */
	int memory = memfd_create("attack", 0);
	char buffer[65536];
	ssize_t length;

	if (memory < 0)
		attack_failed("memfd_create");
	while ((length = read(source, buffer, sizeof(buffer))) > 0) {
		for (ssize_t done = 0, step; done < length; done += step) {
			step = write(memory, buffer + done, length - done);
			if (step <= 0)
				attack_failed("write");
		}
	}
	if (length < 0)
		attack_failed("read");
	close(source);
	return memory;
}

#endif
