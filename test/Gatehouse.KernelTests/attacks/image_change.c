/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_change APPROVED FOLDER [WAY...]: what APPROVED holds may be loaded, whatever else lies in FOLDER may not. For each way of
 * changing a file: a fresh copy in FOLDER is loaded, changed in its last byte or its length, and loaded again. Whatever the change
 * needs (descriptors, mappings) is opened before the first load. Prints `WAY BEFORE MAPPED EXECUTED RESTORED`, each as image.h has
 * it: the load before the change, by mmap and by exec after it, and by mmap after the content is again what it was.
 */
#include <linux/falloc.h>
#include <setjmp.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "fuse_pin.h"
#include "image.h"

/* A way that this file system has not. */
static jmp_buf unsupported;

static const char *approved;
static char file[4000], other[4096];
static off_t size;
/* Open since before the first load: for writing, as a shared mapping, and a file whose last byte is another. */
static int old_fd, source;
static char *old_memory;
static struct uring ring;
static struct fuse_pin pin;

static void need(const char *call, long result)
{
	if (result < 0 && (errno == EOPNOTSUPP || errno == EINVAL || errno == EXDEV))
		longjmp(unsupported, 1);
	answer_need(call, result);
}

static void copy(const char *from, const char *to)
{
	char buffer[65536];
	int in = attack_open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ssize_t length = read(in, buffer, sizeof(buffer));

	answer_need(to, out);
	answer_need("write", length > 0 && write(out, buffer, length) == length ? 0 : -1);
	size = length;
	close(in);
	close(out);
}

static void by_mmap(const char *path)
{
	int fd = attack_open(path, O_RDONLY);

	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
}

static void by_exec(const char *path)
{
	execl(path, path, NULL);
	attack_failed("execve");
}

static int writer(void)
{
	return attack_open(file, O_WRONLY);
}

static void change_by_write(void)
{
	int fd = writer();

	lseek(fd, size - 1, SEEK_SET);
	need("write", write(fd, "x", 1));
	close(fd);
}

static void change_by_append(void)
{
	int fd = attack_open(file, O_WRONLY | O_APPEND);

	need("write", write(fd, "x", 1));
	close(fd);
}

static void change_by_old_pwrite(void)
{
	need("pwrite", pwrite(old_fd, "x", 1, size - 1));
}

static void change_by_old_pwritev(void)
{
	struct iovec byte = {.iov_base = "x", .iov_len = 1};

	need("pwritev2", pwritev2(old_fd, &byte, 1, size - 1, RWF_SYNC));
}

static void change_by_old_mapping(void)
{
	old_memory[size - 1] = 'x';
}

/* By the memory of this process, as a debugger would: the mapping is the file's. */
static void change_by_old_mapping_vm(void)
{
	struct iovec from = {.iov_base = "x", .iov_len = 1}, to = {.iov_base = old_memory + size - 1, .iov_len = 1};

	need("process_vm_writev", process_vm_writev(getpid(), &from, 1, &to, 1, 0));
}

static void change_by_truncate(void)
{
	need("truncate", truncate(file, size - 1));
}

static void change_by_open_truncate(void)
{
	copy(other, file);
}

static void change_by_old_ftruncate(void)
{
	need("ftruncate", ftruncate(old_fd, size + 1));
}

static void change_by_old_punch(void)
{
	need("fallocate", fallocate(old_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, size - 64, 64));
}

static void change_by_old_zero_range(void)
{
	need("fallocate", fallocate(old_fd, FALLOC_FL_ZERO_RANGE, size - 64, 64));
}

static void change_by_old_allocate(void)
{
	need("fallocate", fallocate(old_fd, 0, size, 1));
}

static void change_by_old_copy_range(void)
{
	loff_t from = size - 1, to = size - 1;

	need("copy_file_range", copy_file_range(source, &from, old_fd, &to, 1, 0));
}

static void change_by_old_splice(void)
{
	int ends[2];
	loff_t to = size - 1;

	answer_need("pipe", pipe(ends));
	answer_need("write", write(ends[1], "x", 1));
	need("splice", splice(ends[0], NULL, old_fd, &to, 1, 0));
	close(ends[0]);
	close(ends[1]);
}

