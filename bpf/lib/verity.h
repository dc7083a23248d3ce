/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fs-verity digest of a file: what the kernel holds every read of it against. Costs no reading.
 *
 * To 6.17 the inode leads to it, from 7.0 only a function does, which wants the file itself; on overlayfs that is the wrong one, and
 * there is no digest. Only SHA-256.
 */
#ifndef GH_LIB_VERITY_H
#define GH_LIB_VERITY_H

#include "inode.h"
#include "scratch.h"

struct bpf_dynptr;

extern int bpf_get_fsverity_digest(struct file *file, struct bpf_dynptr *digest) __ksym __weak;

/* FS_VERITY_HASH_ALG_SHA256 of include/uapi/linux/fsverity.h. */
#define VERITY_SHA256 1

static __always_inline void gh_verity_from_inode(struct inode *backing, struct gh_image *image)
{
	struct inode___verity *inode = (void *)backing;
	struct fsverity_info *info = backing ? BPF_CORE_READ(inode, i_verity_info) : 0;

	if (!info || BPF_CORE_READ(info, tree_params.hash_alg, digest_size) != GH_HASH_BYTES)
		return;
	if (!bpf_core_read(&image->verity, sizeof(image->verity), &info->file_digest))
		image->has_verity = 1;
}

/* `file` is one that the kernel vouches for. */
static __always_inline void gh_verity_from_file(struct file *file, struct gh_scratch *scratch)
{
	struct gh_verity_digest *digest = &scratch->verity;
	struct gh_image *image = &scratch->event.image;
	struct bpf_dynptr place;

	if (image->magic == MAGIC_OVERLAY || bpf_dynptr_from_mem(digest, sizeof(*digest), 0, &place) ||
	    bpf_get_fsverity_digest(file, &place) < 0 || digest->algorithm != VERITY_SHA256)
		return;
	__builtin_memcpy(image->verity, digest->bytes, sizeof(image->verity));
	image->has_verity = 1;
}

static __always_inline void gh_verity_of(struct file *file, struct inode *backing, struct gh_scratch *scratch)
{
	struct inode___verity *inode = 0;

	scratch->event.image.has_verity = 0;
	if (bpf_core_field_exists(inode->i_verity_info))
		gh_verity_from_inode(backing, &scratch->event.image);
	else if (LINUX_KERNEL_VERSION >= GH_KERNEL(6, 13))
		gh_verity_from_file(file, scratch);
}

#endif
