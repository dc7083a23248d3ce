/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member ACT [ARGUMENT…]: a program of a client, which may change what is protected, or one that would like to be taken for it.
 *
 *   write FILE         writes to it
 *   thread FILE        the same on another thread
 *   fork FILE          a child of it does
 *   exec FILE          a shell that it starts does
 *   load LIBRARY FILE  writes, after it has loaded a library
 *   handle FILE        writes to it by its handle, when the kernel has forgotten what it is called
 *   signal PID         sends it a signal that ends nothing
 *   install NEW PLACE  puts a file at a place, as package managers do: a copy beside it, and a rename
 *   map FILE           maps it shared and for writing, says "ready", and writes to it when it is told to
 *   hold PIN           opens a pinned BPF map, and says "ready"
 *   sleep              says "ready" and waits for the end of its input
 *
 * Exit status: 0 done; 1 refused (EPERM or EACCES); 2 anything else.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed(const char *what)
{
	fprintf(stderr, "member: %s: %s\n", what, strerror(errno));
	return errno == EPERM || errno == EACCES ? 1 : 2;
}

static int write_to(const char *path)
{
	int file = open(path, O_WRONLY | O_APPEND);

	if (file < 0 || write(file, "member\n", 7) != 7)
		return failed(path);
	return close(file) ? failed(path) : 0;
}

static void *write_on_thread(void *path)
{
	return (void *)(long)write_to(path);
}

static int on_thread(char *path)
{
	pthread_t thread;
	void *status;

	if (pthread_create(&thread, NULL, write_on_thread, path) || pthread_join(thread, &status))
		return 2;
	return (long)status;
}

static int in_child(const char *path, int shell)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return failed("fork");
	if (!child && shell) {
		execl("/bin/sh", "sh", "-c", "echo shell 2>/dev/null >>\"$0\"", path, (char *)NULL);
		_exit(3);
	}
	if (!child)
		_exit(write_to(path));
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 2;
	/* A shell says 2 when it cannot open a file. */
	return shell && WEXITSTATUS(status) ? 1 : WEXITSTATUS(status);
}

static int install(const char *from, const char *place)
{
	char beside[4096], buffer[65536];
	ssize_t length;
	int in, out;

	snprintf(beside, sizeof(beside), "%s.new", place);
	in = open(from, O_RDONLY);
	out = open(beside, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (in < 0 || out < 0)
		return failed(in < 0 ? from : beside);
	while ((length = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, length) != length)
			return failed(beside);
	if (length || close(out) || rename(beside, place))
		return failed(place);
	return 0;
}

static int by_handle(const char *path)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int mount, folder, file, caches;
	char *slash = strrchr(path, '/');
	char *above = slash ? strndup(path, slash - path) : NULL;

	folder = above ? open(above, O_RDONLY | O_DIRECTORY) : -1;
	caches = open("/proc/sys/vm/drop_caches", O_WRONLY);
	if (folder < 0 || name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0) || write(caches, "3", 1) != 1) {
		fprintf(stderr, "member: %s has no handle: %s\n", path, strerror(errno));
		return 2;
	}
	file = open_by_handle_at(folder, &handle.head, O_WRONLY | O_APPEND);
	if (file < 0 || write(file, "handle\n", 7) != 7)
		return failed(path);
	return 0;
}

static int answer(void)
{
	int letter;

	puts("ready");
	fflush(stdout);
	while ((letter = getchar()) != EOF && letter != '\n')
		;
	return letter;
}

static int map(const char *path)
{
	int file = open(path, O_RDWR);
	char *memory = file < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	if (memory == MAP_FAILED)
		return failed(path);
	close(file);
	while (answer() != EOF) {
		*memory = 'M';
		if (msync(memory, 1, MS_SYNC))
			return failed(path);
	}
	return 0;
}

static int hold(const char *pin)
{
	union bpf_attr attributes = {.pathname = (__u64)pin};

	if (syscall(SYS_bpf, BPF_OBJ_GET, &attributes, sizeof(attributes)) < 0)
		return failed(pin);
	answer();
	return 0;
}

int main(int count, char **arguments)
{
	const char *act = count > 1 ? arguments[1] : "";

	if (!strcmp(act, "write") && count == 3)
		return write_to(arguments[2]);
	if (!strcmp(act, "thread") && count == 3)
		return on_thread(arguments[2]);
	if ((!strcmp(act, "fork") || !strcmp(act, "exec")) && count == 3)
		return in_child(arguments[2], *act == 'e');
	if (!strcmp(act, "handle") && count == 3)
		return by_handle(arguments[2]);
	if (!strcmp(act, "signal") && count == 3)
		return kill(atoi(arguments[2]), SIGWINCH) ? failed("kill") : 0;
	if (!strcmp(act, "install") && count == 4)
		return install(arguments[2], arguments[3]);
	if (!strcmp(act, "load") && count == 4) {
		if (!dlopen(arguments[2], RTLD_NOW)) {
			fprintf(stderr, "member: %s\n", dlerror());
			return 2;
		}
		return write_to(arguments[3]);
	}
	if (!strcmp(act, "map") && count == 3)
		return map(arguments[2]);
	if (!strcmp(act, "hold") && count == 3)
		return hold(arguments[2]);
	if (!strcmp(act, "sleep")) {
		while (answer() != EOF)
			;
		return 0;
	}
	fprintf(stderr, "member: what?\n");
	return 2;
}
