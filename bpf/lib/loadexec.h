/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading a file to execute it: which of the files of an exec it is, and the question that comes late. */
#ifndef GH_LIB_LOADEXEC_H
#define GH_LIB_LOADEXEC_H

#include "load.h"

/* "#!" at its beginning: an interpreter will be asked for next. */
static __always_inline __u32 gh_exec_kind(struct linux_binprm *bprm)
{
	char begin[2] = {};

	if (!bpf_probe_read_kernel(begin, sizeof(begin), &bprm->buf) && begin[0] == '#' && begin[1] == '!')
		return GH_IMAGE_KIND_SCRIPT;
	/* The interpreter of a script has another name than the program that was asked for. */
	return bprm->interp != bprm->filename ? GH_IMAGE_KIND_INTERPRETER : GH_IMAGE_KIND_EXECUTABLE;
}

/* process.exec once more, now that it is known to gain something. */
static __noinline int gh_ask_exec_gain(struct linux_binprm *bprm, struct file *file)
{
	struct gh_load load = {
	    .file = file,
	    .operation = GH_OPERATION_PROCESS_EXEC,
	    .count = 1,
	    .hook = GH_HOOK_BPRM_CREDS_FROM_FILE,
	    .kind = gh_unknown_number(gh_exec_kind(bprm)),
	    .flags = GH_OPERATION_FLAG_SETUID_GAIN,
	};

	gh_keep_flags(load.flags);
	if (gh_load_is_settled(&load))
		return 0;
	return gh_load_decide(&load);
}

#endif
