/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that a read has pinned: from a file that this program serves itself (FUSE, direct I/O), which answers when it is told to. Until
 * then the kernel holds the pages, whatever becomes of the mapping that they were of.
 */
#ifndef GATEHOUSE_FUSE_PIN_H
#define GATEHOUSE_FUSE_PIN_H

#include <linux/fuse.h>
#include <pthread.h>
#include <sys/mount.h>
#include "answer.h"

struct fuse_pin {
	char folder[32];
	int device, file;
	void *memory;
	__u64 unanswered; /* of the read that waits */
	pthread_t reader;
};

static inline void fuse_pin_answer(int device, __u64 unique, int error, const void *answer, size_t length)
{
	char buffer[256];
	struct fuse_out_header header = {.len = sizeof(header) + length, .error = error, .unique = unique};

	memcpy(buffer, &header, sizeof(header));
	memcpy(buffer + sizeof(header), answer, length);
	answer_need("answer by FUSE", write(device, buffer, header.len));
}

/* One request. Returns whether it was a read, which is not answered. */
static inline int fuse_pin_serve(struct fuse_pin *pin)
{
	static char buffer[FUSE_MIN_READ_BUFFER + 65536];
	const struct fuse_in_header *request = (void *)buffer;
	const struct fuse_init_in *init = (void *)(request + 1);
	struct fuse_init_out begun = {.major = FUSE_KERNEL_VERSION, .max_write = 4096};
	struct fuse_attr attributes = {.ino = 2, .mode = S_IFREG | 0644, .nlink = 1, .size = 4096, .blksize = 4096};
	struct fuse_entry_out entry = {.nodeid = 2, .attr_valid = 1000, .entry_valid = 1000};
	struct fuse_attr_out status = {.attr_valid = 1000};
	struct fuse_open_out opened = {.open_flags = FOPEN_DIRECT_IO | FOPEN_NOFLUSH};

	answer_need("read of FUSE", read(pin->device, buffer, sizeof(buffer)));
	switch (request->opcode) {
	case FUSE_INIT:
		begun.minor = init->minor < FUSE_KERNEL_MINOR_VERSION ? init->minor : FUSE_KERNEL_MINOR_VERSION;
		fuse_pin_answer(pin->device, request->unique, 0, &begun, sizeof(begun));
		break;
	case FUSE_LOOKUP:
		entry.attr = attributes;
		fuse_pin_answer(pin->device, request->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		status.attr = attributes;
		if (request->nodeid == FUSE_ROOT_ID)
			status.attr.mode = S_IFDIR | 0755;
		fuse_pin_answer(pin->device, request->unique, 0, &status, sizeof(status));
		break;
	case FUSE_OPEN:
		fuse_pin_answer(pin->device, request->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		pin->unanswered = request->unique;
		return 1;
	case FUSE_FORGET:
		break;
	default:
		fuse_pin_answer(pin->device, request->unique, -ENOSYS, NULL, 0);
	}
	return 0;
}

static inline void *fuse_pin_read(void *argument)
{
	struct fuse_pin *pin = argument;
	char path[48];

	snprintf(path, sizeof(path), "%s/file", pin->folder);
	pin->file = attack_open(path, O_RDONLY | O_CLOEXEC);
	answer_need("read", pread(pin->file, pin->memory, 1, 0));
	return NULL;
}

/* The byte at `memory` will be written to by fuse_pin_write. Returns -1 where there is no FUSE. */
static inline int fuse_pin(struct fuse_pin *pin, void *memory)
{
	char options[96];

	pin->device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (pin->device < 0)
		return -1;
	strcpy(pin->folder, "/tmp/gatehouse-fuse-XXXXXX");
	answer_need("mkdtemp", mkdtemp(pin->folder) ? 0 : -1);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", pin->device);
	answer_need("mount", mount("gatehouse", pin->folder, "fuse", 0, options));
	pin->memory = memory;
	answer_need("pthread_create", -pthread_create(&pin->reader, NULL, fuse_pin_read, pin));
	while (!fuse_pin_serve(pin))
		continue;
	return 0;
}

/* Answers the read: this byte is what was read. */
static inline void fuse_pin_write(struct fuse_pin *pin, char byte)
{
	fuse_pin_answer(pin->device, pin->unanswered, 0, &byte, 1);
	pthread_join(pin->reader, NULL);
}

static inline void fuse_pin_end(struct fuse_pin *pin)
{
	if (pin->device < 0)
		return;
	umount2(pin->folder, MNT_DETACH);
	close(pin->device);
	close(pin->file);
	rmdir(pin->folder);
}

#endif
