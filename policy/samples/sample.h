/* A sample: the octets of one message that passed here, kept so that a false positive can be argued
 * with the mail itself (guide G4). In a file it is compressed and encrypted (AES-256-GCM), so that
 * a copied disk tells no more than sizes and times. */
#pragma once

#include <glib.h>

enum {
    OV_SAMPLE_KEY_SIZE = 32,
    OV_SAMPLE_MAX = 256 * 1024 * 1024, /* octets of a message that are kept at most */
};

typedef struct {
    gint64 id;    /* policy/message_id.h */
    guint64 size; /* octets of the whole message; more than length where it was cut */
    char *data;   /* its first octets, header and body with CRLF, as the milter was told them */
    gsize length;
} OvSample;
/* With data. */
void ov_sample_free(OvSample *sample);

#define OV_SAMPLE_ERROR (ov_sample_error_quark())
GQuark ov_sample_error_quark(void);
typedef enum {
    OV_SAMPLE_ERROR_ABSENT, /* there is none of that id */
    OV_SAMPLE_ERROR_BROKEN, /* the file is no sample, is damaged, or was written with another key */
    OV_SAMPLE_ERROR_FILE,   /* directory or file can't be used; the message says why */
} OvSampleError;

/* The octets of its file; the caller frees them. The sample has at most OV_SAMPLE_MAX octets. NULL
 * with error (OV_SAMPLE_ERROR_FILE) where there is no memory for it. */
guint8 *ov_sample_seal(const OvSample *sample, const guint8 key[OV_SAMPLE_KEY_SIZE], gsize *length,
                       GError **error);
/* Any octets. Nothing of them is given that was not sealed with that key as the sample of that id:
 * else NULL with OV_SAMPLE_ERROR_BROKEN. */
OvSample *ov_sample_open(const guint8 *octets, gsize length, gint64 id,
                         const guint8 key[OV_SAMPLE_KEY_SIZE], GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSample, ov_sample_free)
