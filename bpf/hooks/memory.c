/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory.map, memory.protect, memory.userfaultfd: which memory may be executed, and who may hold up a page fault. For
 * memory.write-text see lib/writetext.h.
 *
 * mmap_file            sees each mmap and shmat, with and without a file, with the protection that the call asks for and
 *                      the one that it gets. May deny: EPERM.
 * file_mprotect        sees each mprotect and pkey_mprotect, once an area. May deny: EACCES.
 * sched_process_exec   (a tracepoint) the end of an exec, when the new program has its stack and has not run yet. The
 *                      kernel asks nobody when that stack is executable, or all memory that can be read. Cannot deny; kills.
 * do_brk_flags         (entered) memory that is filled with zeros and that no file is behind: of brk, which is executable under
 *                      the personality READ_IMPLIES_EXEC, and of an executable segment that has nothing in the program's file.
 *                      The kernel asks nobody about it. Cannot deny; kills.
 * inode_init_security_anon  sees userfaultfd, of the system call and of its device. May deny: EPERM.
 *
 * Not seen by any hook: mremap, which moves or doubles memory but keeps its protection; remap_file_pages of kernels in which it
 * does not call mmap_file, and gives the protection anew under a personality that has changed.
 */
#include "../lib/memory.h"

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

/* Whether memory with a file is known to go on: by the thread alone where no rule tests the file. */
static __always_inline int gh_memory_file_goes_on(const struct gh_load *load)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	if (generation && !(generation->operation_needs[gh_operation_slot(load->operation)] & GH_NEEDS_OBJECT))
		return gh_ask_memory_goes_on(number, load->operation, gh_memory_request(load->memory));
	return gh_load_is_settled(load);
}

/* For the hash of a file see gh_prepare_mprotect. */
SEC("lsm/mmap_file")
int BPF_PROG(gh_memory_map, struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags, int ret)
{
	struct gh_load load = {
	    .file = file,
	    .operation = GH_OPERATION_MEMORY_MAP_FILE,
	    .count = 1,
	    .hook = GH_HOOK_MMAP_FILE,
	    .kind = GH_IMAGE_KIND_LIBRARY,
	};

	if (ret || !(prot & PROT_EXEC_BIT))
		return ret;
	if ((flags & GH_CANARY_MAP_FLAGS) == GH_CANARY_MAP_FLAGS && (!file || !gh_unknown_pointer(file)))
		return gh_refuse_canary(-EPERM);
	if (!gh_operation_wanted(GH_OPERATION_MEMORY_MAP) && !gh_operation_wanted(GH_OPERATION_MEMORY_MAP_FILE))
		return 0;
	load.memory = gh_memory_of_call(file, reqprot, prot, flags);
	if (!gh_backing_is_file(gh_backing_in(load.memory)))
		return gh_ask_memory(load.memory, GH_OPERATION_MEMORY_MAP, GH_HOOK_MMAP_FILE);
	if (!file || gh_memory_file_goes_on(&load))
		return 0;
	return gh_load_decide_walking(&load);
}

SEC("lsm/file_mprotect")
int BPF_PROG(gh_memory_protect, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot, int ret)
{
	struct gh_load load = {
	    .file = vma->vm_file,
	    .operation = GH_OPERATION_MEMORY_PROTECT_FILE,
	    .count = 1,
	    .hook = GH_HOOK_FILE_MPROTECT,
	    .kind = GH_IMAGE_KIND_LIBRARY,
	};

	/* What was executable, and is not to be written from now on, gains nothing. */
	if (ret || !(prot & PROT_EXEC_BIT) || !(prot & ~vma->vm_flags & (PROT_EXEC_BIT | PROT_WRITE_BIT)))
		return ret;
	if ((vma->vm_flags & GH_CANARY_AREA_FLAGS) == GH_CANARY_AREA_FLAGS &&
	    (!load.file || !gh_unknown_pointer(load.file)))
		return gh_refuse_canary(-EACCES);
	if (!gh_operation_wanted(GH_OPERATION_MEMORY_PROTECT) && !gh_operation_wanted(GH_OPERATION_MEMORY_PROTECT_FILE))
		return 0;
	load.memory = gh_memory_of_area(vma, reqprot, prot);
	if (!gh_backing_is_file(gh_backing_in(load.memory)))
		return gh_ask_memory(load.memory, GH_OPERATION_MEMORY_PROTECT, GH_HOOK_FILE_MPROTECT) ? -EACCES : 0;
	if (!load.file || gh_memory_file_goes_on(&load))
		return 0;
	return gh_load_decide_walking(&load) ? -EACCES : 0;
}

