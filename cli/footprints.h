/* footprints.h - footprints as JSON: what crossbill footprint writes and crossbill
 * predict reads. */
#ifndef CROSSBILL_CLI_FOOTPRINTS_H
#define CROSSBILL_CLI_FOOTPRINTS_H

#include "model/working_set.h"

#include <jansson.h>

json_t *footprints_json(const struct footprints *footprints);
/* Free the footprints. */
bool footprints_load(struct footprints *footprints, const char *path,
                     struct cb_error *error);
/* How many pages the scenario of a trace asks for; 0: it does not say. */
int64_t footprints_pages(const struct trace_reader *trace);
/* Measure a trace's, its number of pages included. */
bool footprints_of(struct footprints *footprints, const struct trace_reader *trace,
                   struct cb_error *error);

#endif
