/* recordings.h - recordings that are kept: whether the one that is there is what the same
 * command would make now. */
#ifndef CROSSBILL_RECORDINGS_H
#define CROSSBILL_RECORDINGS_H

#include "traces/error.h"
#include "traces/hash.h"

#include <time.h>

/* What recordings would be made with now. */
struct recorder {
    char kernel[HASH_TEXT_SIZE];
    struct timespec built; /* the plugin */
};
bool recorder_know(struct recorder *recorder, struct cb_error *error);

/* *why: the recording that is there must be made again, since it is, for instance, "made
 * with another kernel"; NULL when it need not be. A kernel is known by the hash in the
 * trace's header, a released recorder by the version there; one that was only built
 * again, which leaves no mark in a trace, by the time of its file. False, with CB_IO,
 * when the recording cannot be read: it may well be good. */
bool recording_look(const char *path, const struct recorder *recorder, const char **why,
                    struct cb_error *error);

/* Whether `a` is later. */
bool time_after(struct timespec a, struct timespec b);

#endif
