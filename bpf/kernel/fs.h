/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The file system structures that we touch: only the fields that are read. CO-RE finds them in the running kernel. */
#ifndef GH_KERNEL_FS_H
#define GH_KERNEL_FS_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct file_system_type {
	const char *name;
};

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
	struct file_system_type *s_type;
	unsigned long s_flags;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	__u32 i_rdev;
	unsigned long i_ino;
	__u32 i_nlink;
	__s64 i_size;
	__u32 i_generation;
	atomic_t i_writecount;
	struct super_block *i_sb;
};

/* The inode of tmpfs stands in it. */
struct shmem_inode_info {
	unsigned int seals;
	struct inode vfs_inode;
};

/* To 6.17; see lib/verity.h. */
struct inode___verity {
	struct fsverity_info *i_verity_info;
};

struct fsverity_hash_alg {
	unsigned int digest_size;
};

struct merkle_tree_params {
	const struct fsverity_hash_alg *hash_alg;
};

struct fsverity_info {
	struct merkle_tree_params tree_params;
	__u8 file_digest[64];
};

/* The change time: i_ctime to 6.5, __i_ctime to 6.10, then two fields. */
struct inode___i_ctime {
	struct timespec64 i_ctime;
};

struct inode___hidden_ctime {
	struct timespec64 __i_ctime;
};

struct inode___split_ctime {
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
};

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev; /* null = not in the directory any more */
};

struct seqcount {
	unsigned int sequence;
};

struct seqcount_spinlock {
	struct seqcount seqcount;
};

struct dentry {
	struct seqcount_spinlock d_seq; /* counts its renames, and more */
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
	int mnt_flags;
};

struct mnt_namespace;

struct mount {
	struct mnt_namespace *mnt_ns;
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	__u32 f_mode;
	void *private_data;
};

/* What an overlay file maps: in 6.5 with the real path beside it, from 6.8 with the path that the user opened. */
struct backing_file {
	struct file file;
	struct path user_path;
};

struct renamedata {
	struct dentry *old_dentry;
	struct dentry *new_dentry;
};

struct iattr {
	unsigned int ia_valid;
};

#pragma clang attribute pop

/* From the kernel's include/linux/fs.h, stat.h and magic.h; macros are not in BTF. */
#define FMODE_WRITE_BIT 0x2u
/* FMODE_BACKING is bit 25 to 6.12, then bit 24, with 25 for another purpose; stable kernels have either. */
#define FMODE_BACKING_BITS 0x3000000u
#define O_TRUNC_BIT	   01000u
#define ATTR_SIZE_BIT	   (1u << 3)
#define MODE_TYPE_MASK	   0170000
#define MODE_REGULAR	   0100000
#define MODE_DIRECTORY	   0040000
#define MODE_BLOCK	   0060000
#define MODE_SETUID	   04000
#define MODE_SETGID	   02000
#define MODE_ANY_EXEC	   0111
#define MODE_GROUP_WRITE   0020
#define MODE_WORLD_WRITE   0002
#define SB_READ_ONLY_BIT   1ul
/* include/linux/mount.h */
#define MNT_NO_SUID_BIT	  0x01
#define MNT_NO_DEV_BIT	  0x02
#define MNT_NO_EXEC_BIT	  0x04
#define MNT_READ_ONLY_BIT 0x40

#define MAGIC_OVERLAY  0x794c7630u
#define MAGIC_FUSE     0x65735546u
#define MAGIC_TMPFS    0x01021994u
#define MAGIC_EXT4     0xef53u
#define MAGIC_XFS      0x58465342u
#define MAGIC_F2FS     0xf2f52010u
#define MAGIC_SQUASHFS 0x73717368u
#define MAGIC_EROFS    0xe0f5e1e2u
#define MAGIC_ISO9660  0x9660u

#endif