static void change_by_old_sendfile(void)
{
	off_t from = size - 1;

	lseek(old_fd, size - 1, SEEK_SET);
	need("sendfile", sendfile(old_fd, source, &from, 1));
}

static void change_by_ring(int fd, int flags)
{
	if (!ring.entry)
		longjmp(unsupported, 1);
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_WRITE;
	ring.entry->flags = flags;
	ring.entry->fd = fd;
	ring.entry->addr = (unsigned long)"x";
	ring.entry->len = 1;
	ring.entry->off = size - 1;
	int result = uring_run(&ring);

	errno = -result;
	need("write by io_uring", result);
}

static void change_by_old_uring(void)
{
	change_by_ring(old_fd, 0);
}

/* The ring alone holds the file: no descriptor does. */
static void change_by_old_uring_fixed(void)
{
	change_by_ring(0, IOSQE_FIXED_FILE);
}

/* The ring has pinned the memory of a shared mapping, which is gone, as is the descriptor: nobody has the file open. */
static void change_by_old_uring_buffer(void)
{
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_READ_FIXED;
	ring.entry->fd = source;
	ring.entry->addr = (unsigned long)(old_memory + size - 1);
	ring.entry->len = 1;
	ring.entry->off = size - 1;
	int result = uring_run(&ring);

	errno = -result;
	need("read by io_uring", result);
}

/* A read from a file that FUSE serves has pinned it, and is answered only now. */
static void change_by_old_fuse_read(void)
{
	fuse_pin_write(&pin, 'x');
}

static void change_by_rename(void)
{
	need("rename", rename(other, file));
}

static void change_by_exchange(void)
{
	need("renameat2", renameat2(AT_FDCWD, other, AT_FDCWD, file, RENAME_EXCHANGE));
}

static void change_by_link(void)
{
	need("unlink", unlink(file));
	need("link", link(other, file));
}

static void change_by_symlink(void)
{
	need("unlink", unlink(file));
	need("symlink", symlink(other, file));
}

static const struct way {
	const char *name;
	void (*change)(void);
	/* Whether a descriptor, a mapping or a ring holds the file open for writing all the time. */
	enum { NOTHING, DESCRIPTOR, MAPPING, RING, PINNED, PINNED_BY_READ } held;
} ways[] = {
    {"write", change_by_write, NOTHING},
    {"append", change_by_append, NOTHING},
    {"truncate", change_by_truncate, NOTHING},
    {"open-truncate", change_by_open_truncate, NOTHING},
    {"rename", change_by_rename, NOTHING},
    {"exchange", change_by_exchange, NOTHING},
    {"hard-link", change_by_link, NOTHING},
    {"symlink", change_by_symlink, NOTHING},
    {"old-pwrite", change_by_old_pwrite, DESCRIPTOR},
    {"old-pwritev", change_by_old_pwritev, DESCRIPTOR},
    {"old-ftruncate", change_by_old_ftruncate, DESCRIPTOR},
    {"old-punch-hole", change_by_old_punch, DESCRIPTOR},
    {"old-zero-range", change_by_old_zero_range, DESCRIPTOR},
    {"old-allocate", change_by_old_allocate, DESCRIPTOR},
    {"old-copy-file-range", change_by_old_copy_range, DESCRIPTOR},
    {"old-splice", change_by_old_splice, DESCRIPTOR},
    {"old-sendfile", change_by_old_sendfile, DESCRIPTOR},
    {"old-io-uring", change_by_old_uring, DESCRIPTOR},
    {"old-io-uring-fixed", change_by_old_uring_fixed, RING},
    {"old-io-uring-buffer", change_by_old_uring_buffer, PINNED},
    {"old-fuse-read", change_by_old_fuse_read, PINNED_BY_READ},
    {"old-mapping", change_by_old_mapping, MAPPING},
    {"old-mapping-by-vm", change_by_old_mapping_vm, MAPPING},
};

