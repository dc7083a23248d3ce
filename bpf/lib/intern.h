/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers for identities: equal processes, and equal images, have the same number within a generation, so that a verdict
 * can be found again by numbers. When all numbers are given, the rest has 0 and is decided anew each time.
 */
#ifndef GH_LIB_INTERN_H
#define GH_LIB_INTERN_H

#include "scan.h"

enum gh_intern_kind {
	GH_INTERN_PROCESS = 0,
	GH_INTERN_IMAGE = 1,
};

/* The number of scratch->identity. */
static __always_inline __u32 gh_intern(struct gh_scratch *scratch, __u64 number, enum gh_intern_kind kind)
{
	__u32 slot = number % GH_GENERATION_SLOTS, at = slot * 2 + kind, class, *known;
	void *classes = kind == GH_INTERN_PROCESS ? bpf_map_lookup_elem(&gh_process_classes, &slot)
						  : bpf_map_lookup_elem(&gh_image_classes, &slot);
	__u64 *count = bpf_map_lookup_elem(&gh_class_counts, &at);

	if (!classes || !count)
		return 0;
	known = bpf_map_lookup_elem(classes, &scratch->identity);
	if (known)
		return *known;
	if (*(volatile __u64 *)count >= GH_CLASSES - 1)
		goto exhausted;
	class = __sync_fetch_and_add(count, 1) + 1;
	if (class >= GH_CLASSES)
		goto exhausted;
	if (!bpf_map_update_elem(classes, &scratch->identity, &class, BPF_NOEXIST))
		return class;
	/* Somebody else was faster, or the table has no room: a number is lost, nothing else. */
	known = bpf_map_lookup_elem(classes, &scratch->identity);
	if (known)
		return *known;
exhausted:
	gh_count(GH_COUNTER_CLASSES_EXHAUSTED);
	return 0;
}

#endif
