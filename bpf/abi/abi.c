/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names every type of abi/ so that the compiler puts all of them into the BTF from which the C# mirror is generated.
 * Not part of the kernel object. A type of abi/ that is missing here fails the generator.
 */
#include <linux/bpf.h>
#include "event.h"
#include "operation.h"
#include "shield.h"
#include "source.h"
#include "table.h"

#define KEEP(type, name) type *gh_keep_##name

KEEP(enum gh_abi, abi);
KEEP(enum gh_class, class);
KEEP(enum gh_operation, operation);
KEEP(enum gh_hook, hook);
KEEP(enum gh_reason, reason);
KEEP(enum gh_action, action);
KEEP(enum gh_hash_state, hash_state);
KEEP(enum gh_image_flag, image_flag);
KEEP(enum gh_truncated, truncated);
KEEP(enum gh_report, report);
KEEP(enum gh_counter, counter);
KEEP(enum gh_limit, limit);
KEEP(enum gh_rule_index, rule_index);
KEEP(struct gh_path_key, path_key);
KEEP(struct gh_hash_key, hash_key);
KEEP(struct gh_inode_key, inode_key);
KEEP(struct gh_row, row);
KEEP(struct gh_generation, generation);
KEEP(struct gh_config, config);
KEEP(struct gh_content, content);
KEEP(enum gh_digest_kind, digest_kind);
KEEP(struct gh_trust_key, trust_key);
KEEP(struct gh_version, version);
KEEP(struct gh_asked, asked);
KEEP(struct gh_answer, answer);
KEEP(struct gh_sequence, sequence);
KEEP(enum gh_event_kind, event_kind);
KEEP(enum gh_event_limit, event_limit);
KEEP(enum gh_name, name);
KEEP(enum gh_name_class, name_class);
KEEP(enum gh_source, source);
KEEP(enum gh_process_source, process_source);
KEEP(enum gh_image_source, image_source);
KEEP(enum gh_operation_source, operation_source);
KEEP(enum gh_mask, mask);
KEEP(enum gh_image_mask, image_mask);
KEEP(enum gh_process_mask, process_mask);
KEEP(enum gh_operation_mask, operation_mask);
KEEP(enum gh_hash_class, hash_class);
KEEP(enum gh_trust, trust);
KEEP(enum gh_trust_class, trust_class);
KEEP(enum gh_number_table, number_table);
KEEP(enum gh_image_kind, image_kind);
KEEP(enum gh_right, right);
KEEP(enum gh_change, change);
KEEP(enum gh_process_flag, process_flag);
KEEP(enum gh_operation_flag, operation_flag);
KEEP(enum gh_namespace_flag, namespace_flag);
KEEP(enum gh_creation_flag, creation_flag);
KEEP(enum gh_memory_bit, memory_bit);
KEEP(enum gh_backing, backing);
KEEP(struct gh_state, state);
KEEP(struct gh_number, number);
KEEP(struct gh_bound_name, bound_name);
KEEP(struct gh_identity, identity);
KEEP(enum gh_step_kind, step_kind);
KEEP(enum gh_step_flag, step_flag);
KEEP(struct gh_step, step);
KEEP(struct gh_table_part, table_part);
KEEP(enum gh_operation_need, operation_need);
KEEP(enum gh_label_need, label_need);
KEEP(enum gh_open_flag, open_flag);
KEEP(struct gh_target, target);
KEEP(struct gh_request, request);
KEEP(struct gh_event_header, event_header);
KEEP(struct gh_ancestor, ancestor);
KEEP(struct gh_process, process);
KEEP(struct gh_image, image);
KEEP(struct gh_verdict, verdict);
KEEP(struct gh_text, text);
KEEP(struct gh_decision_event, decision_event);
KEEP(enum gh_stranger, stranger);
KEEP(enum gh_guarded, guarded);
KEEP(enum gh_program_of, program_of);
KEEP(enum gh_guard, guard);
KEEP(struct gh_shield, shield);
KEEP(enum gh_deed, deed);
KEEP(struct gh_tamper, tamper);
