/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is mapped twice, once to write and once to execute, and has no name in any file system. */
#include "memory.h"
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include "uring.h"

static void by_rwx(void)
{
	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_SHARED, -1, MEMORY_PAGE)));
}

static void by_written(void)
{
	void *code = memory_write(memory_map(MEMORY_RW, MAP_SHARED, -1, MEMORY_PAGE));

	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_read_step(void)
{
	void *code = memory_write(memory_map(MEMORY_RW, MAP_SHARED, -1, MEMORY_PAGE));

	memory_protect(code, MEMORY_R);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

/* Executable before anything is in it. */
static void by_rx_first(void)
{
	void *code = memory_map(MEMORY_RX, MAP_SHARED, -1, MEMORY_PAGE);

	memory_protect(code, MEMORY_RW);
	memory_write(code);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

/* A shared mapping moved with an old size of 0 stays where it was, too. */
static void by_doubled(void)
{
	void *one = memory_map(MEMORY_RW, MAP_SHARED, -1, MEMORY_PAGE);
	void *other = mremap(one, 0, MEMORY_PAGE, MREMAP_MAYMOVE);

	if (other == MAP_FAILED)
		memory_failed("mremap");
	memory_protect(other, MEMORY_RX);
	memory_write(one);
	memory_run(other);
}

static void by_doubled_executable(void)
{
	void *one = memory_map(MEMORY_RX, MAP_SHARED, -1, MEMORY_PAGE);
	void *other = mremap(one, 0, MEMORY_PAGE, MREMAP_MAYMOVE);

	if (other == MAP_FAILED)
		memory_failed("mremap");
	memory_protect(other, MEMORY_RW);
	memory_write(other);
	memory_run(one);
}

static int memfd(unsigned flags)
{
	int fd = memfd_create("doublemapper", MFD_CLOEXEC | flags);

	if (fd < 0 && flags)
		memory_unsupported("this kind of memfd");
	if (fd < 0)
		memory_failed("memfd_create");
	return fd;
}

static int memfd_page(void)
{
	int fd = memfd(0);

	if (ftruncate(fd, MEMORY_PAGE))
		memory_broken("ftruncate");
	return fd;
}

static void by_memfd_rwx(void)
{
	memory_run(memory_write(memory_map(MEMORY_RWX, MAP_SHARED, memfd_page(), MEMORY_PAGE)));
}

static void by_memfd_double(void)
{
	int fd = memfd_page();

	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_watch(NULL);
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, MEMORY_PAGE));
}

/* As .NET does it: the second view is not executable from the beginning. */
static void by_memfd_protect(void)
{
	int fd = memfd_page();
	void *code = memory_map(PROT_NONE, MAP_SHARED, fd, MEMORY_PAGE);

	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_memfd_private(void)
{
	int fd = memfd(0);

	if (write(fd, memory_code, sizeof(memory_code)) != sizeof(memory_code))
		memory_broken("write");
	memory_run(memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE));
}

/* Mapped before there is any code in it. */
static void by_memfd_private_early(void)
{
	int fd = memfd_page();
	void *code = memory_map(MEMORY_RX, MAP_PRIVATE, fd, MEMORY_PAGE);

	if (pwrite(fd, memory_code, sizeof(memory_code), 0) != sizeof(memory_code))
		memory_broken("write");
	memory_run(code);
}

static void by_memfd_huge(void)
{
	size_t size = 2 << 20;
	int fd = memfd(MFD_HUGETLB), pages = open("/proc/sys/vm/nr_hugepages", O_WRONLY);
	void *code;

	if (pages < 0 || write(pages, "4", 1) != 1 || ftruncate(fd, size))
		memory_unsupported("huge pages");
	code = mmap(NULL, size, MEMORY_RW, MAP_SHARED, fd, 0);
	if (code == MAP_FAILED)
		memory_unsupported("free huge pages");
	memory_write(code);
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, size));
}

static void by_memfd_secret(void)
{
	int fd = syscall(SYS_memfd_secret, 0);

	if (fd < 0 || ftruncate(fd, MEMORY_PAGE))
		memory_unsupported("memfd_secret");
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, MEMORY_PAGE));
}

