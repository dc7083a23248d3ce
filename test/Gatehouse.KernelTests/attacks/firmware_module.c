/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel module that asks for a firmware file, once, when it is loaded, and that is never there afterwards: no kernel of the tests has
 * a driver that asks for firmware without a device. Built by `firmware_module`, in the guest, without the kernel's headers; what it must
 * know of them is told by -D: THIS_MODULE_SIZE, NAME_OFFSET, INIT_OFFSET, VERMAGIC, and FIRMWARE, the name.
 *
 * Loading it ends with ECANCELED if the firmware was there, else with the error of the request.
 */
typedef unsigned char u8;
typedef unsigned long size_t;

struct firmware {
	size_t size;
	const u8 *data;
	void *private;
};

int REQUEST(const struct firmware **firmware, const char *name, void *device);
void release_firmware(const struct firmware *firmware);

enum { ECANCELED = 125 };

int init_module(void)
{
	const struct firmware *firmware = 0;
	int error = REQUEST(&firmware, FIRMWARE, 0);

	if (error)
		return error;
	release_firmware(firmware);
	return -ECANCELED;
}

/* struct module, of which the loader reads the name and where to begin. */
struct this_module {
	char before_name[NAME_OFFSET];
	char name[INIT_OFFSET - NAME_OFFSET];
	int (*init)(void);
	char rest[THIS_MODULE_SIZE - INIT_OFFSET - sizeof(void *)];
};

__attribute__((section(".gnu.linkonce.this_module"), aligned(64))) struct this_module __this_module = {
    .name = "gatehouse_firmware",
    .init = init_module,
};

#define INFORMATION(name, text) \
	__attribute__((section(".modinfo"), used, aligned(1))) static const char information_##name[] = #name "=" text

INFORMATION(license, "GPL");
INFORMATION(name, "gatehouse_firmware");
INFORMATION(vermagic, VERMAGIC);
