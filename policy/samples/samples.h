/* Samples of the mail that departs, taken as it passes ([samples], off by default): the mail path
 * hands over a copy and goes on; a thread of its own compresses, encrypts and writes. What it can't
 * keep up with is dropped and counted: mail never waits for it, nor fails by it. */
#pragma once

#include "policy/samples/sample_store.h"
#include "policy/settings.h"

#include <jansson.h>

enum {
    /* What waits at most: in number, and in octets, but for one that is larger. */
    OV_SAMPLES_WAITING = 1000,
    OV_SAMPLES_WAITING_OCTETS = 32 * 1024 * 1024,
};

typedef struct OvSamples OvSamples;

/* Copies the key. Trouble with the directory is logged, and tried again. */
OvSamples *ov_samples_start(const OvSettings *settings, const guint8 key[OV_SAMPLE_KEY_SIZE]);
/* At a reload. Where there is no directory any more, what was kept there stays. */
void ov_samples_set(OvSamples *samples, const OvSettings *settings);
/* Writes what waits, for some 2 s at most; then nothing is taken any more. NULL does nothing. */
void ov_samples_stop(OvSamples *samples);
/* When nobody offers any more. NULL does nothing. */
void ov_samples_free(OvSamples *samples);

/* Thread-safe; copies data, waits for nothing. size: of the whole message. samples NULL, or no
 * directory set: does nothing. */
void ov_samples_offer(OvSamples *samples, gint64 id, const char *data, gsize length, guint64 size);

/* For `outvet status`. Thread-safe. */
json_t *ov_samples_status(OvSamples *samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSamples, ov_samples_free)
