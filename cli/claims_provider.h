/* claims_provider.h - the replays that claims ask for: recorded if need be, replayed
 * once, and kept. */
#ifndef CROSSBILL_CLAIMS_PROVIDER_H
#define CROSSBILL_CLAIMS_PROVIDER_H

#include "reports/claims.h"

#define CLAIMS_CACHE "reports/out/traces"

struct provider;

/* Recordings are looked for, and kept, in `directory`; NULL is CLAIMS_CACHE. With
 * `renews` those that would come out otherwise now are made again; else they are left
 * alone. */
struct provider *provider_create(const char *directory, bool renews, bool may_record,
                                 struct cb_error *error);
void provider_free(struct provider *provider); /* NULL is fine */

/* The signal that ended a recording, or 0. */
int provider_signal(const struct provider *provider);

/* For struct claim_provider; `context` is the provider. */
enum claim_answer provider_replay(void *context, const char *recording,
                                  const char *machine, struct claim_evidence *evidence,
                                  struct cb_error *error);

#endif
