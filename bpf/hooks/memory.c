/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory.map, memory.protect, memory.userfaultfd: which memory may be executed, and who may hold up a page fault. For
 * memory.write-text see lib/writetext.h.
 *
 * mmap_file            sees each mmap and shmat, with and without a file, with the protection that the call asks for and
 *                      the one that it gets. May deny: EPERM.
 * file_mprotect        hooks/protect.c. May deny: EACCES.
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

/* For the hash of a file see gh_prepare_mprotect. */
SEC("lsm/mmap_file")
int BPF_PROG(gh_memory_map, struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags, int ret)
{
	struct gh_load load;
	__u32 memory;

	if (ret || !(prot & PROT_EXEC_BIT))
		return ret;
	if ((flags & GH_CANARY_MAP_FLAGS) == GH_CANARY_MAP_FLAGS && (!file || !gh_unknown_pointer(file)))
		return gh_refuse_canary(-EPERM);
	if (!gh_memory_wanted(GH_OPERATION_MEMORY_MAP))
		return 0;
	memory = gh_memory_of_call(file, reqprot, prot, flags);
	if (!gh_backing_is_file(gh_backing_in(memory)))
		return gh_ask_memory(memory, GH_OPERATION_MEMORY_MAP, GH_HOOK_MMAP_FILE);
	if (!file)
		return 0;
	gh_load_library(&load, file, GH_OPERATION_MEMORY_MAP_FILE, GH_HOOK_MMAP_FILE);
	load.memory = memory;
	return gh_memory_file_goes_on(&load) ? 0 : gh_load_decide_walking(&load);
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
