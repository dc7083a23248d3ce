/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with libpayload.so: the loader maps that before anything of this runs. */
void payload(void);

int main(void)
{
	payload();
	return 0;
}
