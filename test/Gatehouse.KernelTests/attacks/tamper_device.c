/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change FOLDER/file on the device beneath its file system. */
#include "tamper_device.h"
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include "uring.h"

enum { BLOCK = 4096 };

static struct tamper_beneath beneath;

/* Extents that hold what the device has: written, and not together with other things. */
static off_t place_of(const char *path)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} request = {.map = {.fm_length = ~0ULL, .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 1}};
	int fd = tamper_need("open", open(path, O_RDONLY | O_CLOEXEC));

	if (ioctl(fd, FS_IOC_FIEMAP, &request.map) || !request.map.fm_mapped_extents)
		tamper_unsupported("the file has no place on the device");
	close(fd);
	if (request.map.fm_extents[0].fe_flags &
	    (FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_UNKNOWN))
		tamper_unsupported("the file has no block of its own");
	return request.map.fm_extents[0].fe_physical;
}

int tamper_is_beneath(const char *text)
{
	int fd = tamper_need("open", open(tamper_file(), O_RDONLY | O_CLOEXEC));

	/* The file's pages are clean, or the way has failed already. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return tamper_holds(tamper_file(), text);
}

static int is_whole(void)
{
	return tamper_is_beneath(TAMPER_TEXT);
}

void tamper_find_beneath(struct tamper_beneath *found)
{
	char link[64], target[PATH_MAX] = "", path[PATH_MAX];
	struct stat status;

	tamper_need("stat", stat(tamper_file(), &status));
	found->number = status.st_dev;
	snprintf(link, sizeof(link), "/sys/dev/block/%d:%d", major(status.st_dev), minor(status.st_dev));
	if (readlink(link, target, sizeof(target) - 1) < 0)
		tamper_unsupported("the folder is on no block device");
	snprintf(found->node, sizeof(found->node), "/dev/%.40s", strrchr(target, '/') + 1);
	snprintf(path, sizeof(path), "%s/loop/backing_file", link);
	if (tamper_read(path, found->backing, sizeof(found->backing)))
		found->backing[0] = 0;
	found->place = place_of(tamper_file());
	tamper_watch(is_whole);
}

void tamper_need_loop(const struct tamper_beneath *found)
{
	if (!found->backing[0])
		tamper_unsupported("the device is no loop device");
}

static _Noreturn void rewrite(void (*write)(const char *text))
{
	write(TAMPER_OTHER);
	tamper_see(tamper_is_beneath(TAMPER_OTHER), "the file does not show it");
	tamper_undo();
	write(TAMPER_TEXT);
	tamper_see(tamper_is_beneath(TAMPER_TEXT), "the file");
	tamper_worked();
}

static void write_at(int fd, const char *text)
{
	tamper_try("pwrite", pwrite(fd, text, TAMPER_LENGTH, beneath.place));
	tamper_try("fsync", fsync(fd));
}

static void write_node(const char *path, const char *text)
{
	int fd = tamper_try("open", open(path, O_RDWR | O_CLOEXEC));

	write_at(fd, text);
	close(fd);
}

static void to_device(const char *text)
{
	write_node(beneath.node, text);
}

static void by_device(void)
{
	tamper_find_beneath(&beneath);
	rewrite(to_device);
}

static int old;

static void to_old(const char *text)
{
	write_at(old, text);
}

/* Another node of the same device, which is gone as soon as it is open. */
static void by_own_node(void)
{
	char path[64];
	int error;

	tamper_find_beneath(&beneath);
	/* In the folder of devices: not every mount lets nodes be opened. */
	snprintf(path, sizeof(path), "/dev/tamper-%d", getpid());
	tamper_try("mknod", mknod(path, S_IFBLK | 0600, beneath.number));
	old = open(path, O_RDWR | O_CLOEXEC);
	error = errno;
	tamper_need("unlink", unlink(path));
	errno = error;
	tamper_try("open", old);
	rewrite(to_old);
}

static void by_old(void)
{
	tamper_find_beneath(&beneath);
	old = tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
	tamper_wait();
	rewrite(to_old);
}

static char *memory;

static void to_memory(const char *text)
{
	memcpy(memory + beneath.place % BLOCK, text, TAMPER_LENGTH);
	tamper_need("msync", msync(memory, BLOCK, MS_SYNC));
}

static void map_device(void)
{
	tamper_find_beneath(&beneath);
	old = tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
	memory = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, old, beneath.place / BLOCK * BLOCK);
	if (memory == MAP_FAILED)
		tamper_failed("mmap");
}

static void by_map(void)
{
	map_device();
	rewrite(to_memory);
}

