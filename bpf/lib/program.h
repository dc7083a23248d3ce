/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A file as classes: its names, which bound file it is, and its hash. The same for the image that is loaded and for the
 * executable that a process runs.
 */
#ifndef GH_LIB_PROGRAM_H
#define GH_LIB_PROGRAM_H

#include "automaton.h"
#include "inode.h"
#include "number.h"
#include "path.h"
#include "scan.h"

_Static_assert((int)GH_PROCESS_FILE == (int)GH_IMAGE_FILE && (int)GH_PROCESS_SHA256 == (int)GH_IMAGE_SHA256,
	       "a program's classes are at the same places in both roles");

/* The class of a hash, by what is known of it. */
static __always_inline __u32 gh_hash_class(__u64 number, __u32 hash_state, const void *sha256)
{
	__u32 slot = number % GH_GENERATION_SLOTS, *class;
	void *hashes;

	if (hash_state == GH_HASH_NOT_NEEDED)
		return GH_HASH_CLASS_NOT_ASKED;
	if (hash_state == GH_HASH_UNKNOWN)
		return GH_HASH_CLASS_UNKNOWN;
	if (hash_state == GH_HASH_VOLATILE)
		return GH_HASH_CLASS_VOLATILE;
	hashes = bpf_map_lookup_elem(&gh_hashes, &slot);
	class = hashes ? bpf_map_lookup_elem(hashes, sha256) : 0;
	return class ? *class : GH_HASH_CLASS_OTHER;
}

/* What the agent found to be bound to an inode: a name that says everything, and the file itself. */
static __always_inline void gh_bound_classes(__u64 number, const struct gh_inode_key *inode, __u32 *name, __u32 *file)
{
	__u32 slot = number % GH_GENERATION_SLOTS;
	void *table = bpf_map_lookup_elem(&gh_bound, &slot);
	struct gh_bound_name *bound = table ? bpf_map_lookup_elem(table, inode) : 0;

	if (!bound) {
		name[GH_NAME_FORWARD] = name[GH_NAME_BACKWARD] = name[GH_NAME_GLOB] = GH_NAME_CLASS_NONE;
		return;
	}
	name[GH_NAME_FORWARD] = bound->name[GH_NAME_FORWARD];
	name[GH_NAME_BACKWARD] = bound->name[GH_NAME_BACKWARD];
	name[GH_NAME_GLOB] = bound->name[GH_NAME_GLOB];
	if (!*file)
		*file = bound->file;
}

/*
 * The names and the file class of scratch->name and the two inodes, into class[0] to class[9]. Without patterns that any
 * text could fit, reading it is saved. Returns not 0 if a table is missing.
 */
static __noinline int gh_name_classes(struct gh_scratch *scratch, const struct gh_generation *generation,
				      const struct gh_inode_key *inode, const struct gh_inode_key *backing,
				      __u32 *class)
{
	int failed = gh_read_name(scratch, generation);

	class[0] = scratch->reading.class[GH_NAME_FORWARD];
	class[1] = scratch->reading.class[GH_NAME_BACKWARD];
	class[2] = scratch->reading.class[GH_NAME_GLOB];
	class[GH_PROCESS_FILE] = 0;
	gh_bound_classes(generation->number, inode, class + 3, class + GH_PROCESS_FILE);
	gh_bound_classes(generation->number, backing, class + 6, class + GH_PROCESS_FILE);
	return failed;
}

#endif
