/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loading a file: from the hook to the decision. First the short way, by what is already known of the process and the
 * file; else all facts are gathered, and the hash only if a row that fits in everything else asks for it.
 */
#ifndef GH_LIB_LOAD_H
#define GH_LIB_LOAD_H

#include "doubt.h"
#include "gate.h"
#include "image.h"
#include "keep.h"

/* What a hook asks. On its stack; callbacks never see it. */
struct gh_load {
	struct file *file;
	__u32 operation; /* the first of `count`, numbered one after another */
	__u32 count;
	__u32 hook;
	__u32 kind; /* enum gh_image_kind */
	__u32 flags; /* enum gh_operation_flag */
	__u32 keeps; /* its facts are kept for the decision by arguments */
	__u32 hash_state; /* GH_HASH_VOLATILE if the content changes while it is used, else GH_HASH_NOT_NEEDED */
	__u32 memory; /* enum gh_memory_bit; 0 = not of class memory */
};

/* What a hook asks of a library, or of memory with a file. */
static __always_inline void gh_load_library(struct gh_load *load, struct file *file, __u32 operation, __u32 hook)
{
	__builtin_memset(load, 0, sizeof(*load));
	load->file = file;
	load->operation = operation;
	load->count = 1;
	load->hook = hook;
	load->kind = GH_IMAGE_KIND_LIBRARY;
}

/* Nothing at all is to be found out: no rule is about it, not all is reported, and it is not the canary. */
static __always_inline int gh_load_is_idle(struct file *file, __u32 operation)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	if (gh_reports_all() || file->f_inode->i_ino == gh_config.canary.inode)
		return 0;
	return !number || (generation && !generation->operation_value[gh_operation_slot(operation)]);
}

/* Whether some rule asks for one of the operations at all. */
static __always_inline int gh_load_is_ruled(const struct gh_generation *generation, const struct gh_load *load)
{
	__u32 ruled = 0;

	for (__u32 i = 0; i < 2; i++) {
		if (i < load->count)
			ruled |= generation->operation_value[gh_operation_slot(load->operation + i)];
	}
	return ruled != 0;
}

static __always_inline __u32 gh_load_needs(const struct gh_generation *generation, const struct gh_load *load)
{
	__u32 needs = 0;

	for (__u32 i = 0; i < 2; i++) {
		if (i < load->count)
			needs |= generation->operation_needs[gh_operation_slot(load->operation + i)];
	}
	if (load->keeps)
		needs |= generation->operation_needs[GH_OPERATION_PROCESS_EXEC_ARGUMENTS];
	return needs;
}

static __always_inline int gh_load_is_canary(const struct gh_load *load)
{
	struct gh_inode_key key;

	if (!gh_config.canary.inode || load->file->f_inode->i_ino != gh_config.canary.inode)
		return 0;
	gh_inode_identify(load->file->f_inode, &key);
	return gh_same_inode(&gh_config.canary, &key);
}

/* The operation's own facts as a cached verdict has room for. */
static __always_inline __u64 gh_load_request(const struct gh_load *load)
{
	return load->memory ? gh_memory_request(load->memory) : load->flags;
}

/*
 * The shortest way: nothing to decide, or decided before, for the same process, file and operation, with nothing to say.
 * Returns 1 if the operation goes on.
 */
