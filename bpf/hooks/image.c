/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.exec and image.load: what may be started and what may be mapped executable.
 *
 * bprm_check_security  sees each image that takes part in an execve: the script and then its interpreter. May deny
 *                      before anything of the new image exists. Sleepable: reads the file for its hash.
 * bprm_creds_for_exec  sees an interpreter that asks whether it may run a file (AT_EXECVE_CHECK, from 6.14); the kernel goes no further
 *                      then. May deny.
 * mmap_file            sees each mapping of a file with PROT_EXEC: libraries, ld.so FILE, dlopen, memfd. May deny.
 *                      Sleepable. Mappings without PROT_EXEC pass, but a likely image is hashed while we can sleep.
 * file_mprotect        hooks/protect.c.
 */
#include "../lib/loadexec.h"
#include "../lib/unknown.h"

SEC("lsm.s/bprm_check_security")
int BPF_PROG(gh_image_bprm, struct linux_binprm *bprm, int ret)
{
	struct gh_load load = {
	    .file = bprm->file,
	    .operation = GH_OPERATION_PROCESS_EXEC, /* and the next: GH_OPERATION_IMAGE_LOAD_EXECUTABLE */
	    .count = 2,
	    .hook = GH_HOOK_BPRM_CHECK,
	};

	if (ret || !load.file)
		return ret;
	load.kind = gh_unknown_number(gh_exec_kind(bprm));
	load.keeps = 1;
	if (bprm->interp == bprm->filename)
		gh_keep_begin();
	if (gh_load_is_settled(&load))
		return 0;
	return gh_load_decide(&load);
}

/* Nothing of the file has been read yet. What an interpreter asks for is a script. */
SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(gh_image_check, struct linux_binprm *bprm, int ret)
{
	struct gh_load load = {
	    .file = bprm->file,
	    .operation = GH_OPERATION_PROCESS_EXEC, /* and the next: GH_OPERATION_IMAGE_LOAD_EXECUTABLE */
	    .count = 2,
	    .hook = GH_HOOK_BPRM_CREDS_FOR_EXEC,
	    .kind = GH_IMAGE_KIND_SCRIPT,
	};

	if (!bpf_core_field_exists(bprm->is_check) || ret || !BPF_CORE_READ_BITFIELD_PROBED(bprm, is_check) ||
	    !load.file)
		return ret;
	if (gh_load_is_settled(&load))
		return 0;
	return gh_load_decide(&load);
}

/* execve maps the image that bprm_check_security has just decided; the program does not run yet (no start_code). */
static __always_inline int gh_is_own_exec(struct inode *inode)
{
	struct task_struct *task = bpf_get_current_task_btf();

	/* A process can give itself a start_code of 0 and another exe_file; it cannot be in execve. Without it: decide. */
	if (!bpf_core_field_exists(task->in_execve) || !BPF_CORE_READ_BITFIELD_PROBED(task, in_execve))
		return 0;
	return !BPF_CORE_READ(task, mm, start_code) && BPF_CORE_READ(task, mm, exe_file, f_inode) == inode;
}

#define GH_NAME_TAIL 32

/* Larger files with an executable bit are more likely data on a file system without modes than libraries. */
#define GH_PREPARE_MAX_BYTES (64ull << 20)

/* Executable bit, or ".so" near the end of the name. Only saves later misses: what is not recognised here is a miss. */
static __noinline int gh_looks_like_image(struct file *file, __u32 mode)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	char tail[GH_NAME_TAIL] = {};

	if (mode & MODE_ANY_EXEC)
		return 1;
	if (length > GH_NAME_TAIL - 1) {
		name += length - (GH_NAME_TAIL - 1);
		length = GH_NAME_TAIL - 1;
	}
	if (bpf_probe_read_kernel(tail, length & (GH_NAME_TAIL - 1), name))
		return 0;
	for (int i = 0; i < GH_NAME_TAIL - 3; i++) {
		if (tail[i] == '.' && tail[i + 1] == 's' && tail[i + 2] == 'o')
			return 1;
	}
	return 0;
}

