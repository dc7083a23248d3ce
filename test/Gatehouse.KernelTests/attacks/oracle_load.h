/* SPDX-License-Identifier: Apache-2.0 */
/* Ways of loading a file without executing it, for thousands of attempts by the same process: nothing stays mapped. */
#ifndef GATEHOUSE_ORACLE_LOAD_H
#define GATEHOUSE_ORACLE_LOAD_H

#include "answer.h"

/* A copy that has lost its name when this returns; a descriptor that only reads. */
static inline int load_unlinked(const char *path)
{
	char other[4096], content[4096];
	int from = attack_open(path, O_RDONLY), to, fd;
	ssize_t length = read(from, content, sizeof(content));

	answer_need("read", length);
	snprintf(other, sizeof(other), "%s.gone", path);
	to = open(other, O_WRONLY | O_CREAT | O_EXCL, 0755);
	answer_need("open of a new file", to);
	answer_need("write", write(to, content, length));
	answer_need("fchmod", fchmod(to, 0755));
	close(to);
	close(from);
	fd = attack_open(other, O_RDONLY);
	answer_need("unlink", unlink(other));
	return fd;
}

/* Readable first, executable afterwards. */
static inline int load_later(int fd, size_t size)
{
	void *place = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	int result, error;

	answer_need("mmap for reading", place == MAP_FAILED ? -1 : 0);
	result = mprotect(place, size, PROT_READ | PROT_EXEC);
	error = errno;
	munmap(place, size);
	errno = error;
	return result;
}

static inline int load_at_once(int fd, size_t size, int flags)
{
	void *place = mmap(NULL, size, PROT_READ | PROT_EXEC, flags, fd, 0);

	if (place == MAP_FAILED)
		return -1;
	return munmap(place, size);
}

/* The answer to `load WAY named|unlinked PATH`. */
static inline void oracle_load(const char *way, const char *name, const char *path)
{
	int fd = strcmp(name, "unlinked") ? attack_open(path, O_RDONLY) : load_unlinked(path), result, error;
	size_t size = attack_size(fd);

	if (!strcmp(way, "protect"))
		result = load_later(fd, size);
	else
		result = load_at_once(fd, size, strcmp(way, "share") ? MAP_PRIVATE : MAP_SHARED);
	error = errno;
	close(fd);
	errno = error;
	answer(way, result);
}

#endif
