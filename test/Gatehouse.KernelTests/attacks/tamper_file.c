/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change the content of FOLDER/file by each call that writes. */
#include "tamper.h"
#include <linux/aio_abi.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <sys/fanotify.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static int opened(int flags)
{
	return tamper_try("open", open(tamper_file(), flags | O_CLOEXEC, 0644));
}

static void wrote(const char *call, ssize_t length)
{
	if (tamper_try(call, length) != TAMPER_LENGTH)
		tamper_broken(call);
}

static void write_text(const char *text)
{
	wrote("write", write(opened(O_WRONLY), text, TAMPER_LENGTH));
}

static void by_write(void)
{
	tamper_rewrite(write_text);
}

static void write_exactly(const char *text)
{
	wrote("pwrite", pwrite(opened(O_RDWR), text, TAMPER_LENGTH, 0));
}

static void by_pwrite(void)
{
	tamper_rewrite(write_exactly);
}

static void write_vector(const char *text)
{
	struct iovec parts[2] = {{(void *)text, 4}, {(void *)(text + 4), TAMPER_LENGTH - 4}};

	wrote("writev", writev(opened(O_WRONLY), parts, 2));
}

static void by_writev(void)
{
	tamper_rewrite(write_vector);
}

static void write_direct(const char *text)
{
	struct iovec part = {(void *)text, TAMPER_LENGTH};

	wrote("pwritev2", pwritev2(opened(O_WRONLY), &part, 1, 0, RWF_DSYNC));
}

static void by_pwritev2(void)
{
	tamper_rewrite(write_direct);
}

/* Longer, and back. */
static _Noreturn void lengthened(int fd, const char *expected)
{
	tamper_see(tamper_holds(tamper_file(), expected), "the file has not grown");
	tamper_undo();
	tamper_need("ftruncate", ftruncate(fd, TAMPER_LENGTH));
	tamper_worked();
}

static void by_append(void)
{
	int fd = opened(O_WRONLY | O_APPEND);

	tamper_try("write", write(fd, "more\n", 5));
	lengthened(fd, TAMPER_TEXT "more\n");
}

static void by_append_flag(void)
{
	struct iovec part = {"more\n", 5};
	int fd = opened(O_WRONLY);

	tamper_try("pwritev2", pwritev2(fd, &part, 1, -1, RWF_APPEND));
	lengthened(fd, TAMPER_TEXT "more\n");
}

static _Noreturn void shortened(const char *expected)
{
	tamper_see(tamper_holds(tamper_file(), expected), "the file is as long as it was");
	tamper_restore();
	tamper_worked();
}

static void by_open_trunc(void)
{
	opened(O_WRONLY | O_TRUNC);
	shortened("");
}

/* Only the right to read is asked for, and the file is emptied all the same. */
static void by_open_read_trunc(void)
{
	opened(O_RDONLY | O_TRUNC);
	shortened("");
}

static void by_creat(void)
{
	tamper_try("creat", creat(tamper_file(), 0644));
	shortened("");
}

static void by_truncate(void)
{
	tamper_try("truncate", truncate(tamper_file(), 4));
	shortened("prot");
}

static void by_ftruncate(void)
{
	tamper_try("ftruncate", ftruncate(opened(O_RDWR), 4));
	shortened("prot");
}

static void by_punch(void)
{
	int fd = opened(O_RDWR);
	char content[TAMPER_LENGTH] = "x";

	tamper_try("fallocate", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, TAMPER_LENGTH));
	tamper_need("read", pread(fd, content, TAMPER_LENGTH, 0));
	tamper_see(!content[0] && !content[TAMPER_LENGTH - 1], "there is no hole");
	tamper_restore();
	tamper_worked();
}

static void by_zero_range(void)
{
	int fd = opened(O_RDWR);
	char content[TAMPER_LENGTH] = "x";

	tamper_try("fallocate", fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 4));
	tamper_need("read", pread(fd, content, TAMPER_LENGTH, 0));
	tamper_see(!content[0], "there are no zeros");
	tamper_restore();
	tamper_worked();
}

static void by_fallocate(void)
{
	struct stat status;
	int fd = opened(O_RDWR);

	tamper_try("fallocate", fallocate(fd, 0, 0, 4096));
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see(status.st_size == 4096, "the file has not grown");
	tamper_undo();
	tamper_need("ftruncate", ftruncate(fd, TAMPER_LENGTH));
	tamper_worked();
}

static int source_of(const char *text)
{
	char *path = tamper_own("source");

	unlink(path);
	return tamper_need("open", open(tamper_own_file("source", text), O_RDWR | O_CLOEXEC));
}

static void copy_range(const char *text)
{
	loff_t from = 0, to = 0;

	wrote("copy_file_range", copy_file_range(source_of(text), &from, opened(O_WRONLY), &to, TAMPER_LENGTH, 0));
}

static void by_copy_range(void)
{
	tamper_rewrite(copy_range);
}

static void send_file(const char *text)
{
	off_t from = 0;

	wrote("sendfile", sendfile(opened(O_WRONLY), source_of(text), &from, TAMPER_LENGTH));
}

static void by_sendfile(void)
{
	tamper_rewrite(send_file);
}

static void splice_in(const char *text)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], text, TAMPER_LENGTH) < 0)
		tamper_broken("pipe");
	wrote("splice", splice(ends[0], NULL, opened(O_WRONLY), NULL, TAMPER_LENGTH, 0));
}

