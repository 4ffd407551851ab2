/* test.h - what every C test includes: cmocka and the headers it wants before it. */
#ifndef CROSSBILL_TEST_H
#define CROSSBILL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
