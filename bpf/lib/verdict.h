/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The decision, found again or found anew.
 *
 * A verdict depends on who acts, on what, and on the operation's own facts; within one generation all three are numbers.
 * Found once, it is kept in a table of the generation, one eight-byte word a verdict, so that it is whole or not there. The
 * place is taken by whoever comes last, and the word says for whom it is; a verdict that was pushed out is found anew.
 */
#ifndef GH_LIB_VERDICT_H
#define GH_LIB_VERDICT_H

#include "scan.h"

/* The operation's own facts, or something else, are too many for a cached verdict. */
#define GH_REQUEST_MANY (~0ull)

enum gh_cached {
	GH_CACHED_RULE_BITS = 14,
	GH_CACHED_NO_RULE = 0x3fff,
	GH_CACHED_DENIED_AT = 14,
	/* A rule only watches: the full scan says which. */
	GH_CACHED_AUDITED_AT = 15,
	GH_CACHED_REQUEST_AT = 16,
	GH_CACHED_REQUEST_BITS = 17,
	GH_CACHED_OPERATION_AT = 33,
	GH_CACHED_OBJECT_AT = 38,
	GH_CACHED_SUBJECT_AT = 50,
	GH_CACHED_VALID_AT = 62,
};

/*
 * The upper 48 bits of a cached verdict: what it is for. The highest two are never 0, and differ for two generations that
 * follow each other in one slot: whoever is held up so long writes for, and finds, nothing of the other.
 */
static __always_inline __u64 gh_cached_key(__u64 number, __u32 subject, __u32 object, __u32 operation, __u64 request)
{
	return (1 + (number >> 1 & 1)) << GH_CACHED_VALID_AT | (__u64)subject << GH_CACHED_SUBJECT_AT |
	       (__u64)object << GH_CACHED_OBJECT_AT | (__u64)operation << GH_CACHED_OPERATION_AT |
	       request << GH_CACHED_REQUEST_AT;
}

static __always_inline __u64 *gh_cached_place(__u64 number, __u64 key)
{
	__u32 slot = number % GH_GENERATION_SLOTS;
	void *verdicts = bpf_map_lookup_elem(&gh_verdicts, &slot);
	__u32 place = (key * 0x9e3779b97f4a7c15ull) >> 48;

	return verdicts ? bpf_map_lookup_elem(verdicts, &place) : 0;
}

/* The cached verdict of a key, or 0. */
static __always_inline __u64 gh_cached_find(__u64 number, __u64 key)
{
	__u64 *place = gh_cached_place(number, key);
	__u64 found = place ? *(volatile __u64 *)place : 0;

	/* The table may have been given to another generation meanwhile; then the number in its slot is another, too. */
	return found >> GH_CACHED_REQUEST_AT == key >> GH_CACHED_REQUEST_AT && gh_generation_of(number) ? found : 0;
}

/* Whether a cached verdict is "goes on, and no rule has anything to say": nothing is left to do. */
static __always_inline int gh_cached_is_silent(__u64 cached)
{
	return (cached & ((1ull << GH_CACHED_REQUEST_AT) - 1)) == GH_CACHED_NO_RULE;
}

/* Takes the scan's result from a cached verdict. Returns 0 if there is none that says everything. */
static __always_inline int gh_cached_use(struct gh_scan *scan, __u64 key)
{
	__u64 cached = gh_cached_find(scan->number, key);
	__u64 rule = cached & GH_CACHED_NO_RULE;

	if (!cached || cached >> GH_CACHED_AUDITED_AT & 1)
		return 0;
	gh_count(GH_COUNTER_VERDICTS_CACHED);
	scan->complete = 1;
	if (rule != GH_CACHED_NO_RULE) {
		scan->rule = rule;
		scan->outcome = cached >> GH_CACHED_DENIED_AT & 1 ? GH_ACTION_DENY : GH_ACTION_ALLOW;
	}
	return 1;
}

static __always_inline void gh_cached_keep(const struct gh_scan *scan, __u64 key)
{
	__u64 *place, rule = scan->rule == GH_RULE_NONE ? GH_CACHED_NO_RULE : scan->rule;

	if (!scan->complete || scan->failed || rule > GH_CACHED_NO_RULE || scan->outcome == GH_ACTION_KILL)
		return;
	place = gh_cached_place(scan->number, key);
	if (!place || !gh_generation_of(scan->number))
		return;
	*(volatile __u64 *)place = key | rule | (__u64)(scan->outcome == GH_ACTION_DENY) << GH_CACHED_DENIED_AT |
				   (__u64)(scan->audited_rule != GH_RULE_NONE) << GH_CACHED_AUDITED_AT;
}

/* What the scan has found, as a verdict. */
static __always_inline void gh_verdict_of(const struct gh_scan *scan, struct gh_verdict *verdict)
{
	verdict->generation = scan->number;
	verdict->rule = scan->rule;
	verdict->audited_rule = scan->audited_rule;
	verdict->denied = scan->outcome == GH_ACTION_DENY || scan->outcome == GH_ACTION_KILL;
	verdict->killed = scan->outcome == GH_ACTION_KILL;
	verdict->reason = scan->rule == GH_RULE_NONE ? GH_REASON_NO_RULE : GH_REASON_RULE;
	verdict->pad = 0;
	if (!scan->complete) {
		gh_count(GH_COUNTER_GENERATION_RACES);
		verdict->denied = 1;
		verdict->reason = GH_REASON_GENERATION_RACE;
	} else if (scan->failed) {
		gh_count(GH_COUNTER_TABLES_MISSING);
		verdict->denied = 1;
		verdict->reason = GH_REASON_TABLE_MISSING;
	}
}

#endif
