/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.exec and image.load: what may be started and what may be mapped executable.
 *
 * bprm_check_security  sees each image that takes part in an execve: the script and then its interpreter. May deny
 *                      before anything of the new image exists. Sleepable: reads the file for its hash.
 * mmap_file            sees each mapping of a file with PROT_EXEC: libraries, ld.so FILE, dlopen, memfd. May deny.
 *                      Sleepable. Mappings without PROT_EXEC pass, but a likely image is hashed while we can sleep.
 * file_mprotect        sees a mapping that becomes executable later. May deny. Cannot sleep, so it knows a hash only if
 *                      it was computed before; otherwise the rule's onMiss decides.
 */
#include "../lib/gate.h"

static long gh_gate_step(__u32 index, struct gh_gate *gate)
{
	if (gh_gate_decide(index, gate->scratch))
		gh_emit(gate->file, gate->scratch);
	return 0;
}

/* The spelled path, if a rule asks for one, into the scratch. */
static __always_inline void gh_gate_path(struct gh_gate *gate)
{
	if (gh_path_of(gate->file, gate->scratch) < 0) {
		gate->scratch->key.text[0] = 0;
		gh_count(GH_COUNTER_PATH_FAILURES);
	}
}

/*
 * Decides `count` operations on one image and reports them. The scratch is given back around the hash: reading sleeps, and
 * slow files must not use up the pool. Afterwards all facts are there, and the generation then in force decides.
 */
static __always_inline int gh_gate_run(struct gh_gate *gate, struct gh_image *image, struct inode *backing, __u32 count)
{
	__u32 denied;

	gh_gate_open(gate, count);
	if (gh_gate_is_idle(gate, image))
		return 0;
	if (!gh_gate_ask(gate, image))
		return gh_refuse_undecided();
	if (gate->wants_path)
		gh_gate_path(gate);
	if (gate->wants_hash && image->hash_state == GH_HASH_NOT_NEEDED)
		bpf_loop(count, gh_gate_asks_hash, gate, 0);
	if (gate->scratch->asked.needs_hash) {
		gh_scratch_give(gate->scratch);
		gh_content_hash(gate->file, backing, image);
		gate->number = gh_generation_in_force();
		if (!gh_gate_ask(gate, image))
			return gh_refuse_undecided();
		gh_gate_path(gate);
	}
	bpf_loop(count, gh_gate_step, gate, 0);
	denied = gate->scratch->asked.denied;
	gh_scratch_give(gate->scratch);
	return denied ? -EPERM : 0;
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(gh_image_bprm, struct linux_binprm *bprm, int ret)
{
	struct gh_image image = {};
	struct gh_gate gate = {
	    .file = bprm->file,
	    .operation = GH_OPERATION_PROCESS_EXEC, /* and the next: GH_OPERATION_IMAGE_LOAD_EXECUTABLE */
	    .hook = GH_HOOK_BPRM_CHECK,
	};

	if (ret || !gate.file)
		return ret;
	return gh_gate_run(&gate, &image, gh_image_describe(gate.file, &image), 2);
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
static __noinline int gh_looks_like_image(struct file *file, const struct gh_image *image)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	char tail[GH_NAME_TAIL] = {};

	if (image->mode & MODE_ANY_EXEC)
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

/* A file is mapped readable and may become executable in file_mprotect, which cannot read it. */
static __always_inline void gh_prepare_mprotect(struct file *file, struct inode *backing, struct gh_image *image)
{
	if ((image->mode & MODE_TYPE_MASK) == MODE_REGULAR && backing && image->size < GH_PREPARE_MAX_BYTES &&
	    !(image->flags & (GH_IMAGE_WRITERS | GH_IMAGE_UNLINKED)) &&
	    gh_content_is_local(BPF_CORE_READ(backing, i_sb, s_magic)) && gh_looks_like_image(file, image))
		gh_content_hash(file, backing, image);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(gh_image_mmap, struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags, int ret)
{
	struct gh_image image = {};
	struct gh_gate gate = {
	    .file = file,
	    .operation = GH_OPERATION_IMAGE_LOAD_LIBRARY,
	    .hook = GH_HOOK_MMAP_FILE,
	};
	struct inode *backing;
	__u32 path = 0, hash = 0;

	if (ret || !file)
		return ret;
	if (!(prot & PROT_EXEC_BIT)) {
		if (gh_wants(gh_generation_in_force(), GH_OPERATION_IMAGE_LOAD_LIBRARY, &path, &hash) && hash)
			gh_prepare_mprotect(file, gh_image_describe(file, &image), &image);
		return 0;
	}
	if (gh_is_own_exec(BPF_CORE_READ(file, f_inode)))
		return 0;
	backing = gh_image_describe(file, &image);
	/*
	 * Shared with whoever writes to it (a JIT's double mapping): what it holds now says nothing of what will run, and
	 * hashing the gigabytes that .NET reserves takes minutes. That is class memory's to decide.
	 */
	if ((flags & MAP_TYPE_MASK) != MAP_PRIVATE_TYPE && image.flags & (GH_IMAGE_WRITERS | GH_IMAGE_UNLINKED))
		image.hash_state = GH_HASH_VOLATILE;
	return gh_gate_run(&gate, &image, backing, 1);
}

/* The hash as far as it can be had without sleeping. */
static __always_inline void gh_hash_without_sleep(struct inode *inode, struct gh_image *image)
{
	if ((image->mode & MODE_TYPE_MASK) != MODE_REGULAR)
		image->hash_state = GH_HASH_VOLATILE;
	else if (inode && gh_content_recall(inode, image))
		return;
	else if (image->flags & (GH_IMAGE_WRITERS | GH_IMAGE_UNLINKED))
		image->hash_state = GH_HASH_VOLATILE;
	else
		image->hash_state = GH_HASH_UNKNOWN;
}

SEC("lsm/file_mprotect")
int BPF_PROG(gh_image_mprot, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot, int ret)
{
	struct gh_image image = {};
	struct gh_gate gate = {
	    .file = vma->vm_file,
	    .operation = GH_OPERATION_IMAGE_LOAD_LIBRARY,
	    .hook = GH_HOOK_FILE_MPROTECT,
	};
	struct inode *inode;
	int path_length;
	__u32 denied;

	if (ret || !gate.file || !(prot & PROT_EXEC_BIT) || vma->vm_flags & VM_EXEC_BIT)
		return ret;
	/* vm_file is the real file on overlayfs, so this describes the content's own inode. */
	inode = gh_image_describe(gate.file, &image);
	gh_gate_open(&gate, 1);
	if (gh_gate_is_idle(&gate, &image))
		return 0;
	/* All facts, whatever the generation asks for: what can be had without sleeping is cheap. */
	gh_hash_without_sleep(inode, &image);
	if (!gh_gate_ask(&gate, &image))
		return gh_refuse_undecided();
	path_length = gh_path_walk(gate.file, gate.scratch, &gate.scratch->key);
	if (path_length < 0) {
		gate.scratch->key.text[0] = 0;
		gh_count(GH_COUNTER_PATH_FAILURES);
	}
	if (gh_gate_decide(0, gate.scratch))
		gh_emit_walked(path_length, gate.scratch);
	denied = gate.scratch->asked.denied;
	gh_scratch_give(gate.scratch);
	return denied ? -EPERM : 0;
}