static __noinline int gh_load_is_settled(const struct gh_load *load)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 needs, subject = 0, object = 0;

	if ((gh_reports_all() && !load->memory) || gh_load_is_canary(load))
		return 0;
	if (!number)
		return 1;
	if (!generation)
		return 0;
	/* The decision by arguments needs all facts of this one. */
	if (load->keeps && generation->operation_value[GH_OPERATION_PROCESS_EXEC_ARGUMENTS])
		return 0;
	if (!gh_load_is_ruled(generation, load))
		return 1;
	if (load->hash_state != GH_HASH_NOT_NEEDED)
		return 0;
	needs = gh_load_needs(generation, load);
	if (needs & GH_NEEDS_SUBJECT) {
		subject = gh_process_class(task, number, generation->label_needs);
		if (!subject)
			return 0;
	}
	if (needs & GH_NEEDS_OBJECT) {
		object = gh_image_class(load->file, load->file->f_inode, number, load->kind);
		if (!object)
			return 0;
	}
	for (__u32 i = 0; i < 2; i++) {
		__u32 operation = load->operation + i;
		__u32 own;
		__u64 key;

		if (i >= load->count)
			break;
		own = generation->operation_needs[gh_operation_slot(operation)];
		key = gh_cached_key(number, own & GH_NEEDS_SUBJECT ? subject : 0, own & GH_NEEDS_OBJECT ? object : 0,
				    operation, own & GH_NEEDS_REQUEST ? gh_load_request(load) : 0);
		if (!generation->operation_value[gh_operation_slot(operation)])
			continue;
		if (!gh_cached_is_silent(gh_cached_find(number, key)))
			return 0;
	}
	return 1;
}

/* Whether any rule asks for the hash of what is loaded. */
static __always_inline int gh_load_wants_hash(void)
{
	struct gh_generation *generation = gh_generation_of(gh_number_in_force());

	return generation && gh_image_needs(generation) & GH_NEEDS_HASH;
}

/* Whether a rule of class memory asks for the hash of the file behind it. */
static __always_inline int gh_memory_wants_hash(void)
{
	struct gh_generation *generation = gh_generation_of(gh_number_in_force());

	return generation && (generation->operation_needs[GH_OPERATION_MEMORY_MAP_FILE] |
			      generation->operation_needs[GH_OPERATION_MEMORY_PROTECT_FILE]) &
				 GH_NEEDS_HASH;
}

/* Does a row that fits in all but the hash test the hash? A scan that failed says yes; the decision fails closed anyway. */
static __noinline int gh_load_asks_hash(struct gh_scratch *scratch, __u32 index)
{
	struct gh_scan *scan = &scratch->scan;

	if (!gh_scan_begin(scan, scratch->asked.number, scratch->asked.operation + index))
		return !scan->complete;
	scan->only_matching = 1;
	gh_scan_run(scratch);
	return scan->matched || scan->failed || !scan->complete;
}

/*
 * All facts of the question, from event.image, the stamp and the name that are already in the scratch. Leaves in
 * asked.asks_hash whether the hash is missing.
 */
