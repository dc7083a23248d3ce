/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who vouches for a content, and what clients said of it. Both hold for one version of the content only. */
#ifndef GH_LIB_TRUST_H
#define GH_LIB_TRUST_H

#include "../maps/trust.h"
#include "content.h"
#include "scratch.h"

static __always_inline __u32 gh_trust_of(struct gh_scratch *scratch, const __u8 *digest, __u32 kind)
{
	struct gh_trust_key *key = &scratch->trust;
	__u32 *trust;

	__builtin_memcpy(key->digest, digest, sizeof(key->digest));
	key->kind = kind;
	trust = bpf_map_lookup_elem(&gh_trusted, key);
	return trust ? *trust & 3 : GH_TRUST_NONE;
}

/* enum gh_trust_class of scratch->event.image. A digest that fs-verity vouches for saves the hash. */
static __always_inline __u32 gh_trust_class(struct gh_scratch *scratch)
{
	struct gh_image *image = &scratch->event.image;
	__u32 trust = image->has_verity && !(image->flags & GH_IMAGE_WRITERS)
			  ? gh_trust_of(scratch, image->verity, GH_DIGEST_VERITY)
			  : GH_TRUST_NONE;

	if (trust)
		return GH_TRUST_CLASS_NONE + trust;
	if (image->hash_state == GH_HASH_NOT_NEEDED)
		return GH_TRUST_CLASS_NOT_ASKED;
	if (image->hash_state == GH_HASH_UNKNOWN)
		return GH_TRUST_CLASS_UNKNOWN;
	if (image->hash_state == GH_HASH_VOLATILE)
		return GH_TRUST_CLASS_VOLATILE;
	return GH_TRUST_CLASS_NONE + gh_trust_of(scratch, image->sha256, GH_DIGEST_CONTENT);
}

/*
 * Which version of its content an inode has now. Returns 0 for a content that somebody may be writing to, or that nobody can ask
 * for: a file without a name.
 */
static __always_inline int gh_version_of(struct inode *backing, const struct gh_inode_key *key,
					 struct gh_version *version)
{
	struct gh_inode_key device = {.device = key->device};

	__builtin_memset(version, 0, sizeof(*version));
	/* Reads the epochs before the writers. */
	version->epoch = gh_bucket_value(key);
	version->mount_epoch = gh_bucket_value(&device);
	version->size = BPF_CORE_READ(backing, i_size);
	gh_inode_changed(backing, &version->changed_seconds, &version->changed_nanoseconds);
	version->provable = gh_content_is_local(BPF_CORE_READ(backing, i_sb, s_magic));
	return BPF_CORE_READ(backing, i_nlink) && !gh_is_shared(key) &&
	       BPF_CORE_READ(backing, i_writecount.counter) <= 0 &&
	       (BPF_CORE_READ(backing, i_mode) & MODE_TYPE_MASK) == MODE_REGULAR;
}

static __always_inline int gh_same_version(const struct gh_version *a, const struct gh_version *b)
{
	return a->epoch == b->epoch && a->mount_epoch == b->mount_epoch && a->size == b->size &&
	       a->changed_seconds == b->changed_seconds && a->changed_nanoseconds == b->changed_nanoseconds;
}

/* What clients said of the content as it is now; 0 = nothing. `backing` may be null. */
static __noinline __u32 gh_answers_now(struct inode *backing)
{
	struct gh_version now;
	struct gh_inode_key key;
	struct gh_answer *answer;

	if (!backing)
		return 0;
	gh_inode_identify(backing, &key);
	answer = bpf_map_lookup_elem(&gh_answers, &key);
	if (!answer || !gh_version_of(backing, &key, &now) || !gh_same_version(&answer->version, &now))
		return 0;
	return answer->answers;
}

/* The agent is given a file to ask for: says which content that is. `inode` holds it, unless that is on overlayfs. */
static __always_inline void gh_ticket_fill(struct inode *inode, __u64 ticket)
{
	struct gh_asked asked = {};

	gh_inode_identify(inode, &asked.content);
	if (gh_version_of(inode, &asked.content, &asked.version))
		bpf_map_update_elem(&gh_asked_of, &ticket, &asked, BPF_ANY);
}

/*
 * A file that the agent opens. On overlayfs there are two: the file, and then the real one beneath, which holds the content.
 * Should the second not come, then because it could not be opened, so the agent gets no descriptor of the first and asks nobody by
 * this ticket. An earlier descriptor of the same inode that is just being asked about would find what the thread opens next: docs/limitations.md.
 */
static __always_inline void gh_ticket_note(struct file *file)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 *waiting = bpf_map_lookup_elem(&gh_waiting, &thread), ticket, *kept;
	struct inode *inode = file->f_inode;

	if (waiting) {
		ticket = *waiting;
		bpf_map_delete_elem(&gh_waiting, &thread);
		gh_ticket_fill(inode, ticket);
		return;
	}
	ticket = __sync_fetch_and_add(&gh_ticket, 1) + 1;
	kept = bpf_inode_storage_get(&gh_tickets, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!kept)
		return;
	*kept = ticket;
	if (inode->i_sb->s_magic == MAGIC_OVERLAY)
		bpf_map_update_elem(&gh_waiting, &thread, &ticket, BPF_ANY);
	else
		gh_ticket_fill(inode, ticket);
}

#endif
