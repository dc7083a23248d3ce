/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The SHA-256 of a file, computed once per content version where that is provable, and each time where it is not.
 *
 * An entry is used only while (a) nothing has the file open for writing now, (b) nothing has opened it for writing or
 * truncated it since (the epoch), and (c) size and change time are the same. (b) is what an attacker cannot forge: change
 * times follow the clock, and root sets the clock. btrfs is left out: a snapshot's files have the same super block, number
 * and generation as the original's. On file systems that change behind the kernel's back (network, FUSE)
 * nothing is kept, nor of files without a name: the descriptor that memfd_create returns writes without ever having been
 * opened, so neither (a) nor (b) sees it.
 */
#ifndef GH_LIB_CONTENT_H
#define GH_LIB_CONTENT_H

#include "../maps/content.h"
#include "count.h"
#include "inode.h"

/* enum hash_algo of the kernel's include/uapi/linux/hash_info.h */
#define HASH_ALGORITHM_SHA256 4

static __always_inline int gh_content_is_local(__u32 magic)
{
	return magic == MAGIC_EXT4 || magic == MAGIC_TMPFS || magic == MAGIC_XFS || magic == MAGIC_F2FS ||
	       magic == MAGIC_SQUASHFS || magic == MAGIC_EROFS || magic == MAGIC_ISO9660;
}

/* User space serves the file and may never answer. virtiofs has the same magic, and a host that answers. */
static __always_inline int gh_content_is_served(struct inode *backing)
{
	char name[2] = {};

	if (BPF_CORE_READ(backing, i_sb, s_magic) != MAGIC_FUSE)
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(backing, i_sb, s_type, name));
	return name[0] != 'v';
}

/*
 * Whether reading an overlay file now gives the content of `backing`. A file that was opened before it was copied up maps
 * the lower content and reads the upper one.
 */
static __always_inline int gh_content_is_of(struct file *file, struct inode *backing, __u32 magic)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode), *upper;

	if (magic != MAGIC_OVERLAY)
		return 1;
	upper = gh_overlay_upper(inode);
	file = gh_real_file(file);
	inode = file ? BPF_CORE_READ(file, f_inode) : 0;
	if (!inode || (upper && upper != inode))
		return 0;
	if (inode == backing)
		return 1;
	/* An overlay over an overlay. */
	upper = gh_overlay_upper(inode);
	return !upper || upper == backing;
}

static __always_inline __u64 *gh_content_epoch(const struct gh_inode_key *key)
{
	__u64 mixed = (key->inode ^ (key->device << 40) ^ key->generation) * 0x9e3779b97f4a7c15ull;
	__u32 bucket = (mixed >> 48) & (GH_EPOCH_BUCKETS - 1);

	return bpf_map_lookup_elem(&gh_epochs, &bucket);
}

static __always_inline __u64 gh_bucket_value(const struct gh_inode_key *key)
{
	__u64 *epoch = gh_content_epoch(key);

	return epoch ? *(volatile __u64 *)epoch : 0;
}

/* Called for every open for writing and every truncation. */
static __always_inline void gh_content_changed(const struct gh_inode_key *key)
{
	__u64 *epoch = gh_content_epoch(key), *writes = bpf_map_lookup_elem(&gh_hashed, key);

	if (epoch)
		__sync_fetch_and_add(epoch, 1);
	if (writes)
		__sync_fetch_and_add(writes, 1);
}

/* How often the very file has been opened for writing since somebody began to hash it: no other file counts. ~0 = not known. */
static __always_inline __u64 gh_content_writes(const struct gh_inode_key *key)
{
	__u64 *writes = bpf_map_lookup_elem(&gh_hashed, key);

	return writes ? *(volatile __u64 *)writes : ~0ull;
}

/* Called when a super block goes: its device number, and with it the keys of its files, may come again. */
static __always_inline void gh_content_unmounted(__u64 device)
{
	struct gh_inode_key key = {.device = device};

	gh_content_changed(&key);
}

/* Whether the content's version can be proved, and if so, which it is. Reads the epoch before the writers. */
static __always_inline int gh_content_version(struct inode *backing, const struct gh_inode_key *key,
					      struct gh_content *version)
{
	struct gh_inode_key device = {.device = key->device};
	__u64 *epoch = gh_content_epoch(key), *mount_epoch = gh_content_epoch(&device);

