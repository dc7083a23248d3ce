/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures what depends on which image it is (measure.h): cold, on files that nobody has touched since they were written, so that
 * their identity must be found out; and dlopen, which needs a program that is linked dynamically.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

#define COPIES 15

static const char *folder;
static char image[256];

static void do_open(void)
{
	int fd = open(image, O_RDONLY);

	must(fd >= 0, image);
	close(fd);
}

static void do_exec(void)
{
	char *const arguments[] = {"true", NULL};
	pid_t pid;
	int status;

	must(!posix_spawn(&pid, image, NULL, NULL, arguments, arguments + 1), image);
	must(waitpid(pid, &status, 0) == pid && !status, "waitpid");
}

static void do_dlopen(void)
{
	void *handle = dlopen(image, RTLD_NOW);

	must(handle != NULL, image);
	dlclose(handle);
}

/* Names the copy as the image of the next operation. */
static void use_copy(int number)
{
	snprintf(image, sizeof(image), "%s/copy-%d-%d", folder, getpid(), number);
}

static void make_copies(const char *source)
{
	static char content[4 << 20];
	int from = open(source, O_RDONLY);
	ssize_t length = read(from, content, sizeof(content));

	must(from >= 0 && length > 0 && length < (ssize_t)sizeof(content), source);
	close(from);
	for (int i = 0; i < COPIES; i++) {
		use_copy(i);
		int to = open(image, O_WRONLY | O_CREAT | O_TRUNC, 0755);

		must(to >= 0, image);
		/* Less than was asked for is no failure. */
		for (ssize_t done = 0, wrote; done < length; done += wrote)
			must((wrote = write(to, content + done, length - done)) > 0, image);
		close(to);
	}
}

/* The median of one operation on each of the copies. */
static void measure_cold(const char *name, const char *source, void (*operation)(void))
{
	const struct timespec pause = {0, 20 * 1000 * 1000};
	long counts[COPIES];

	make_copies(source);
	for (int i = 0; i < COPIES; i++) {
		long start;

		use_copy(i);
		nanosleep(&pause, NULL);
		start = now();
		operation();
		counts[i] = now() - start;
	}
	for (int i = 0; i < COPIES; i++) {
		use_copy(i);
		unlink(image);
	}
	qsort(counts, COPIES, sizeof(*counts), compare);
	printf("%s %ld\n", name, counts[COPIES / 2]);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: loading PROGRAM LIBRARY FOLDER_FOR_COPIES\n", stderr);
		return 2;
	}
	folder = argv[3];
	snprintf(image, sizeof(image), "%s", argv[2]);
	measure("dlopen+dlclose", do_dlopen, 50);
	measure_cold("open+close-cold", argv[2], do_open);
	measure_cold("dlopen+dlclose-cold", argv[2], do_dlopen);
	measure_cold("vfork+exec+wait-cold", argv[1], do_exec);
	return 0;
}
