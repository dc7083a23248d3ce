/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mprotect and pkey_mprotect, for class memory and for class image.
 *
 * file_mprotect        sees each area that the call changes. May deny. Cannot sleep, so a hash is known only if it was computed
 *                      before; otherwise the rule's onMiss decides.
 *
 * One program for both: a second one costs as much as it takes to find out that nothing is asked.
 */
#include "../lib/loadwalk.h"
#include "../lib/memory.h"

/* 0 or -EACCES. What was executable, and is not to be written from now on, gains nothing. */
static __always_inline int gh_memory_protect(struct vm_area_struct *vma, struct file *file, __u64 area_flags,
					     unsigned long reqprot, unsigned long prot)
{
	struct gh_load load;
	__u32 memory;

	if (!(prot & ~area_flags & (PROT_EXEC_BIT | PROT_WRITE_BIT)))
		return 0;
	/* The agent proves with it that the hook is called. */
	if ((area_flags & GH_CANARY_AREA_FLAGS) == GH_CANARY_AREA_FLAGS && (!file || !gh_unknown_pointer(file)))
		return gh_refuse_canary(-EACCES);
	if (!gh_memory_wanted(GH_OPERATION_MEMORY_PROTECT))
		return 0;
	memory = gh_memory_of_area(vma, file, area_flags, GH_MEMORY_ASKED(reqprot) | GH_MEMORY_GIVEN(prot));
	if (!gh_backing_is_file(gh_backing_in(memory)))
		return gh_ask_memory(memory, GH_OPERATION_MEMORY_PROTECT, GH_HOOK_FILE_MPROTECT) ? -EACCES : 0;
	if (!file)
		return 0;
	gh_load_library(&load, file, GH_OPERATION_MEMORY_PROTECT_FILE, GH_HOOK_FILE_MPROTECT);
	load.memory = memory;
	return !gh_memory_file_goes_on(&load) && gh_load_decide_walking(&load) ? -EACCES : 0;
}

SEC("lsm/file_mprotect")
int BPF_PROG(gh_protect, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot, int ret)
{
	struct gh_load load;
	struct file *file;
	__u64 area_flags;

	if (ret || !(prot & PROT_EXEC_BIT))
		return ret;
	/* On overlayfs it is the real file, so the content's own inode is described. */
	file = vma->vm_file;
	area_flags = vma->vm_flags;
	if (gh_memory_protect(vma, file, area_flags, reqprot, prot))
		return -EACCES;
	if (!file || area_flags & VM_EXEC_BIT || gh_load_is_idle(file, GH_OPERATION_IMAGE_LOAD_LIBRARY))
		return 0;
	gh_load_library(&load, file, GH_OPERATION_IMAGE_LOAD_LIBRARY, GH_HOOK_FILE_MPROTECT);
	return gh_load_is_settled(&load) ? 0 : gh_load_decide_walking(&load);
}
