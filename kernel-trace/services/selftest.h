/* selftest.h - the tests that root makes before each workload. Guest only. */
#ifndef CROSSBILL_SELFTEST_H
#define CROSSBILL_SELFTEST_H

#include <stdbool.h>

/* False: the kernel is wrong; what failed is on the console. */
bool self_test(void);
void print(const char *text);

#endif
