#include "policy/ledger/fingerprint.h"

enum {
    N_NUMBERS = 6,
    STREAM = N_NUMBERS * sizeof(guint64), /* where it stands */
    EGRESS = STREAM + 1,
    SIZE_WITHOUT_EGRESS = EGRESS, /* as earlier versions wrote it */
};

/* In order of the row. */
static void members(OvFingerprint *fingerprint, guint64 *numbers[N_NUMBERS]) {
    numbers[0] = &fingerprint->sender;
    numbers[1] = &fingerprint->from;
    numbers[2] = &fingerprint->shape;
    numbers[3] = &fingerprint->message_id;
    numbers[4] = &fingerprint->body;
    numbers[5] = &fingerprint->unsubscribe;
}

static void write_number(guint8 *octets, guint64 number) {
    number = GUINT64_TO_LE(number);
    memcpy(octets, &number, sizeof number);
}

static guint64 read_number(const guint8 *octets) {
    guint64 number;
    memcpy(&number, octets, sizeof number);
    return GUINT64_FROM_LE(number);
}

void ov_fingerprint_write(const OvFingerprint *fingerprint, guint8 octets[OV_FINGERPRINT_SIZE]) {
    OvFingerprint copy = *fingerprint;
    guint64 *numbers[N_NUMBERS];
    members(&copy, numbers);
    for (guint i = 0; i < N_NUMBERS; i++)
        write_number(octets + i * sizeof(guint64), *numbers[i]);
    octets[STREAM] = (guint8)fingerprint->stream;
    write_number(octets + EGRESS, fingerprint->egress);
}

gboolean ov_fingerprint_read(const guint8 *octets, gsize length, OvFingerprint *fingerprint) {
    if ((length != OV_FINGERPRINT_SIZE && length != SIZE_WITHOUT_EGRESS) ||
        octets[STREAM] > OV_STREAM_TRANSACTIONAL)
        return FALSE;
    guint64 *numbers[N_NUMBERS];
    members(fingerprint, numbers);
    for (guint i = 0; i < N_NUMBERS; i++)
        *numbers[i] = read_number(octets + i * sizeof(guint64));
    fingerprint->stream = (OvStream)octets[STREAM];
    fingerprint->egress = length == OV_FINGERPRINT_SIZE ? read_number(octets + EGRESS) : 0;
    return TRUE;
}
