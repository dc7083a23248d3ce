/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading what is no file: memory that a process hands to the kernel, and BPF programs. */
#ifndef GH_LIB_LOADMEM_H
#define GH_LIB_LOADMEM_H

#include "ask.h"
#include "load.h"
#include "sha256.h"

/* Types that rules have words for; a newer one is none of them. BPF_PROG_TYPE_NETFILTER is the last. */
#define GH_PROGRAM_TYPES 33

/* Memory to be loaded. Without an address the kernel does not show it: its hash is one that no rule names. */
struct gh_memory {
	__u64 address;
	__u64 size;
	__u32 operation;
	__u32 kind; /* enum gh_image_kind */
	__u32 hook;
	__u32 program_type; /* of a BPF program */
};

static __always_inline void gh_memory_hash(struct gh_scratch *scratch, const struct gh_memory *memory)
{
	if (!memory->address)
		scratch->event.image.hash_state = GH_HASH_VOLATILE;
	else if (gh_sha256_of(scratch, memory->address, memory->size)) {
		scratch->event.image.hash_state = GH_HASH_UNKNOWN;
		gh_count(memory->size > GH_SHA256_MAX_BYTES ? GH_COUNTER_HASH_TOO_LARGE : GH_COUNTER_HASH_FAILURES);
	} else {
		scratch->event.image.hash_state = GH_HASH_KNOWN;
		gh_count(GH_COUNTER_HASHES_COMPUTED);
	}
}

static __noinline int gh_memory_facts(struct gh_scratch *scratch, const struct gh_memory *memory)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);

	if (!generation)
		return 0;
	if (gh_image_identify(scratch, generation))
		scratch->asked.failed = 1;
	gh_facts_of_identity(scratch, GH_SOURCE_IMAGE, GH_MASK_IMAGE);
	scratch->facts.class[GH_SOURCE_OPERATION + GH_OPERATION_PROGRAM_TYPE] =
	    memory->program_type < GH_PROGRAM_TYPES ? memory->program_type : 0;
	return 0;
}

/* 0 or -EPERM. */
static __noinline int gh_memory_decide(const struct gh_memory *memory)
{
	struct gh_scratch *scratch;
	struct gh_generation *generation;
	struct gh_image *image;
	__u32 denied, needs = 0;

	if (!gh_reports_all() && !gh_operation_wanted(memory->operation))
		return 0;
	scratch = gh_gate_ask(gh_number_in_force(), memory->operation, memory->hook);
	if (!scratch)
		return gh_refuse_undecided(memory->operation);
	image = &scratch->event.image;
	image->kind = memory->kind;
	image->program_type = memory->program_type;
	image->size = memory->size;
	image->uid = image->gid = ~0u;
	image->flags = memory->kind == GH_IMAGE_KIND_BPF_PROGRAM ? 0 : GH_IMAGE_FROM_MEMORY;
	scratch->asked.request = GH_REQUEST_MANY;
	generation = gh_generation_of(scratch->asked.number);
	if (generation)
		needs = generation->operation_needs[gh_operation_slot(memory->operation)];
	if (needs & GH_NEEDS_SUBJECT)
		gh_gate_subject(scratch);
	gh_memory_facts(scratch, memory);
	if (needs & GH_NEEDS_HASH && gh_load_asks_hash(scratch, 0)) {
		gh_memory_hash(scratch, memory);
		gh_memory_facts(scratch, memory);
	}
	if (gh_gate_decide(scratch, 0))
		gh_emit_process(scratch, 0);
	denied = scratch->asked.denied;
	gh_scratch_give(scratch);
	return denied ? -EPERM : 0;
}

#endif
