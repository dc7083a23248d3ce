/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marker FILE ARGS...: makes FILE with its very first instructions, before any library or loader runs; then it ends.
 * What is killed before its first instruction leaves no FILE.
 */
#include <fcntl.h>
#include <sys/syscall.h>

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tjmp marker_start\n");

static long call3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}

/* The stack of a new program: the number of arguments, then the arguments. */
__attribute__((noreturn, used)) void marker_start(long *stack)
{
	long made = stack[0] < 2 ? -1 : call3(SYS_open, stack[2], O_CREAT | O_WRONLY, 0644);

	call3(SYS_exit_group, made < 0 ? 2 : 0, 0, 0);
	__builtin_unreachable();
}
