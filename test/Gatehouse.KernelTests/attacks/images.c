/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images FILE: loads FILE in three ways, each twice: executes it, maps it executable, maps it and makes it executable then.
 * Says "granted" or "refused" if all six came to the same, else what each came to.
 */
#include <spawn.h>
#include <sys/wait.h>
#include "answer.h"

enum { ROUNDS = 2, WAYS = 3 };

static int by_exec(char *path)
{
	char *arguments[] = {path, NULL};
	posix_spawn_file_actions_t quiet;
	int status, error;
	pid_t child;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	error = posix_spawn(&child, path, &quiet, NULL, arguments, environ);
	if (error)
		return error;
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status))
		return EINTR;
	return 0;
}

static int by_mapping(char *path, int first, int then)
{
	int fd = attack_open(path, O_RDONLY | O_CLOEXEC);
	size_t size = attack_size(fd);
	void *memory = mmap(NULL, size, first, MAP_PRIVATE, fd, 0);
	int error = memory == MAP_FAILED || (then && mprotect(memory, size, then)) ? errno : 0;

	if (memory != MAP_FAILED)
		munmap(memory, size);
	close(fd);
	return error;
}

int main(int argc, char **argv)
{
	int errors[ROUNDS * WAYS], count = 0, granted = 0, refused = 0;

	if (argc != 2)
		attack_usage("images FILE");
	for (int round = 0; round < ROUNDS; round++) {
		errors[count++] = by_exec(argv[1]);
		errors[count++] = by_mapping(argv[1], PROT_READ | PROT_EXEC, 0);
		errors[count++] = by_mapping(argv[1], PROT_READ, PROT_READ | PROT_EXEC);
	}
	for (int i = 0; i < count; i++) {
		granted += !errors[i];
		refused += errors[i] == EPERM || errors[i] == EACCES;
	}
	if (granted == count) {
		puts("granted");
	} else if (refused == count) {
		puts("refused");
	} else {
		const char *const names[] = {"exec", "mmap", "mprotect"};

		for (int i = 0; i < count; i++)
			printf("%s: %s; ", names[i % WAYS], errors[i] ? strerrorname_np(errors[i]) : "granted");
		puts("");
	}
	return 0;
}