	if (!backing || !mount_epoch || !epoch || !BPF_CORE_READ(backing, i_nlink) || gh_is_shared(key) ||
	    !gh_content_is_local(BPF_CORE_READ(backing, i_sb, s_magic)))
		return 0;
	version->epoch = *(volatile __u64 *)epoch;
	version->mount_epoch = *(volatile __u64 *)mount_epoch;
	version->size = BPF_CORE_READ(backing, i_size);
	gh_inode_changed(backing, &version->changed_seconds, &version->changed_nanoseconds);
	return BPF_CORE_READ(backing, i_writecount.counter) <= 0;
}

static __always_inline int gh_content_same(const struct gh_content *a, const struct gh_content *b)
{
	return a->epoch == b->epoch && a->mount_epoch == b->mount_epoch && a->size == b->size &&
	       a->changed_seconds == b->changed_seconds && a->changed_nanoseconds == b->changed_nanoseconds;
}

/* Takes the hash from what is known. Works in every hook. */
static __always_inline int gh_content_recall(struct inode *backing, struct gh_image *image)
{
	struct gh_content now = {}, *known;

	if (!gh_content_version(backing, &image->backing, &now))
		return 0;
	known = bpf_map_lookup_elem(&gh_contents, &image->backing);
	if (!known || !gh_content_same(known, &now))
		return 0;
	__builtin_memcpy(image->sha256, known->sha256, sizeof(image->sha256));
	image->hash_state = GH_HASH_KNOWN;
	gh_count(GH_COUNTER_HASHES_CACHED);
	return 1;
}

/*
 * Reads the file, in sleepable hooks only. The version is taken before and compared after, so a write in between is
 * never remembered as the content that was hashed.
 */
static __noinline int gh_content_hash(struct file *file, struct inode *backing, struct gh_image *image)
{
	struct gh_content before = {}, after = {};
	__u64 writes, none = 0;
	int provable, algorithm;

	if ((image->mode & MODE_TYPE_MASK) != MODE_REGULAR) {
		image->hash_state = GH_HASH_VOLATILE; /* a device or pipe has no content to name */
		return 0;
	}
	if (!backing || gh_content_is_served(backing) || !gh_content_is_of(file, backing, image->magic)) {
		image->hash_state = GH_HASH_UNKNOWN;
		gh_count(GH_COUNTER_HASH_UNREADABLE);
		return 0;
	}
	if (gh_content_recall(backing, image))
		return 0;
	if (image->size >> 20 >= GH_HASH_MAX_MEBIBYTES) {
		image->hash_state = GH_HASH_UNKNOWN;
		gh_count(GH_COUNTER_HASH_TOO_LARGE);
		return 0;
	}

	bpf_map_update_elem(&gh_hashed, &image->backing, &none, BPF_NOEXIST);
	writes = gh_content_writes(&image->backing);
	provable = gh_content_version(backing, &image->backing, &before);
	algorithm = bpf_ima_file_hash(file, image->sha256, sizeof(image->sha256));
	if (algorithm != HASH_ALGORITHM_SHA256) {
		image->hash_state = GH_HASH_UNKNOWN;
		gh_count(algorithm < 0 ? GH_COUNTER_HASH_FAILURES : GH_COUNTER_HASH_OTHER_ALGORITHM);
		return 0;
	}
	if (!gh_content_is_of(file, backing, image->magic)) {
		/* Copied up meanwhile: this may be the hash of the copy. */
		image->hash_state = GH_HASH_UNKNOWN;
		gh_count(GH_COUNTER_HASH_UNREADABLE);
		return 0;
	}
	image->hash_state = GH_HASH_KNOWN;
	gh_count(GH_COUNTER_HASHES_COMPUTED);

	/* By who is done with it already, too: it may not be any more what was hashed. */
	if (writes == ~0ull || gh_content_writes(&image->backing) != writes ||
	    BPF_CORE_READ(backing, i_writecount.counter) > 0)
		image->flags |= GH_IMAGE_WRITERS;
	if (provable && gh_content_version(backing, &image->backing, &after) && gh_content_same(&before, &after)) {
		__builtin_memcpy(after.sha256, image->sha256, sizeof(after.sha256));
		if (bpf_map_update_elem(&gh_contents, &image->backing, &after, BPF_ANY))
			gh_count(GH_COUNTER_CONTENT_STORE_FAILURES);
	}
	return 0;
}

#endif
