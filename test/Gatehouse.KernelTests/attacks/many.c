/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many users PID FIRST COUNT:  signals process PID as each of the real users FIRST, FIRST + 1, ... (its rights stay root's).
 * many images FOLDER COUNT:    maps FOLDER/0, FOLDER/1, ... executable.
 *
 * Tells the kernel about more different processes or images than it has numbers for. Prints which were refused, one
 * number a line, and at last "granted N".
 */
#include <signal.h>
#include "attack.h"

static unsigned long s_granted;

static void note(const char *call, int number, int failed)
{
	if (!failed) {
		s_granted++;
		return;
	}
	if (errno != EPERM && errno != EACCES)
		attack_failed(call);
	printf("%d\n", number);
}

static void users(pid_t pid, int first, int count)
{
	for (int i = first; i < first + count; i++) {
		if (setresuid(i, 0, 0))
			attack_failed("setresuid");
		note("kill", i, kill(pid, SIGURG));
	}
}

static void images(const char *folder, int count)
{
	char path[4096];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		int fd = attack_open(path, O_RDONLY);
		void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

		note("mmap", i, memory == MAP_FAILED);
		if (memory != MAP_FAILED)
			munmap(memory, 4096);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "users"))
		users(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	else if (argc == 4 && !strcmp(argv[1], "images"))
		images(argv[2], atoi(argv[3]));
	else
		attack_usage("many users PID FIRST COUNT | many images FOLDER COUNT");
	printf("granted %lu\n", s_granted);
	return 0;
}