static __noinline int gh_load_facts(const struct gh_load *load, struct gh_scratch *scratch, struct inode *backing)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);
	struct gh_image *image = &scratch->event.image;
	__u32 needs, keep = 1;

	image->kind = load->kind;
	scratch->event.request.flags = load->flags;
	scratch->event.request.bits = load->memory;
	scratch->asked.request = gh_load_request(load);
	scratch->asked.asks_hash = 0;
	if (!generation)
		return 0;
	needs = gh_load_needs(generation, load);
	scratch->stamp.flags = image->flags;
	image->flags |= scratch->stamp.mount_flags;
	if (gh_image_needs(generation) & (GH_NEEDS_VERITY | GH_NEEDS_TRUST))
		gh_verity_of(load->file, backing, scratch);
	if (gh_image_needs(generation) & GH_NEEDS_ANSWERS) {
		scratch->stamp.asks = 1;
		scratch->stamp.answers = image->answers = gh_answers_now(backing);
	}
	if (gh_image_needs(generation) & GH_NEEDS_HASH && image->hash_state != GH_HASH_VOLATILE) {
		/* First the epochs, then the hash of that epoch or a later one: a label never outlives its content. */
		gh_stamp_content(&scratch->stamp, &image->backing);
		if (backing && gh_content_recall(backing, image)) {
			scratch->stamp.hash_state = GH_HASH_KNOWN;
			scratch->stamp.changed = gh_inode_changed_number(backing);
			__builtin_memcpy(&scratch->stamp.content, &image->backing, sizeof(scratch->stamp.content));
		} else {
			keep = image->hash_state == GH_HASH_NOT_NEEDED;
		}
		if (image->hash_state == GH_HASH_NOT_NEEDED)
			scratch->stamp.epoch = scratch->stamp.mount_epoch = 0;
	} else {
		keep = image->hash_state == GH_HASH_NOT_NEEDED;
	}
	if (gh_image_identify(scratch, generation))
		scratch->asked.failed = 1;
	scratch->asked.object = gh_intern(scratch, scratch->asked.number, GH_INTERN_IMAGE);
	gh_facts_of_identity(scratch, GH_SOURCE_IMAGE, GH_MASK_IMAGE);
	scratch->facts.mask[GH_MASK_OPERATION + GH_OPERATION_MASK_FLAGS] = load->flags;
	scratch->facts.mask[GH_MASK_OPERATION + GH_OPERATION_MASK_BITS] = load->memory;
	scratch->facts.class[GH_SOURCE_OPERATION + GH_OPERATION_BACKING] = gh_backing_in(load->memory);
	/* Once more: it may have been called something else, or lain elsewhere, while its name was found out. */
	if (keep && scratch->asked.object && !scratch->asked.failed && gh_stamp_is_here(&scratch->stamp, load->file))
		gh_image_class_keep(load->file->f_inode, &scratch->stamp, scratch->asked.object);
	if (needs & GH_NEEDS_HASH && image->hash_state == GH_HASH_NOT_NEEDED) {
		/* What a row asks that also tests arguments is not known yet. */
		if (load->keeps && generation->operation_needs[GH_OPERATION_PROCESS_EXEC_ARGUMENTS] & GH_NEEDS_HASH) {
			scratch->asked.asks_hash = 1;
			return 0;
		}
		scratch->asked.asks_hash = gh_load_asks_hash(scratch, 0);
		if (load->count > 1 && !scratch->asked.asks_hash)
			scratch->asked.asks_hash = gh_load_asks_hash(scratch, 1);
	}
	return 0;
}

/* A hash that was found while no scratch was held. */
struct gh_found_hash {
	__u32 hash_state; /* enum gh_hash_state */
	__u32 flags; /* GH_IMAGE_WRITERS if it was written to meanwhile, also by who is done already */
	__u8 sha256[32];
};

/* Takes a scratch with the image, the stamp and the subject in it. Returns null if there is none. */
static __always_inline struct gh_scratch *gh_load_begin(const struct gh_load *load)
{
	struct gh_scratch *scratch = gh_gate_ask(gh_number_in_force(), load->operation, load->hook);
	struct gh_generation *generation;

	if (!scratch)
		return 0;
	generation = gh_generation_of(scratch->asked.number);
	if (generation && gh_load_needs(generation, load) & GH_NEEDS_SUBJECT)
		gh_gate_subject(scratch);
	gh_stamp_of(load->file, &scratch->stamp, scratch->asked.number, load->kind);
	return scratch;
}

static __always_inline int gh_load_wants_name(const struct gh_scratch *scratch)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);

	return generation && gh_image_needs(generation) & GH_NEEDS_NAME;
}

static __noinline struct gh_scratch *gh_load_gather(const struct gh_load *load, const struct gh_found_hash *found)
{
	struct gh_scratch *scratch = gh_load_begin(load);
	struct inode *backing;

	if (!scratch)
		return 0;
	backing = gh_image_describe(load->file, &scratch->event.image);
	scratch->event.image.flags |= found->flags;
	scratch->event.image.hash_state = found->hash_state;
	__builtin_memcpy(scratch->event.image.sha256, found->sha256, sizeof(found->sha256));
	if (gh_load_wants_name(scratch))
		gh_path_of(load->file, scratch);
	gh_load_facts(load, scratch, backing);
	return scratch;
}

/* The hash as far as it can be had without sleeping. */
static __always_inline __u32 gh_hash_without_sleep(struct inode *inode, struct gh_image *image)
{
	if ((image->mode & MODE_TYPE_MASK) != MODE_REGULAR)
		return GH_HASH_VOLATILE;
	if (inode && gh_content_recall(inode, image))
		return GH_HASH_KNOWN;
	if (image->flags & (GH_IMAGE_WRITERS | GH_IMAGE_UNLINKED))
		return GH_HASH_VOLATILE;
	return GH_HASH_UNKNOWN;
}