static void hold(const struct way *way)
{
	int nothing = -1;

	if (way->held == NOTHING)
		return;
	old_fd = attack_open(file, O_RDWR);
	if (way->held == MAPPING || way->held == PINNED || way->held == PINNED_BY_READ) {
		old_memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, old_fd, 0);
		answer_need("mmap", old_memory == MAP_FAILED ? -1 : 0);
	}
	if (way->held == RING) {
		if (!ring.entry)
			longjmp(unsupported, 1);
		answer_need("register", syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &old_fd, 1));
	}
	if (way->held == PINNED) {
		struct iovec buffer = {.iov_base = old_memory, .iov_len = size};

		if (!ring.entry)
			longjmp(unsupported, 1);
		/* Only memory of tmpfs can be pinned; 6.1 and 6.12 say EOPNOTSUPP of other files', 7.2 EFAULT. */
		if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &buffer, 1)) {
			errno = errno == EFAULT ? EOPNOTSUPP : errno;
			need("register", -1);
		}
		munmap(old_memory, size);
	}
	if (way->held == PINNED_BY_READ) {
		if (fuse_pin(&pin, old_memory + size - 1))
			longjmp(unsupported, 1);
		munmap(old_memory, size);
	}
	if (way->held != DESCRIPTOR) {
		close(old_fd);
		old_fd = nothing;
	}
}

static void let_go(const struct way *way)
{
	if (way->held == DESCRIPTOR)
		close(old_fd);
	if (way->held == MAPPING)
		munmap(old_memory, size);
	if (way->held == PINNED)
		syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_BUFFERS, NULL, 0);
	if (way->held == PINNED_BY_READ)
		fuse_pin_end(&pin);
	/* The kernel closes the file some time after this returns. */
	if (way->held == RING)
		syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_FILES, NULL, 0);
}

/* Waits until FILE can be executed again: whoever lets go of a file by way of the kernel does so later. */
static const char *try_exec(void)
{
	for (int i = 0; i < 100; i++) {
		int probe = open(file, O_RDONLY);

		/* A write lease of another is what ETXTBSY comes from; a read lease cannot be had while there is one. */
		int free = probe >= 0 && !fcntl(probe, F_SETLEASE, F_RDLCK);

		if (probe >= 0)
			close(probe);
		if (free)
			break;
		usleep(10000);
	}
	return image_try(by_exec, file);
}

static void try_way(const struct way *way)
{
	const char *before, *mapped, *executed;

	unlink(file);
	copy(approved, other);
	answer_need("truncate", truncate(other, size - 1));
	copy(approved, file);
	if (setjmp(unsupported)) {
		let_go(way);
		printf("%s unsupported\n", way->name);
		return;
	}
	hold(way);
	before = image_try(by_mmap, file);
	/* Twice: what is remembered must not be believed either. */
	image_try(by_mmap, file);
	way->change();
	errno = ENODATA; /* A way that changed nothing would show nothing. */
	answer_need(way->name, image_same(file, approved) ? -1 : 0);
	mapped = image_try(by_mmap, file);
	let_go(way);
	executed = try_exec();
	unlink(other);
	copy(approved, file);
	printf("%s %s %s %s %s\n", way->name, before, mapped, executed, image_try(by_mmap, file));
	fflush(stdout);
	unlink(other);
}

int main(int argc, char **argv)
{
	char different[4096];

	if (argc < 3)
		attack_usage("image_change APPROVED FOLDER [WAY...]");
	approved = argv[1];
	snprintf(file, sizeof(file), "%s/file", argv[2]);
	snprintf(other, sizeof(other), "%s/other", argv[2]);
	snprintf(different, sizeof(different), "%s/different", argv[2]);
	copy(approved, different);
	source = attack_open(different, O_RDWR);
	answer_need("pwrite", pwrite(source, "x", 1, size - 1));
	if (uring_open(&ring, 0))
		ring.entry = NULL;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char **name = argv + 3;

		while (*name && strcmp(*name, ways[i].name))
			name++;
		if (*name || argc == 3)
			try_way(&ways[i]);
	}
	return 0;
}