/* Who maps a file to write to it may pin its memory for later: maps/content.h. */
static __always_inline void gh_note_shared(struct file *file, unsigned long flags)
{
	struct inode *inode = file->f_inode, *backing;
	struct gh_inode_key key;
	__u32 one = 1;

	if ((flags & MAP_TYPE_MASK) == MAP_PRIVATE_TYPE || !(file->f_mode & FMODE_WRITE_BIT))
		return;
	backing = gh_backing_inode(file, inode, inode->i_sb->s_magic);
	if (!backing || (BPF_CORE_READ(backing, i_mode) & MODE_TYPE_MASK) != MODE_REGULAR || gh_is_nameless(backing))
		return;
	gh_inode_identify(backing, &key);
	/* Not kept: then it could be believed to be the same later. */
	if (bpf_map_update_elem(&gh_shared, &key, &one, BPF_ANY))
		gh_count(GH_COUNTER_CONTENT_STORE_FAILURES);
	/* A label without a hash says "nobody writes" until something else changes. */
	bpf_inode_storage_delete(&gh_inodes, inode);
}

/*
 * Reads a file for its hash while we can sleep: it is mapped readable and may become executable in file_mprotect, which cannot
 * read it, or hooks/memory.c asks next.
 */
static __noinline int gh_prepare_mprotect(struct file *file)
{
	struct gh_image image = {};
	struct inode *backing = gh_image_describe(file, &image);

	if ((image.mode & MODE_TYPE_MASK) == MODE_REGULAR && backing && image.size < GH_PREPARE_MAX_BYTES &&
	    !(image.flags & (GH_IMAGE_WRITERS | GH_IMAGE_UNLINKED)) &&
	    gh_content_is_local(BPF_CORE_READ(backing, i_sb, s_magic)) && gh_looks_like_image(file, image.mode))
		gh_content_hash(file, backing, &image);
	return 0;
}

/*
 * Shared with whoever writes to it (a JIT's double mapping): what it holds now says nothing of what will run, and hashing
 * the gigabytes that .NET reserves takes minutes. That is class memory's to decide.
 */
static __always_inline int gh_is_written_while_mapped(struct file *file)
{
	struct inode *backing = gh_backing_inode(file, file->f_inode, file->f_inode->i_sb->s_magic);

	return !file->f_inode->i_nlink || (backing && BPF_CORE_READ(backing, i_writecount.counter) > 0);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(gh_image_mmap, struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags, int ret)
{
	struct gh_load load;

	/* Anonymous memory has no file. 6.12 removes the first test as one that is never true, 7.2 demands it. */
	if (ret || !file || !gh_unknown_pointer(file))
		return ret;
	gh_note_shared(file, flags);
	if (prot & PROT_EXEC_BIT ? gh_memory_wants_hash() : gh_load_wants_hash())
		gh_prepare_mprotect(file);
	if (!(prot & PROT_EXEC_BIT) || gh_load_is_idle(file, GH_OPERATION_IMAGE_LOAD_LIBRARY))
		return 0;
	gh_load_library(&load, file, GH_OPERATION_IMAGE_LOAD_LIBRARY, GH_HOOK_MMAP_FILE);
	if ((flags & MAP_TYPE_MASK) != MAP_PRIVATE_TYPE && gh_is_written_while_mapped(file))
		load.hash_state = GH_HASH_VOLATILE;
	/* Two numbers that the verifier knows would be two programs to verify. */
	load.hash_state = gh_unknown_number(load.hash_state);
	/* The cheaper question first: most mappings are of no rule, or known, and few are an exec's. */
	if (gh_load_is_settled(&load) || gh_is_own_exec(file->f_inode))
		return 0;
	return gh_load_decide(&load);
}
