/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What ends the knowledge of a file's content, and how the agent learns a file's identity. Denies nothing.
 *
 * file_open      sees each open, on overlayfs once for the overlay's inode and once for the real one. An open for writing
 *                ends what is known of the content. While the agent binds paths, its opens are noted, and those of files
 *                that it is given to ask for, always.
 * inode_setattr  sees truncation by path, also by the kernel itself (nfsd) and by overlayfs on the real inode. Its
 *                arguments moved by one between 6.1 and 6.12; the loader picks the variant that fits the kernel's BTF.
 * sb_delete      sees a file system go with its last mount; another one may get its device number.
 */
#include "../lib/content.h"
#include "../lib/trust.h"

static __always_inline void gh_note_binding(const struct gh_inode_key *key)
{
	__u32 zero = 0, one = 1;
	__u64 *binding = bpf_map_lookup_elem(&gh_binding, &zero);

	if (binding && *binding && *binding == (__u32)bpf_get_current_pid_tgid())
		bpf_map_update_elem(&gh_seen, key, &one, BPF_ANY);
}

SEC("lsm/file_open")
int BPF_PROG(gh_content_open, struct file *file, int ret)
{
	__u32 zero = 0;
	__u64 *binding = bpf_map_lookup_elem(&gh_binding, &zero);
	int writes = file->f_mode & FMODE_WRITE_BIT || file->f_flags & O_TRUNC_BIT;
	struct gh_inode_key key;

	if (gh_asking && gh_asking == bpf_get_current_pid_tgid() >> 32)
		gh_ticket_note(file);
	if (!writes && !(binding && *binding))
		return ret;
	gh_inode_identify(file->f_inode, &key);
	if (writes) {
		gh_content_changed(&key);
		gh_count(GH_COUNTER_WRITE_OPENS);
	}
	gh_note_binding(&key);
	return ret;
}

static __always_inline void gh_attributes_change(struct dentry *dentry, struct iattr *attributes)
{
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	struct gh_inode_key key;

	if (!inode || !(BPF_CORE_READ(attributes, ia_valid) & ATTR_SIZE_BIT))
		return;
	gh_inode_identify(inode, &key);
	gh_content_changed(&key);
}

SEC("lsm/inode_setattr")
int BPF_PROG(gh_content_attr2, struct dentry *dentry, struct iattr *attributes, int ret)
{
	gh_attributes_change(dentry, attributes);
	return ret;
}

SEC("lsm/inode_setattr")
int BPF_PROG(gh_content_attr3, void *idmap, struct dentry *dentry, struct iattr *attributes, int ret)
{
	gh_attributes_change(dentry, attributes);
	return ret;
}

SEC("lsm/sb_delete")
int BPF_PROG(gh_content_gone, struct super_block *sb)
{
	gh_content_unmounted(sb->s_dev);
	return 0;
}