/* The segment is gone when the last process has left it. */
static int segment(size_t size, int flags)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0700 | flags);

	if (id < 0)
		memory_unsupported("a segment of this kind");
	return id;
}

static void *attach(int id, int flags)
{
	void *memory = shmat(id, NULL, flags);

	if (memory == (void *)-1) {
		int error = errno;

		shmctl(id, IPC_RMID, NULL);
		errno = error;
		memory_failed("shmat");
	}
	return memory;
}

static void by_segment_rwx(void)
{
	int id = segment(MEMORY_PAGE, 0);
	void *code = attach(id, SHM_EXEC);

	shmctl(id, IPC_RMID, NULL);
	memory_run(memory_write(code));
}

static void by_segment_double(void)
{
	int id = segment(MEMORY_PAGE, 0);
	void *code;

	memcpy(attach(id, 0), memory_code, sizeof(memory_code));
	code = attach(id, SHM_EXEC | SHM_RDONLY);
	shmctl(id, IPC_RMID, NULL);
	memory_run(code);
}

static void by_segment_protect(void)
{
	int id = segment(MEMORY_PAGE, 0);
	void *code = memory_write(attach(id, 0));

	shmctl(id, IPC_RMID, NULL);
	memory_protect(code, MEMORY_RX);
	memory_run(code);
}

static void by_segment_huge(void)
{
	int pages = open("/proc/sys/vm/nr_hugepages", O_WRONLY);
	int id;
	void *code;

	if (pages < 0 || write(pages, "4", 1) != 1)
		memory_unsupported("huge pages");
	id = segment(2 << 20, SHM_HUGETLB);
	code = attach(id, SHM_EXEC);
	shmctl(id, IPC_RMID, NULL);
	memory_run(memory_write(code));
}

/* Memory that the kernel shares with a program for another purpose: has to be written by other means than a mapping, or may be. */
static void by_ring(void)
{
	struct uring ring;
	size_t size = MEMORY_PAGE;
	void *writable, *code;

	if (uring_open(&ring, 0))
		memory_unsupported("io_uring");
	writable = ring.entry;
	code = mmap(NULL, size, MEMORY_RX, MAP_SHARED, ring.fd, IORING_OFF_SQES);
	if (code == MAP_FAILED)
		memory_failed("mmap");
	memory_write(writable);
	memory_run(code);
}

static void by_packet_ring(void)
{
	struct tpacket_req ring = {
	    .tp_block_size = MEMORY_PAGE, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)))
		memory_unsupported("AF_PACKET");
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, MEMORY_PAGE));
}

static void by_bpf_array(void)
{
	union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY,
			      .key_size = 4,
			      .value_size = MEMORY_PAGE,
			      .max_entries = 1,
			      .map_flags = BPF_F_MMAPABLE};
	int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));

	if (fd < 0)
		memory_unsupported("BPF maps");
	memory_write(memory_map(MEMORY_RW, MAP_SHARED, fd, MEMORY_PAGE));
	memory_run(memory_map(MEMORY_RX, MAP_SHARED, fd, MEMORY_PAGE));
}

const struct memory_way memory_shared_ways[] = {
    {"shared-rwx", by_rwx, "attack"},
    {"shared-written-rx", by_written, "attack"},
    {"shared-written-r-rx", by_read_step, "attack"},
    {"shared-rx-first", by_rx_first, "attack"},
    {"shared-doubled", by_doubled, "attack"},
    {"shared-doubled-rx-first", by_doubled_executable, "attack"},
    {"memfd-rwx", by_memfd_rwx, "attack"},
    {"memfd-double", by_memfd_double, "attack"},
    {"memfd-protect", by_memfd_protect, "attack"},
    {"memfd-private", by_memfd_private, "attack"},
    {"memfd-private-early", by_memfd_private_early, "attack"},
    {"memfd-huge", by_memfd_huge, "attack"},
    {"memfd-secret", by_memfd_secret, "futile"},
    {"sysv-rwx", by_segment_rwx, "attack"},
    {"sysv-double", by_segment_double, "attack"},
    {"sysv-protect", by_segment_protect, "attack"},
    {"sysv-huge", by_segment_huge, "attack"},
    {"ring", by_ring, "attack"},
    {"packet-ring", by_packet_ring, "attack"},
    {"bpf-array", by_bpf_array, "attack"},
    {},
};
