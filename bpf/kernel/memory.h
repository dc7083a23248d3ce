/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Of memory, for the hooks of class memory. Flavours, as in process.h. */
#ifndef GH_KERNEL_MEMORY_H
#define GH_KERNEL_MEMORY_H

#include "process.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct anon_vma;

struct mm_struct___areas {
	unsigned long start_brk;
	unsigned long brk;
	unsigned long start_stack;
};

struct vm_area_struct___area {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct___areas *vm_mm;
	struct anon_vma *anon_vma; /* there is one once a page of a private mapping was written */
};

struct task_struct___personality {
	unsigned int personality;
};

#pragma clang attribute pop

/* From include/linux/mm.h and uapi/linux/personality.h, asm-generic/mman-common.h, mman.h. */
#define VM_MAY_SHARE_BIT	 0x80ul
#define VM_GROWS_DOWN_BIT	 0x100ul
#define PROT_WRITE_BIT		 0x2ul
#define PROT_BITS		 0x7ul
#define MAP_GROWS_DOWN_BIT	 0x100ul
#define READ_IMPLIES_EXECUTE_BIT 0x400000u

#endif
