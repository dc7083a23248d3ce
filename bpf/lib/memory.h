/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of memory that becomes executable, as enum gh_memory_bit and enum gh_backing.
 *
 * Memory that is shared without a name has a file in some hooks and none in others; it counts as having none everywhere.
 */
#ifndef GH_LIB_MEMORY_H
#define GH_LIB_MEMORY_H

#include "../kernel/memory.h"
#include "ask_alone.h"
#include "inode.h"
#include "loadwalk.h"

/* Numbers of protections in enum gh_memory_bit: read 1, write 2, execute 4, as in mmap and in the flags of an area. */
#define GH_MEMORY_ASKED(protection) ((protection)&PROT_BITS)
#define GH_MEMORY_GIVEN(protection) (((protection)&PROT_BITS) << 3)
#define GH_MEMORY_HAD(protection)   (((protection)&PROT_BITS) << 6)

static __always_inline __u64 gh_memory_personality(void)
{
	struct task_struct___personality *task = (void *)bpf_get_current_task_btf();

	return task->personality & READ_IMPLIES_EXECUTE_BIT ? GH_MEMORY_READ_IMPLIES_EXECUTE : 0;
}

/* "memfd:" */
#define GH_MEMFD_NAME 0x3a64666d656dull

/* What is behind a mapping. The kernel vouches for `file`. */
static __always_inline __u32 gh_backing_of(struct file *file, int is_shared)
{
	struct inode *inode = file->f_inode;
	__u64 name = 0;

	if ((inode->i_mode & MODE_TYPE_MASK) != MODE_REGULAR)
		return GH_BACKING_DEVICE;
	if (inode->i_nlink || !gh_is_nameless(inode))
		return GH_BACKING_FILE;
	/* Its maker names it, but the kernel puts this before the name. */
	bpf_probe_read_kernel(&name, 6, BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if (name == GH_MEMFD_NAME)
		return GH_BACKING_MEMFD;
	return is_shared ? GH_BACKING_SHARED : GH_BACKING_ANONYMOUS;
}

static __always_inline int gh_backing_is_file(__u32 backing)
{
	return backing >= GH_BACKING_FILE;
}

/*
 * The area that the thread has its stack in, whoever made it, or that the first thread has; and the one of brk. Each field of the
 * kernel's that is read costs eight instructions, so none is read twice.
 */
static __always_inline __u64 gh_area_kind(struct vm_area_struct *vma, __u64 area_flags)
{
	struct vm_area_struct___area *area = (void *)vma;
	struct pt_regs___call *registers = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	unsigned long start = area->vm_start, size = area->vm_end - start;
	struct mm_struct___areas *memory = area->vm_mm;
	__u64 bits = 0;

	/* There is always one; 7.2 does not know. */
	if (!memory)
		return 0;
	if (area_flags & VM_GROWS_DOWN_BIT || registers->sp - start < size || memory->start_stack - start < size)
		bits |= GH_MEMORY_STACK;
	if (start < memory->brk && start + size > memory->start_brk)
		bits |= GH_MEMORY_HEAP;
	return bits;
}

/*
 * What mprotect is about to do with an area, and what is behind it; `bits`: what is asked and given. Not inlined: its callers need
 * their stack.
 */
static __noinline __u32 gh_memory_of_area(struct vm_area_struct *vma, struct file *file, __u64 area_flags, __u64 bits)
{
	struct vm_area_struct___area *area = (void *)vma;
	__u32 backing = GH_BACKING_ANONYMOUS;

	bits |= GH_MEMORY_HAD(area_flags);
	if (file && gh_unknown_pointer(file))
		backing = gh_backing_of(file, (area_flags & VM_MAY_SHARE_BIT) != 0);
	if (area_flags & VM_MAY_SHARE_BIT)
		bits |= GH_MEMORY_SHARED;
	if (gh_unknown_pointer(area->anon_vma))
		bits |= GH_MEMORY_WRITTEN;
	return bits | gh_area_kind(vma, area_flags) | gh_memory_personality() | backing * GH_MEMORY_BACKING;
}

/* The same of mmap, and what is behind it as one number. Not inlined: its callers need their stack. */
static __noinline __u32 gh_memory_of_call(struct file *file, __u64 asked, __u64 given, __u64 flags)
{
	int is_shared = (flags & MAP_TYPE_MASK) != MAP_PRIVATE_TYPE;
	__u64 bits = GH_MEMORY_ASKED(asked) | GH_MEMORY_GIVEN(given) | gh_memory_personality();
	__u32 backing = is_shared ? GH_BACKING_SHARED : GH_BACKING_ANONYMOUS;

	/* As in hooks/image.c: 6.12 takes the first test for one that is never true, 7.2 demands it. */
	if (file && gh_unknown_pointer(file))
		backing = gh_backing_of(file, is_shared);
	if (is_shared)
		bits |= GH_MEMORY_SHARED;
	if (flags & MAP_GROWS_DOWN_BIT)
		bits |= GH_MEMORY_STACK;
	return bits | backing * GH_MEMORY_BACKING;
}

/*
 * The agent proves with these that the hooks are called: refused whoever asks. All are flags that mean nothing where they are
 * used (MAP_DENYWRITE, MAP_EXECUTABLE, MAP_NONBLOCK without MAP_POPULATE), or that nobody combines (madvise: RANDOM, DONTFORK,
 * WIPEONFORK, DONTDUMP).
 */
#define GH_CANARY_MAP_FLAGS  0x11800ul
#define GH_CANARY_AREA_FLAGS 0x6030000ul

static __always_inline int gh_refuse_canary(int error)
{
	gh_count(GH_COUNTER_CANARY_DENIALS);
	return error;
}

/* Whether a rule asks for the operation on memory, or for the next one, the same with a file. */
static __always_inline int gh_memory_wanted(__u32 operation)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	return number && (!generation || generation->operation_value[gh_operation_slot(operation)] ||
			  generation->operation_value[gh_operation_slot(operation + 1)]);
}

/* Whether memory with a file is known to go on: by the thread alone where no rule tests the file. */
static __always_inline int gh_memory_file_goes_on(const struct gh_load *load)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	if (generation && !(generation->operation_needs[gh_operation_slot(load->operation)] & GH_NEEDS_OBJECT))
		return gh_ask_memory_again(number, load->operation, gh_memory_request(load->memory)) ||
		       gh_ask_memory_goes_on(number, load->operation, gh_memory_request(load->memory));
	return gh_load_is_settled(load);
}

#endif
