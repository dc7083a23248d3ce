/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fullpool signal PID | exec PROGRAM: takes every piece of the kernel side's working memory (bpf/maps/report.h), signals the
 * process or executes the program, gives all of them back, and says how the attempt went (answer.h). What a full pool is
 * like cannot be had otherwise on a machine of few CPUs: a piece is never held by who sleeps.
 */
#include <linux/bpf.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "answer.h"

enum { MAPS = 4, PIECES = 1024 };

static struct pool {
	int fd;
	uint32_t pieces, bytes;
	char taken[PIECES];
} s_pools[MAPS];
static int s_count;

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

/* All of them: after an upgrade there may be two for a while. */
static void find(void)
{
	union bpf_attr next = {}, open, information;

	while (s_count < MAPS && !bpf(BPF_MAP_GET_NEXT_ID, &next)) {
		struct bpf_map_info info = {};

		memset(&open, 0, sizeof(open));
		open.map_id = next.start_id = next.next_id;
		int fd = bpf(BPF_MAP_GET_FD_BY_ID, &open);

		if (fd < 0)
			continue;
		memset(&information, 0, sizeof(information));
		information.info.bpf_fd = fd;
		information.info.info_len = sizeof(info);
		information.info.info = (uintptr_t)&info;
		answer_need("bpf information", bpf(BPF_OBJ_GET_INFO_BY_FD, &information));
		if (strcmp(info.name, "gh_scratch") || info.max_entries > PIECES) {
			close(fd);
			continue;
		}
		s_pools[s_count++] = (struct pool){.fd = fd, .pieces = info.max_entries, .bytes = info.value_size};
	}
	errno = ENOENT;
	answer_need("a pool of Gatehouse", s_count ? 0 : -1);
}

/*
 * Owner is the first word of a piece; 0 is nobody. Pieces that somebody else has are left alone. One that was taken in the
 * moment in which a hook took it too is free again as soon as that hook is done: so what was taken before is looked at
 * again. Returns how many pieces were not the caller's when the call began.
 */
static int give_to(uint64_t owner)
{
	int missing = 0;

	for (struct pool *pool = s_pools; pool < s_pools + s_count; pool++) {
		uint64_t *piece = calloc(1, pool->bytes);

		for (uint32_t i = 0; i < pool->pieces; i++) {
			union bpf_attr element = {.map_fd = pool->fd, .key = (uintptr_t)&i, .value = (uintptr_t)piece};

			if (owner) {
				answer_need("a piece", bpf(BPF_MAP_LOOKUP_ELEM, &element));
				if (pool->taken[i] && *piece == owner)
					continue;
				missing++;
				pool->taken[i] = 0;
				if (*piece)
					continue;
			} else if (!pool->taken[i]) {
				continue;
			}
			*piece = owner;
			pool->taken[i] = !bpf(BPF_MAP_UPDATE_ELEM, &element) && owner;
		}
		free(piece);
	}
	return missing;
}

/* A hook that runs at this moment has a piece and gives it back at once: taken is what stays taken. */
static void take_all(void)
{
	int tries = 0;

	while (give_to(1)) {
		errno = EAGAIN;
		answer_need("every piece of the pool", ++tries < 1000 ? 0 : -1);
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	int result = -1, status;
	pid_t child;

	if (argc != 3 || (strcmp(argv[1], "signal") && strcmp(argv[1], "exec")))
		attack_usage("fullpool signal PID | exec PROGRAM");
	find();
	take_all();
	if (!strcmp(argv[1], "signal")) {
		result = kill(atoi(argv[2]), SIGURG);
	} else {
		char *arguments[] = {argv[2], NULL};
		posix_spawn_file_actions_t quiet;

		posix_spawn_file_actions_init(&quiet);
		posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
		errno = posix_spawn(&child, argv[2], &quiet, NULL, arguments, environ);
		result = errno ? -1 : 0;
		if (!result)
			waitpid(child, &status, 0);
	}
	int error = errno;

	give_to(0);
	errno = error;
	answer(argv[1], result);
	return 0;
}
