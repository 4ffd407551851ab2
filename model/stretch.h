/* stretch.h - fetches from one window, of instructions that are quickly charged, summed
 * up.
 *
 * Two of three records are such, data accesses in between. They change no cache
 * and no TLB, only sums, and these are kept in registers until the stretch ends: with
 * everything that is no access, and with any fetch that does not belong to it. So thread
 * and mode, which change with events alone, are those of the fetch that it began with.
 */
#ifndef CROSSBILL_STRETCH_H
#define CROSSBILL_STRETCH_H

#include "model/cutting.h"

/* On whose behalf its fetches are made is the same for all: that of the window. */
struct stretch {
    struct window window;
    uint16_t domain; /* id, of the window's */
    bool kernel, worked;
    uint8_t role; /* of its code: REF_PATH, REF_IDLE or neither */
    uint32_t last_code;
    int64_t fetches, mcycles;
    struct charged *charged; /* the window's domain in this phase */
    /* Of one account, those that are not yet in a bill: */
    enum account account;
    int64_t unbilled, unbilled_mcycles;
};

/* After this fetch, which set the window or lies in it. */
INLINE struct stretch stretch_begin(const struct preparer *preparer,
                                    const struct trace_record *record, bool plain)
{
    const struct charger *charger = &preparer->charger;
    const struct window *window = &preparer->window;
    struct stretch stretch = {.window = *window,
                              .domain = record->domain,
                              .kernel = record->user == 0,
                              .worked = preparer->worked,
                              .role = window->flags & (REF_PATH | REF_IDLE)};
    if (!plain)
        stretch.charged =
            &charger->charged[charger->phase * charger->ledger->domain_count +
                              window->domain];
    return stretch;
}

INLINE void stretch_bill(struct stretch *stretch, const struct charger *charger)
{
    if (stretch->unbilled > 0)
        bills_instructions(charger->bills, stretch->window.excursion, stretch->account,
                           stretch->unbilled, stretch->unbilled_mcycles);
    stretch->unbilled = stretch->unbilled_mcycles = 0;
}

INLINE void stretch_charge(struct stretch *stretch, const struct charger *charger,
                           const struct code_info *code)
{
    stretch->charged->n[code->account][code->instruction.class]++;
    if (charger->bills == NULL || !account_is_billed(code->account))
        return;
    if (code->account != stretch->account) {
        stretch_bill(stretch, charger);
        stretch->account = code->account;
    }
    stretch->unbilled++;
    stretch->unbilled_mcycles += code->mcycles;
}

/* It costs what is known of its code location, or, a branch, what will be known soon. */
INLINE void stretch_add(struct stretch *stretch, struct charger *charger,
                        const struct trace_record *record, bool plain)
{
    const struct code_info *code = &charger->codes[record->code];
    stretch->fetches++;
    stretch->last_code = record->code;
    if (charger->waiting.code != NULL)
        charger_follow(charger, record, plain);
    if (code->forks) {
        charger->waiting = (struct waiting){.code = code,
                                            .excursion = stretch->window.excursion,
                                            .domain = stretch->window.domain};
        return;
    }
    stretch->mcycles += code->mcycles;
    if (!plain)
        stretch_charge(stretch, charger, code);
}

/* Whether the record belongs to the stretch; if so it is done with. */
INLINE bool stretch_extends(struct stretch *stretch, struct preparer *preparer,
                            const struct trace_record *record, bool plain)
{
    struct charger *charger = &preparer->charger;
    if (record->kind != TRACE_FETCH || record->domain != stretch->domain ||
        record->code >= charger->code_count || !window_covers(&stretch->window, record))
        return false;
    const struct code_info *code = &charger->codes[record->code];
    if (!charger_is_quick(charger, code))
        return false;
    if (!plain && (code->flags != stretch->role || preparer->worked != stretch->worked))
        return false;
    stretch_add(stretch, charger, record, plain);
    return true;
}

INLINE void stretch_end(struct stretch *stretch, struct preparer *preparer, bool plain)
{
    if (stretch->fetches == 0)
        return;
    if (!plain)
        stretch_bill(stretch, &preparer->charger);
    preparer->charger.last_code = stretch->last_code;
    preparer->charger.total += stretch->mcycles;
    preparer->repeats[stretch->kernel] += stretch->fetches;
}

#endif
