/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.credentials: whom a process acts as. All but the last may deny, and the call fails with EPERM.
 *
 * task_fix_setuid, task_fix_setgid  each call that changes a user or group id. Setting what is set already is no change.
 * task_fix_setgroups                each call of setgroups.
 * capset                            each call that adds to a set. Giving up capabilities is not asked: refusing it would
 *                                   leave a process with more than it wants.
 * userns_create                     each new user namespace.
 * bprm_creds_from_file              an exec that gains by it (setuid, file capabilities). That is no change of this
 *                                   operation, but a fact of process.exec, decided once more with it.
 *
 * Changes in both directions are asked, since which one is "more" only the policy knows. A daemon that gives up root and
 * does not look at the result runs on as root if a rule refuses it: rules should name the users that one may become.
 * setfsuid and setfsgid tell nobody of a refusal.
 */
#include "../kernel/process.h"
#include "../lib/ask_alone.h"
#include "../lib/loadexec.h"

/* Read as 64 bits whatever the kernel calls the type: it is the same memory. */
#define gh_capabilities_of(cred, set)                                                                                  \
	({                                                                                                             \
		__u64 _bits = 0;                                                                                       \
		bpf_probe_read_kernel(&_bits, sizeof(_bits),                                                           \
				      (const void *)(cred) + bpf_core_field_offset(struct cred___capabilities, set));  \
		_bits;                                                                                                 \
	})

/* The kernel has computed the new sets before it asks us. Not inlined, for 6.1's sum of stacks. */
static __noinline __u64 gh_gained(const struct cred *new, const struct cred *old)
{
	return (gh_capabilities_of(new, cap_effective) & ~gh_capabilities_of(old, cap_effective)) |
	       (gh_capabilities_of(new, cap_inheritable) & ~gh_capabilities_of(old, cap_inheritable)) |
	       (gh_capabilities_of(new, cap_permitted) & ~gh_capabilities_of(old, cap_permitted));
}

static __always_inline int gh_credentials(const struct cred *cred, __u32 change, __u64 gained, __u32 hook)
{
	struct gh_request request = {
	    .change = change,
	    .new_uid = BPF_CORE_READ(cred, euid.val),
	    .new_gid = BPF_CORE_READ(cred, egid.val),
	    .bits = gained,
	};

	return gh_ask_operation(&request, GH_OPERATION_PROCESS_CREDENTIALS, hook);
}

#define gh_id_differs(name) (BPF_CORE_READ(one, name.val) != BPF_CORE_READ(other, name.val))

SEC("lsm/task_fix_setuid")
int BPF_PROG(gh_cred_uid, struct cred *new, const struct cred *old, int flags, int ret)
{
	const struct cred___ids *one = (void *)new, *other = (void *)old;

	if (ret || !(gh_id_differs(uid) || gh_id_differs(euid) || gh_id_differs(suid) || gh_id_differs(fsuid)))
		return ret;
	return gh_credentials(new, GH_CHANGE_UID, gh_gained(new, old), GH_HOOK_TASK_FIX_SETUID);
}

SEC("lsm/task_fix_setgid")
int BPF_PROG(gh_cred_gid, struct cred *new, const struct cred *old, int flags, int ret)
{
	const struct cred___ids *one = (void *)new, *other = (void *)old;

	if (ret || !(gh_id_differs(gid) || gh_id_differs(egid) || gh_id_differs(sgid) || gh_id_differs(fsgid)))
		return ret;
	return gh_credentials(new, GH_CHANGE_GID, 0, GH_HOOK_TASK_FIX_SETGID);
}

SEC("lsm/task_fix_setgroups")
int BPF_PROG(gh_cred_groups, struct cred *new, const struct cred *old, int ret)
{
	return ret ? ret : gh_credentials(new, GH_CHANGE_GROUPS, 0, GH_HOOK_TASK_FIX_SETGROUPS);
}

static __always_inline __u64 gh_capabilities_at(const void *place)
{
	__u64 bits = 0;

	bpf_probe_read_kernel(&bits, sizeof(bits), place);
	return bits;
}

SEC("lsm/capset")
int BPF_PROG(gh_cred_caps, struct cred *new, const struct cred *old, const void *effective, const void *inheritable,
	     const void *permitted, int ret)
{
	__u64 gained = (gh_capabilities_at(effective) & ~gh_capabilities_of(old, cap_effective)) |
		       (gh_capabilities_at(inheritable) & ~gh_capabilities_of(old, cap_inheritable)) |
		       (gh_capabilities_at(permitted) & ~gh_capabilities_of(old, cap_permitted));

	if (ret || !gained)
		return ret;
	return gh_credentials(new, GH_CHANGE_CAPABILITIES, gained, GH_HOOK_CAPSET);
}

SEC("lsm/userns_create")
int BPF_PROG(gh_cred_userns, const struct cred *cred, int ret)
{
	return ret ? ret : gh_credentials(cred, GH_CHANGE_USER_NAMESPACE, 0, GH_HOOK_USERNS_CREATE);
}

/* Root has all capabilities again after each exec, whatever it gave up: that is not gained by the file. */
static __always_inline int gh_exec_gains(const struct cred *new, const struct cred *old)
{
	if (BPF_CORE_READ(new, euid.val) != BPF_CORE_READ(old, euid.val))
		return 1;
	if (!BPF_CORE_READ(old, uid.val) || !BPF_CORE_READ(old, euid.val))
		return 0;
	return (gh_capabilities_of(new, cap_permitted) & ~gh_capabilities_of(old, cap_permitted)) != 0;
}

SEC("lsm.s/bprm_creds_from_file")
int BPF_PROG(gh_cred_exec, struct linux_binprm *bprm, struct file *file, int ret)
{
	struct linux_binprm___cred *program = (void *)bprm;
	struct task_struct *task = bpf_get_current_task_btf();

	if (ret || !gh_exec_gains(BPF_CORE_READ(program, cred), BPF_CORE_READ(task, cred)))
		return ret;
	return gh_ask_exec_gain(bprm, file);
}
