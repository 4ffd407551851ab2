/* reference_instruction.h - what a fetch of the naive replay costs, by looking back and
 * ahead in the trace. Rule 14 of reference.h. */
#ifndef CROSSBILL_TESTS_REFERENCE_INSTRUCTION_H
#define CROSSBILL_TESTS_REFERENCE_INSTRUCTION_H

#include "reference.h"

/* The record's code location; it must have one. */
const struct trace_code *code_of(const struct reference_trace *trace,
                                 const struct trace_record *record);

/* Whether a record is a fetch that begins an instruction; `number` counts records. The
 * others are asked of such fetches only. */
bool is_instruction(const struct reference_trace *trace, size_t number);
uint8_t class_of_fetch(const struct reference_trace *trace, size_t number);
int64_t cost_of_fetch(const struct reference_trace *trace, const struct machine *machine,
                      size_t number);
enum account account_of_fetch(const struct reference_trace *trace, size_t number);

#endif
