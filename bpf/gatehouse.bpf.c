/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel object: one translation unit, so that every function can be static and none can be replaced by freplace. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "hooks/content.c"
#include "hooks/image.c"
#include "hooks/kernel_image.c"
#include "hooks/label.c"
#include "hooks/arguments.c"
#include "hooks/memory.c"
#include "hooks/credentials.c"
#include "hooks/process.c"
#include "hooks/procfs.c"
#include "hooks/protect.c"
#include "hooks/ptrace.c"
#include "hooks/setting.c"
#include "hooks/signal.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
