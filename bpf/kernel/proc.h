/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands before an inode of procfs in memory. */
#ifndef GH_KERNEL_PROC_H
#define GH_KERNEL_PROC_H

#include "fs.h"
#include "task.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct proc_inode {
	struct pid *pid; /* null: the file is not one of a process */
	struct inode vfs_inode;
};

#pragma clang attribute pop

#define MAGIC_PROC 0x9fa0u

#endif
