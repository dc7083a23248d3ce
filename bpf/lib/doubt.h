/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A content that was found, and may be another one when it is used. */
#ifndef GH_LIB_DOUBT_H
#define GH_LIB_DOUBT_H

#include "inode.h"
#include "verdict.h"

/* Whether what vouches for the content, its hash or fs-verity, says what it was and not what it will be. */
static __always_inline int gh_is_doubtful(const struct gh_image *image, struct file *file)
{
	return (image->hash_state == GH_HASH_KNOWN || image->has_verity) &&
	       (image->flags & GH_IMAGE_WRITERS || gh_is_unsealed(file->f_inode));
}

/*
 * Somebody may be writing to what was hashed: it is what it was, and may be something else when it runs. So it is refused if either
 * would be: what has this hash, or what has none that a rule names. Nothing of that is kept.
 */
static __noinline int gh_load_doubt(struct gh_scratch *scratch, __u32 index)
{
	__u32 *hash = &scratch->facts.class[GH_SOURCE_IMAGE + GH_IMAGE_SHA256], known = *hash;
	__u64 *trust = &scratch->facts.mask[GH_MASK_IMAGE + GH_IMAGE_MASK_TRUST], trusted = *trust;
	__u64 *verity = &scratch->facts.mask[GH_MASK_IMAGE + GH_IMAGE_MASK_VERITY], verified = *verity;
	struct gh_scan *scan = &scratch->scan;

	*hash = GH_HASH_CLASS_VOLATILE;
	/* Also if nobody has asked: the vector of that is the rows that ask, and this scan is to find all. */
	*trust = GH_TRUST_CLASS_VOLATILE;
	/* fs-verity looks at pages when they are read from the disk: one that was pinned before may hold something else. */
	*verity = verified ? GH_HASH_CLASS_OTHER : 0;
	if (gh_scan_begin(scan, scratch->asked.number, scratch->asked.operation + index)) {
		gh_scan_run(scratch);
		if (scan->outcome == GH_ACTION_DENY || scan->outcome == GH_ACTION_KILL) {
			scratch->event.image.hash_state = GH_HASH_VOLATILE;
			scratch->asked.object = 0;
			return 1;
		}
	}
	*hash = known;
	*trust = trusted;
	*verity = verified;
	return 0;
}

#endif
