/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the image_… programs share: each tries many ways of loading one thing, every way in a process of its own that ends as
 * attack.h says, and prints a line for it: `WAY granted|refused|unsupported|broken|killed`. Loading is what is under attack, so a
 * way whose preparation fails is broken, whatever the error.
 */
#ifndef GATEHOUSE_IMAGE_H
#define GATEHOUSE_IMAGE_H

#include <sys/syscall.h>
#include <sys/wait.h>
#include "scm.h"
#include "uring.h"

struct image_way {
	const char *name;
	/* Ends the process: granted is status 0. What it executes must end with 0, too. */
	void (*load)(const char *path);
};

static inline const char *image_answer(int status)
{
	static const char *const words[] = {"granted", "refused", "broken", "unsupported"};

	if (!WIFEXITED(status))
		return "killed";
	return WEXITSTATUS(status) < 4 ? words[WEXITSTATUS(status)] : "broken";
}

/* What a process that does this comes to. Its output is not wanted; what it complains of is. */
static inline const char *image_try(void (*load)(const char *path), const char *path)
{
	int status, null;
	pid_t child = fork();

	answer_need("fork", child);
	if (!child) {
		null = attack_open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		load(path);
		_exit(ATTACK_WORKED);
	}
	answer_need("waitpid", waitpid(child, &status, 0));
	return image_answer(status);
}

/* Tries the ways that are named, or all. */
static inline int image_ways(const struct image_way *ways, size_t count, const char *path, char **names)
{
	for (size_t i = 0; i < count; i++) {
		char **name = names;

		while (*name && strcmp(*name, ways[i].name))
			name++;
		if (*names && !*name)
			continue;
		printf("%s %s\n", ways[i].name, image_try(ways[i].load, path));
		fflush(stdout);
	}
	return 0;
}

/* Whether two small files have the same content. */
static inline int image_same(const char *one, const char *other)
{
	static char first[65536], second[65536];
	int fds[2] = {attack_open(one, O_RDONLY), attack_open(other, O_RDONLY)};
	ssize_t length = read(fds[0], first, sizeof(first)), other_length = read(fds[1], second, sizeof(second));

	answer_need("read", length < 0 ? -1 : other_length);
	close(fds[0]);
	close(fds[1]);
	return length == other_length && !memcmp(first, second, length);
}

/* Opened without the system call for it. */
static inline int image_uring_open(const char *path)
{
	struct uring uring;

	if (uring_open(&uring, 0))
		exit(ATTACK_UNSUPPORTED);
	uring.entry->opcode = IORING_OP_OPENAT;
	uring.entry->fd = AT_FDCWD;
	uring.entry->addr = (unsigned long)path;
	uring.entry->open_flags = O_RDONLY;
	int fd = uring_run(&uring);

	errno = -fd;
	answer_need("open by io_uring", fd);
	return fd;
}

/* Opened by way of a descriptor that was never checked for reading. */
static inline int image_reopen(const char *path)
{
	char link[32];

	if (access("/proc/self/fd", F_OK))
		exit(ATTACK_UNSUPPORTED); /* in a chroot */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", attack_open(path, O_PATH));
	return attack_open(link, O_RDONLY);
}

/* Opened by another name, which is gone when this returns. */
static inline int image_unlinked(const char *path)
{
	char other[4096];
	int fd;

	snprintf(other, sizeof(other), "%s.unlinked", path);
	if (linkat(AT_FDCWD, path, AT_FDCWD, other, AT_SYMLINK_FOLLOW) && (errno == EXDEV || errno == EROFS))
		exit(ATTACK_UNSUPPORTED); /* the name leads to another mount */
	fd = attack_open(other, O_RDONLY);
	answer_need("unlink", unlink(other));
	return fd;
}

#endif