/* What an area is; on the stack of who looks. */
struct gh_area_found {
	__u64 flags;
};

static long gh_area_look(struct task_struct *task, struct vm_area_struct *vma, struct gh_area_found *found)
{
	found->flags = BPF_CORE_READ(vma, vm_flags);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(gh_memory_start, struct task_struct *task)
{
	struct gh_area_found found = {.flags = VM_EXEC_BIT};
	struct mm_struct___areas *memory = (void *)task->mm;
	__u64 bits = GH_MEMORY_STACK | gh_memory_personality(), stack;

	if (!gh_operation_wanted(GH_OPERATION_MEMORY_MAP))
		return 0;
	stack = BPF_CORE_READ(memory, start_stack);
	/* If it cannot be looked at, it may be: closed. */
	bpf_find_vma(task, stack, gh_area_look, &found, 0);
	if (!(gh_unknown(&found.flags) & VM_EXEC_BIT) && !(bits & GH_MEMORY_READ_IMPLIES_EXECUTE))
		return 0;
	bits |= GH_MEMORY_ASKED(PROT_BITS) | GH_MEMORY_GIVEN(PROT_BITS) | GH_BACKING_ANONYMOUS * GH_MEMORY_BACKING;
	if (gh_ask_memory(bits, GH_OPERATION_MEMORY_MAP, GH_HOOK_SCHED_PROCESS_EXEC))
		bpf_send_signal(SIGKILL);
	return 0;
}

/* The flags are one number up to 6.19 and a structure of one later; the register is the same. */
SEC("fentry/do_brk_flags")
int BPF_PROG(gh_memory_grow, void *place, struct vm_area_struct *vma, unsigned long start, unsigned long length,
	     unsigned long flags)
{
	struct mm_struct___areas *memory = (void *)bpf_get_current_task_btf()->mm;
	__u64 bits = gh_memory_personality(), first;

	if ((!(flags & VM_EXEC_BIT) && !bits) || !gh_operation_wanted(GH_OPERATION_MEMORY_MAP))
		return 0;
	first = BPF_CORE_READ(memory, start_brk);
	/* A new program has no heap before its segments are in place. */
	if (first && start >= first)
		bits |= GH_MEMORY_HEAP;
	/* What the kernel gives is not what anybody asks for: the call has no protection, and a segment's is ignored but for this. */
	bits |= GH_MEMORY_ASKED((PROT_BITS & ~PROT_EXEC_BIT) | (flags & VM_EXEC_BIT)) | GH_MEMORY_GIVEN(PROT_BITS) |
		GH_BACKING_ANONYMOUS * GH_MEMORY_BACKING;
	if (gh_ask_memory(bits, GH_OPERATION_MEMORY_MAP, GH_HOOK_DO_BRK_FLAGS))
		bpf_send_signal(SIGKILL);
	return 0;
}

/* "[userfau" */
#define GH_USERFAULTFD_NAME 0x756166726573755bull

SEC("lsm/inode_init_security_anon")
int BPF_PROG(gh_memory_fault, struct inode *inode, const struct qstr *name, const struct inode *context, int ret)
{
	__u64 begin = 0;

	if (ret || !gh_operation_wanted(GH_OPERATION_MEMORY_USERFAULTFD))
		return ret;
	/* A name that cannot be read is taken for it. */
	if (!bpf_probe_read_kernel(&begin, sizeof(begin), BPF_CORE_READ(name, name)) && begin != GH_USERFAULTFD_NAME)
		return 0;
	return gh_ask_memory(0, GH_OPERATION_MEMORY_USERFAULTFD, GH_HOOK_INODE_INIT_SECURITY_ANON);
}
