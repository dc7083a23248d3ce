/* SPDX-License-Identifier: Apache-2.0 */
/* The device beneath FOLDER, as tamper_device.c and tamper_block.c know it. */
#ifndef GATEHOUSE_TAMPER_DEVICE_H
#define GATEHOUSE_TAMPER_DEVICE_H

#include "tamper.h"

/* The node in /dev, the loop device's file, and where in either FOLDER/file is. */
struct tamper_beneath {
	dev_t number;
	char node[64], backing[PATH_MAX];
	off_t place;
};

/* Ends the way if FOLDER is on no block device. */
void tamper_find_beneath(struct tamper_beneath *beneath);

/* The way goes on only if it is a loop device. */
void tamper_need_loop(const struct tamper_beneath *beneath);

/* Whether FILE holds the text on the device: what memory still has of it is dropped first. */
int tamper_is_beneath(const char *text);

#endif