static void by_old_map(void)
{
	map_device();
	tamper_wait();
	rewrite(to_memory);
}

static void directly(const char *text)
{
	char *block = aligned_alloc(BLOCK, BLOCK);
	int fd = tamper_try("open", open(beneath.node, O_RDWR | O_DIRECT | O_CLOEXEC));
	off_t start = beneath.place / BLOCK * BLOCK;

	tamper_need("pread", pread(fd, block, BLOCK, start));
	memcpy(block + beneath.place % BLOCK, text, TAMPER_LENGTH);
	tamper_try("pwrite", pwrite(fd, block, BLOCK, start));
	close(fd);
	free(block);
}

static void by_direct(void)
{
	tamper_find_beneath(&beneath);
	rewrite(directly);
}

static void through_ring(const char *text)
{
	static struct uring ring;
	int fd = tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC)), result;

	tamper_try("io_uring_setup", uring_open(&ring, 0));
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_WRITE;
	ring.entry->fd = fd;
	ring.entry->addr = (uintptr_t)text;
	ring.entry->len = TAMPER_LENGTH;
	ring.entry->off = beneath.place;
	result = uring_run(&ring);
	errno = result < 0 ? -result : 0;
	tamper_try("io_uring-write", result);
	tamper_try("fsync", fsync(fd));
}

static void by_uring(void)
{
	tamper_find_beneath(&beneath);
	rewrite(through_ring);
}

static void to_backing(const char *text)
{
	write_node(beneath.backing, text);
}

static void by_backing(void)
{
	tamper_find_beneath(&beneath);
	tamper_need_loop(&beneath);
	rewrite(to_backing);
}

/* The same file system at another place in the tree. */
static void by_second_mount(void)
{
	char *place = tamper_own("mounted"), *other;
	struct tamper_mount found;

	tamper_find_beneath(&beneath);
	tamper_find_mount(tamper_folder, &found);
	tamper_need("mkdir", mkdir(place, 0755));
	tamper_try("mount", mount(beneath.node, place, found.type, 0, NULL));
	tamper_need("asprintf", asprintf(&other, "%s%s", place, tamper_file() + strlen(found.point)));
	tamper_try("write", tamper_write(other, TAMPER_OTHER));
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "the file does not show it");
	tamper_restore();
	tamper_need("umount", umount2(place, MNT_DETACH));
	tamper_worked();
}

/* Zeros where the file's block was, and the block again. */
static void zero(const char *call, unsigned long request)
{
	uint64_t range[2];
	char block[BLOCK];
	int fd;

	tamper_find_beneath(&beneath);
	range[0] = beneath.place;
	range[1] = BLOCK;
	fd = tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
	tamper_need("pread", pread(fd, block, BLOCK, beneath.place));
	tamper_try(call, ioctl(fd, request, range));
	tamper_see(!tamper_is_beneath(TAMPER_TEXT), "the file is as it was");
	tamper_undo();
	tamper_need("pwrite", pwrite(fd, block, BLOCK, beneath.place));
	tamper_need("fsync", fsync(fd));
	tamper_see(tamper_is_beneath(TAMPER_TEXT), "the file");
	tamper_worked();
}

static void by_discard(void)
{
	zero("BLKDISCARD", BLKDISCARD);
}

static void by_zeroes(void)
{
	zero("BLKZEROOUT", BLKZEROOUT);
}

static void by_zero_range(void)
{
	int fd;

	tamper_find_beneath(&beneath);
	fd = tamper_try("open", open(beneath.node, O_RDWR | O_CLOEXEC));
	tamper_try("fallocate", fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, beneath.place, BLOCK));
	tamper_see(!tamper_is_beneath(TAMPER_TEXT), "the file is as it was");
	tamper_undo();
	write_at(fd, TAMPER_TEXT);
	tamper_see(tamper_is_beneath(TAMPER_TEXT), "the file");
	tamper_worked();
}

const struct tamper_way tamper_device_ways[] = {
    {"device-write", by_device, "device"},
    {"device-own-node", by_own_node, "device"},
    {"device-mmap", by_map, "device"},
    {"device-direct", by_direct, "device"},
    {"device-uring", by_uring, "device"},
    {"device-discard", by_discard, "device"},
    {"device-zeroout", by_zeroes, "device"},
    {"device-zero-range", by_zero_range, "device"},
    {"device-second-mount", by_second_mount, "device"},
    {"old-device", by_old, "device"},
    {"old-device-mapping", by_old_map, "device"},
    {"loop-backing-file", by_backing, "device"},
    {},
};
