/* The samples on disk ([samples]): a directory of outvetd's own (0700), in it one directory for
 * each 2.3 hours, named by the first four characters of the Outvet ids of that time, in these a
 * file (0600) for each message, named by its Outvet id. A file is there whole or not at all. What
 * is removed is found by its name, the oldest first: nothing is walked through but once, when the
 * store is opened. One process writes; any that may read the files reads them. */
#pragma once

#include "policy/samples/sample.h"

/* What the key is derived for, by ov_ledger_derive_key. */
#define OV_SAMPLE_KEY_PURPOSE "samples"

/* For writing. Not thread-safe. */
typedef struct OvSampleStore OvSampleStore;

/* Makes the directory where its parent exists, and counts what is there. NULL with
 * OV_SAMPLE_ERROR_FILE: also where others than its owner may use it. */
OvSampleStore *ov_sample_store_open(const char *directory, const guint8 key[OV_SAMPLE_KEY_SIZE],
                                    GError **error);
void ov_sample_store_close(OvSampleStore *store);

/* Cut at OV_SAMPLE_MAX octets. FALSE with OV_SAMPLE_ERROR_FILE; then nothing is left of it. The
 * last OV_SAMPLE_SPARE octets of a disk are left to others: the ledger may be on it. */
enum { OV_SAMPLE_SPARE = 64 * 1024 * 1024 };
gboolean ov_sample_store_put(OvSampleStore *store, const OvSample *sample, GError **error);
/* TRUE where the directory was opened under this name, and it is still there. */
gboolean ov_sample_store_is_at(const OvSampleStore *store, const char *directory);

/* Removes what is from before that time (microseconds since the epoch; 0: nothing is too old), and
 * of the rest the oldest while there is more than most; at most OV_SAMPLE_PRUNED files a call. TRUE
 * where there is more to remove. */
enum { OV_SAMPLE_PRUNED = 100 };
gboolean ov_sample_store_prune(OvSampleStore *store, gint64 before, guint64 most);

guint64 ov_sample_store_number(const OvSampleStore *store);
/* On disk, each file in whole blocks of 4 KiB. */
guint64 ov_sample_store_octets(const OvSampleStore *store);

/* The sample of that id, from any process. NULL with error; OV_SAMPLE_ERROR_ABSENT where there is
 * no such file. */
OvSample *ov_sample_read(const char *directory, const guint8 key[OV_SAMPLE_KEY_SIZE], gint64 id,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSampleStore, ov_sample_store_close)