static void by_splice(void)
{
	tamper_rewrite(splice_in);
}

static void write_async(const char *text)
{
	aio_context_t context = 0;
	struct iocb request = {.aio_lio_opcode = IOCB_CMD_PWRITE,
			       .aio_fildes = opened(O_WRONLY),
			       .aio_buf = (uintptr_t)text,
			       .aio_nbytes = TAMPER_LENGTH},
		    *requests[] = {&request};
	struct io_event event;

	tamper_need("io_setup", syscall(SYS_io_setup, 1, &context));
	tamper_try("io_submit", syscall(SYS_io_submit, context, 1, requests));
	tamper_need("io_getevents", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
	if (event.res < 0)
		errno = -event.res;
	wrote("io_submit", event.res < 0 ? -1 : event.res);
}

static void by_aio(void)
{
	tamper_rewrite(write_async);
}

static void write_map(const char *text)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, opened(O_RDWR), 0);

	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	memcpy(memory, text, TAMPER_LENGTH);
	msync(memory, 4096, MS_SYNC);
}

static void by_map(void)
{
	tamper_rewrite(write_map);
}

/* Mapped to be read, and made writable. */
static void write_protected_map(const char *text)
{
	void *memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, opened(O_RDWR), 0);

	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	tamper_try("mprotect", mprotect(memory, 4096, PROT_READ | PROT_WRITE));
	memcpy(memory, text, TAMPER_LENGTH);
}

static void by_map_protect(void)
{
	tamper_rewrite(write_protected_map);
}

static void clone_text(const char *text)
{
	tamper_try("FICLONE", ioctl(opened(O_WRONLY), FICLONE, source_of(text)));
}

static void by_clone(void)
{
	tamper_rewrite(clone_text);
}

static void do_nothing(const void *unused)
{
	(void)unused;
}

/* The kernel writes a record there of each process that ends. */
static void by_accounting(void)
{
	struct stat status;

	tamper_try("acct", acct(tamper_file()));
	tamper_join(tamper_start(do_nothing, NULL));
	usleep(50000);
	tamper_need("acct off", acct(NULL));
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see(status.st_size > TAMPER_LENGTH, "no record");
	tamper_restore();
	tamper_worked();
}

/* From then on nobody can write to it: the product neither. Only another file in its place ends that. */
static void by_verity(void)
{
	struct fsverity_enable_arg argument = {
	    .version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
	char *copy = tamper_own("copy");
	int fd = opened(O_RDONLY), flags = 0;

	if (ioctl(fd, FS_IOC_ENABLE_VERITY, &argument)) {
		if (errno == ENOTTY)
			tamper_unsupported("this file system has no fs-verity");
		tamper_failed("FS_IOC_ENABLE_VERITY");
	}
	tamper_need("FS_IOC_GETFLAGS", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	tamper_see(flags & FS_VERITY_FL, "fs-verity is off");
	tamper_undo();
	copy = tamper_own_file("copy", TAMPER_TEXT);
	tamper_need("setxattr", syscall(SYS_setxattr, copy, TAMPER_XATTR, "kept", 4, 0));
	tamper_need("rename", rename(copy, tamper_file()));
	tamper_worked();
}

static void answer_deny(const void *fanotify)
{
	struct fanotify_event_metadata event;
	struct fanotify_response response = {.response = FAN_DENY};

	while (read(*(const int *)fanotify, &event, sizeof(event)) > 0) {
		response.fd = event.fd;
		if (write(*(const int *)fanotify, &response, sizeof(response)) < 0)
			_exit(1);
		close(event.fd);
	}
}

/* Whoever opens the file asks the attacker, who says no. */
static void by_fanotify(void)
{
	int group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY), fd;
	pid_t child;

	tamper_try("fanotify_init", group);
	tamper_try("fanotify_mark", fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, tamper_file()));
	child = tamper_start(answer_deny, &group);
	fd = open(tamper_file(), O_RDONLY);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(group);
	tamper_see(fd < 0, "the file can be opened");
	tamper_undo();
	tamper_need("open", open(tamper_file(), O_RDONLY));
	tamper_worked();
}

const struct tamper_way tamper_file_ways[] = {
    {"open-write", by_write, "file"},
    {"open-append", by_append, "file"},
    {"open-trunc", by_open_trunc, "file"},
    {"open-read-trunc", by_open_read_trunc, "file"},
    {"creat", by_creat, "file"},
    {"truncate", by_truncate, "file"},
    {"ftruncate", by_ftruncate, "file"},
    {"pwrite", by_pwrite, "file"},
    {"writev", by_writev, "file"},
    {"pwritev2", by_pwritev2, "file"},
    {"pwritev2-append", by_append_flag, "file"},
    {"copy-file-range", by_copy_range, "file"},
    {"sendfile", by_sendfile, "file"},
    {"splice", by_splice, "file"},
    {"aio", by_aio, "file"},
    {"mmap", by_map, "file"},
    {"mmap-mprotect", by_map_protect, "file"},
    {"fallocate-punch", by_punch, "file"},
    {"fallocate-zero", by_zero_range, "file"},
    {"fallocate-extend", by_fallocate, "file"},
    {"reflink", by_clone, "file"},
    {"acct", by_accounting, "file"},
    {"fs-verity", by_verity, "file"},
    {"fanotify-deny", by_fanotify, "file"},
    {},
};
