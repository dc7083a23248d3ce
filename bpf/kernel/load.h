/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel loads for itself. The numbers are those of the running kernel: newer ones have more. */
#ifndef GH_KERNEL_LOAD_H
#define GH_KERNEL_LOAD_H

enum kernel_read_file_id {
	READING_FIRMWARE,
	READING_MODULE,
	READING_KEXEC_IMAGE,
	READING_KEXEC_INITRAMFS,
	READING_MODULE_COMPRESSED, /* from 6.18 */
};

enum kernel_load_data_id {
	LOADING_FIRMWARE,
	LOADING_MODULE,
	LOADING_KEXEC_IMAGE,
	LOADING_KEXEC_INITRAMFS,
	LOADING_MODULE_COMPRESSED,
};

#endif
