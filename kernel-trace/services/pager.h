/* pager.h - what a thread can ask of its pager, beside the pages that it faults on. Guest
 * only. */
#ifndef CROSSBILL_PAGER_H
#define CROSSBILL_PAGER_H

#define PAGER_TAKE_BACK 1 /* words[0]: all pages that it has from the pager */

#endif
