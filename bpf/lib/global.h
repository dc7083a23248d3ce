/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Functions that are not static. The verifier looks at such a function once a program, whoever calls it and however often, and
 * at a static one for each call and each state: three functions made loading three times as fast.
 *
 * It knows nothing of their arguments: so they take numbers, and memory of their own size that may be null.
 *
 * Root can replace a global function by one of its own (BPF_PROG_TYPE_EXT), unless the kernel cannot compare the two: it refuses a
 * function with a pointer to anything but a structure (btf_check_func_type_match). So each takes such a pointer, and a test
 * tries to replace each. Decision 6.
 */
#ifndef GH_LIB_GLOBAL_H
#define GH_LIB_GLOBAL_H

/* Never static, never inlined; its first argument is a pointer to a number. */
#define GH_GLOBAL __attribute__((noinline))

#endif