/* What mprotect sees of a file on overlayfs is the file beneath, but the user opened it on the overlay. */
static __always_inline void gh_load_look_above(struct file *file, struct gh_image *image)
{
	struct dentry *dentry;
	struct gh_place place;

	gh_place_of(file, &place);
	dentry = place.dentry;
	if (BPF_CORE_READ(dentry, d_sb, s_magic) != MAGIC_OVERLAY)
		return;
	image->magic = MAGIC_OVERLAY;
	/* On tmpfs, what has no name looks like memory; on an overlay it does not. */
	image->flags &= ~GH_IMAGE_MEMFD;
	image->flags |= GH_IMAGE_OVERLAY | gh_image_layer(BPF_CORE_READ(dentry, d_inode), BPF_CORE_READ(file, f_inode));
}

/* The same in hooks that cannot sleep, in which bpf_d_path is not allowed either. */
static __noinline struct gh_scratch *gh_load_gather_walking(const struct gh_load *load)
{
	struct gh_scratch *scratch = gh_load_begin(load);
	struct inode *backing;

	if (!scratch)
		return 0;
	backing = gh_image_describe(load->file, &scratch->event.image);
	scratch->event.image.hash_state = gh_hash_without_sleep(backing, &scratch->event.image);
	gh_load_look_above(load->file, &scratch->event.image);
	if (gh_load_wants_name(scratch))
		gh_path_walk(load->file, scratch, bpf_get_current_task_btf());
	gh_load_facts(load, scratch, backing);
	return scratch;
}

/* Reads the file for its hash. Sleeps, so no scratch is held: slow files must not use up the pool. */
static __noinline int gh_load_find_hash(const struct gh_load *load, struct gh_found_hash *found)
{
	struct gh_image image = {};
	struct inode *backing = gh_image_describe(load->file, &image);

	gh_content_hash(load->file, backing, &image);
	found->hash_state = image.hash_state;
	found->flags = image.flags & GH_IMAGE_WRITERS;
	__builtin_memcpy(found->sha256, image.sha256, sizeof(found->sha256));
	return 0;
}

/* No working memory for any of the operations. */
static __always_inline int gh_load_refuse(const struct gh_load *load)
{
	if (gh_refuse_undecided(load->operation))
		return -EPERM;
	if (load->count > 1 && gh_refuse_undecided(load->operation + 1))
		return -EPERM;
	/* Nothing is kept for the decision by arguments, so it will not come. */
	return load->keeps ? gh_refuse_undecided(GH_OPERATION_PROCESS_EXEC_ARGUMENTS) : 0;
}

/*
 * Decides and reports, in hooks that may sleep. After a hash was read, the generation then in force decides, by facts
 * gathered for it.
 */
static __always_inline int gh_load_decide(const struct gh_load *load)
{
	struct gh_found_hash found = {.hash_state = load->hash_state};
	struct gh_scratch *scratch = gh_load_gather(load, &found);
	__u32 denied;

	if (!scratch)
		return gh_load_refuse(load);
	if (scratch->asked.asks_hash) {
		gh_scratch_give(scratch);
		gh_load_find_hash(load, &found);
		scratch = gh_load_gather(load, &found);
		if (!scratch)
			return gh_load_refuse(load);
	}
	if (gh_is_doubtful(&scratch->event.image, load->file) && !gh_load_doubt(scratch, 0) && load->count > 1)
		gh_load_doubt(scratch, 1);
	if (load->keeps)
		gh_keep_exec(scratch);
	if (gh_gate_decide(scratch, 0))
		gh_emit(load->file, scratch);
	if (load->count > 1 && gh_gate_decide(scratch, 1))
		gh_emit(load->file, scratch);
	denied = scratch->asked.denied;
	gh_scratch_give(scratch);
	return denied ? -EPERM : 0;
}

#endif
