/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that have memory to execute from their first instruction. Their headers are written here, byte by byte, because
 * no linker makes all of them.
 */
#include "memory.h"
#include <elf.h>
#include <sys/personality.h>

enum { AT_TEXT = 0x400000, AT_DATA = 0x600000, TEXT_OFFSET = 0x200 };

/* Each writes the code, calls it, and ends with 0 if it was executed; `_data` writes it to AT_DATA, `_stack` to its stack. */
asm(".pushsection .rodata\n"
    ".code64\n"
    "memory_data64: mov $0x600000, %edi; movabs $0xc30000002ab8, %rax; mov %rax, (%rdi); call *%rdi; jmp memory_end64\n"
    "memory_stack64: movabs $0xc30000002ab8, %rax; push %rax; call *%rsp\n"
    "memory_end64: xor %edi, %edi; cmp $42, %eax; setne %dil; mov $60, %eax; syscall\n"
    ".code32\n"
    "memory_data32: mov $0x600000, %edi; movl $0x2ab8, (%edi); movl $0xc300, 4(%edi); call *%edi; jmp memory_end32\n"
    "memory_stack32: push $0xc300; push $0x2ab8; call *%esp\n"
    "memory_end32: xor %ebx, %ebx; cmp $42, %eax; setne %bl; mov $1, %eax; int $0x80\n"
    "memory_end: .code64\n"
    ".popsection\n");

extern const char memory_data64[], memory_stack64[], memory_data32[], memory_stack32[], memory_end[];

struct image {
	const char *code;
	unsigned stack; /* flags of PT_GNU_STACK, or NO_STACK */
	unsigned data; /* flags of the segment at AT_DATA, or 0: there is none */
	unsigned in_file; /* how much of that segment is in the file */
};

enum { NO_STACK = ~0u };

#define HEADERS(bits)                                                                                                  \
	static void headers##bits(char *file, const struct image *image)                                               \
	{                                                                                                              \
		Elf##bits##_Ehdr *header = (void *)file;                                                               \
		Elf##bits##_Phdr *segment = (void *)(header + 1);                                                      \
                                                                                                                       \
		memcpy(header->e_ident, ELFMAG, SELFMAG);                                                              \
		header->e_ident[EI_CLASS] = ELFCLASS##bits;                                                            \
		header->e_ident[EI_DATA] = ELFDATA2LSB;                                                                \
		header->e_ident[EI_VERSION] = header->e_version = EV_CURRENT;                                          \
		header->e_type = ET_EXEC;                                                                              \
		header->e_machine = bits == 64 ? EM_X86_64 : EM_386;                                                   \
		header->e_entry = AT_TEXT + TEXT_OFFSET;                                                               \
		header->e_phoff = header->e_ehsize = sizeof(*header);                                                  \
		header->e_phentsize = sizeof(*segment);                                                                \
		segment[0].p_type = PT_LOAD;                                                                           \
		segment[0].p_flags = PF_R | PF_X;                                                                      \
		segment[0].p_vaddr = AT_TEXT;                                                                          \
		segment[0].p_filesz = segment[0].p_memsz = segment[0].p_align = MEMORY_PAGE;                           \
		header->e_phnum = 1;                                                                                   \
		if (image->data) {                                                                                     \
			segment[header->e_phnum].p_type = PT_LOAD;                                                     \
			segment[header->e_phnum].p_flags = image->data;                                                \
			segment[header->e_phnum].p_vaddr = AT_DATA;                                                    \
			segment[header->e_phnum].p_filesz = image->in_file;                                            \
			segment[header->e_phnum].p_memsz = segment[header->e_phnum].p_align = MEMORY_PAGE;             \
			header->e_phnum++;                                                                             \
		}                                                                                                      \
		if (image->stack != NO_STACK) {                                                                        \
			segment[header->e_phnum].p_type = PT_GNU_STACK;                                                \
			segment[header->e_phnum].p_flags = image->stack;                                               \
			segment[header->e_phnum].p_align = 16;                                                         \
			header->e_phnum++;                                                                             \
		}                                                                                                      \
	}

HEADERS(32)
HEADERS(64)

/* Executes it under this personality, if it is one. */
static void execute(int bits, const struct image *image, unsigned long persona)
{
	char file[MEMORY_PAGE] = {0}, path[4096];
	char *arguments[] = {path, NULL};
	int fd = memory_file(path, 0700);

	if (bits == 32)
		headers32(file, image);
	else
		headers64(file, image);
	memcpy(file + TEXT_OFFSET, image->code, memory_end - image->code);
	if (write(fd, file, sizeof(file)) != sizeof(file) || close(fd))
		memory_broken("write");
	if (persona && personality(persona) < 0)
		memory_failed("personality");
	execve(path, arguments, environ);
	if (errno == ENOEXEC)
		memory_unsupported("32-bit programs");
	memory_failed("execve");
}

static void by_stack(void)
{
	execute(64, &(struct image){memory_stack64, 7, 6, 0}, 0);
}

static void by_stack32(void)
{
	execute(32, &(struct image){memory_stack32, 7, 6, 0}, 0);
}

/* The segment has nothing in the file, so it is mapped as memory that is filled with zeros is. */
static void by_bss(void)
{
	execute(64, &(struct image){memory_data64, 6, 7, 0}, 0);
}

static void by_bss32(void)
{
	execute(32, &(struct image){memory_data32, 6, 7, 0}, 0);
}

static void by_segment(void)
{
	execute(64, &(struct image){memory_data64, 6, 7, MEMORY_PAGE}, 0);
}

/* Old: the kernel takes it for a program that must have everything executable. */
static void by_no_header32(void)
{
	execute(32, &(struct image){memory_data32, NO_STACK, 6, MEMORY_PAGE}, 0);
}

static void by_no_header32_bss(void)
{
	execute(32, &(struct image){memory_data32, NO_STACK, 6, 0}, 0);
}

static void by_no_header32_stack(void)
{
	execute(32, &(struct image){memory_stack32, NO_STACK, 6, 0}, 0);
}

static void by_personality32(void)
{
	execute(32, &(struct image){memory_data32, 6, 6, MEMORY_PAGE}, READ_IMPLIES_EXEC);
}

/* The kernel takes the personality from it. */
static void by_personality64(void)
{
	execute(64, &(struct image){memory_data64, 6, 6, MEMORY_PAGE}, READ_IMPLIES_EXEC);
}

static void by_no_header64(void)
{
	execute(64, &(struct image){memory_data64, NO_STACK, 6, MEMORY_PAGE}, 0);
}

const struct memory_way memory_exec_ways[] = {
    {"exec-stack", by_stack, "attack"},
    {"exec-stack-32", by_stack32, "attack"},
    {"exec-bss", by_bss, "attack"},
    {"exec-bss-32", by_bss32, "attack"},
    {"exec-segment", by_segment, "attack"},
    {"exec-no-header-32", by_no_header32, "attack"},
    {"exec-no-header-32-bss", by_no_header32_bss, "attack"},
    {"exec-no-header-32-stack", by_no_header32_stack, "attack"},
    {"exec-personality-32", by_personality32, "attack"},
    {"exec-personality-64", by_personality64, "futile"},
    {"exec-no-header-64", by_no_header64, "futile"},
    {},
};
