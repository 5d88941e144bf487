#include "policy/ledger/fingerprint.h"

enum { N_NUMBERS = 6 };

/* In order of the row. */
static void members(OvFingerprint *fingerprint, guint64 *numbers[N_NUMBERS]) {
    numbers[0] = &fingerprint->sender;
    numbers[1] = &fingerprint->from;
    numbers[2] = &fingerprint->shape;
    numbers[3] = &fingerprint->message_id;
    numbers[4] = &fingerprint->body;
    numbers[5] = &fingerprint->unsubscribe;
}

void ov_fingerprint_write(const OvFingerprint *fingerprint, guint8 octets[OV_FINGERPRINT_SIZE]) {
    OvFingerprint copy = *fingerprint;
    guint64 *numbers[N_NUMBERS];
    members(&copy, numbers);
    for (guint i = 0; i < N_NUMBERS; i++) {
        guint64 number = GUINT64_TO_LE(*numbers[i]);
        memcpy(octets + i * sizeof number, &number, sizeof number);
    }
    octets[N_NUMBERS * sizeof(guint64)] = (guint8)fingerprint->stream;
}

gboolean ov_fingerprint_read(const guint8 *octets, gsize length, OvFingerprint *fingerprint) {
    if (length != OV_FINGERPRINT_SIZE || octets[length - 1] > OV_STREAM_TRANSACTIONAL)
        return FALSE;
    guint64 *numbers[N_NUMBERS];
    members(fingerprint, numbers);
    for (guint i = 0; i < N_NUMBERS; i++) {
        memcpy(numbers[i], octets + i * sizeof(guint64), sizeof(guint64));
        *numbers[i] = GUINT64_FROM_LE(*numbers[i]);
    }
    fingerprint->stream = (OvStream)octets[length - 1];
    return TRUE;
}
