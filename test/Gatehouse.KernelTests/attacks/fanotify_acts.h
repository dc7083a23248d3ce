/* SPDX-License-Identifier: Apache-2.0 */
/* What fanotify_facts does to a file, to count what is asked about it. Included once, by fanotify_facts.c. */
#ifndef FANOTIFY_ACTS_H
#define FANOTIFY_ACTS_H

static void act_open(const char *path)
{
	open_in_child(path, O_RDONLY);
}

static void act_run(const char *path)
{
	char line[600];

	snprintf(line, sizeof(line), "%s >/dev/null 2>&1", path);
	must(system(line) >= 0, "system");
}

static void act_dlopen(const char *path)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(!dlopen(path, RTLD_NOW));
	waitpid(pid, NULL, 0);
}

static void act_write(const char *path)
{
	int fd = open(path, O_WRONLY);

	must(fd >= 0 && pwrite(fd, "x", 1, 0) == 1, "write");
	usleep(10000);
	close(fd);
}

static int held = -1;

static void act_hold(const char *path)
{
	held = open(path, O_RDWR);
	must(held >= 0, path);
}

static void act_map_write(const char *path)
{
	char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, held, 0);

	must(memory != MAP_FAILED, "mmap");
	memory[0]++;
	open_in_child(path, O_RDONLY);
	munmap(memory, 4096);
}

static void act_aio(const char *path)
{
	aio_context_t context = 0;
	struct iocb block = {.aio_fildes = held, .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_buf = (unsigned long)"y", .aio_nbytes = 1};
	struct iocb *blocks = &block;
	struct io_event done;

	must(!syscall(SYS_io_setup, 1, &context) && syscall(SYS_io_submit, context, 1, &blocks) == 1
		&& syscall(SYS_io_getevents, context, 1, 1, &done, NULL) == 1 && done.res == 1, "aio");
	open_in_child(path, O_RDONLY);
}

static void act_held_write(const char *path)
{
	must(pwrite(held, "z", 1, 0) == 1, "pwrite");
	open_in_child(path, O_RDONLY);
}

static void act_held_close(const char *path)
{
	(void)path;
	close(held);
}

static void act_truncate(const char *path)
{
	must(!truncate(path, 5000), "truncate");
	open_in_child(path, O_RDONLY);
}

static void act_chmod(const char *path)
{
	must(!chmod(path, 0755), "chmod");
	open_in_child(path, O_RDONLY);
}

static void act_drop(const char *path)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	must(fd >= 0 && write(fd, "2", 1) == 1, "drop_caches");
	close(fd);
	open_in_child(path, O_RDONLY);
}

#endif
