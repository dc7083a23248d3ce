/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks try to run: if this text appears, it ran. */
#include <stdio.h>

int main(void)
{
	puts("payload ran");
	return 0;
}
