#include "policy/ledger/egress_volumes.h"

#include "policy/ledger/day_counts.h"
#include "rules/hash.h"

enum {
    MOST_PAIRS = 20000,
    MOST_ADDRESSES = 4096,
    LARGEST = 8, /* senders that are kept in mind for an address */
};

/* The senders of an address that sent most bulk mail: among them are the two that sent most. */
typedef struct {
    guint64 egress;
    guint64 senders[LARGEST];
    guint n;
} Address;

struct OvEgressVolumes {
    OvDayCounts *counts;   /* of address and stream, and of address and sender: its bulk mail */
    GHashTable *addresses; /* of Address, which is its own key */
};

OvEgressVolumes *ov_egress_volumes_new(void) {
    OvEgressVolumes *volumes = g_new0(OvEgressVolumes, 1);
    volumes->counts = ov_day_counts_new(MOST_PAIRS);
    volumes->addresses = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return volumes;
}

void ov_egress_volumes_free(OvEgressVolumes *volumes) {
    if (!volumes)
        return;
    ov_day_counts_free(volumes->counts);
    g_hash_table_unref(volumes->addresses);
    g_free(volumes);
}

static guint64 key_of_stream(guint64 egress, OvStream stream) {
    return ov_hash_spread(egress + stream);
}

static guint64 key_of_sender(guint64 egress, guint64 sender) {
    return ov_hash_spread(ov_hash_spread(egress) ^ sender);
}

static Address *address_of(OvEgressVolumes *volumes, guint64 egress) {
    Address *address = g_hash_table_lookup(volumes->addresses, &egress);
    if (address)
        return address;
    if (g_hash_table_size(volumes->addresses) >= MOST_ADDRESSES)
        g_hash_table_remove_all(volumes->addresses); /* their senders come again */
    address = g_new0(Address, 1);
    address->egress = egress;
    g_hash_table_insert(volumes->addresses, &address->egress, address);
    return address;
}

static guint32 bulk_of(const OvEgressVolumes *volumes, const Address *address, guint i,
                       gint64 now) {
    return ov_day_counts_of(volumes->counts, key_of_sender(address->egress, address->senders[i]),
                            now);
}

/* Keeps the sender of so much bulk mail in mind where it is one of the largest. */
static void note(OvEgressVolumes *volumes, Address *address, guint64 sender, guint32 bulk,
                 gint64 now) {
    guint smallest = 0;
    guint32 least = G_MAXUINT32;
    for (guint i = 0; i < address->n; i++)
        if (address->senders[i] == sender)
            return;
    if (address->n < LARGEST) {
        address->senders[address->n++] = sender;
        return;
    }
    for (guint i = 0; i < LARGEST; i++) {
        guint32 its = bulk_of(volumes, address, i, now);
        if (its < least) {
            least = its;
            smallest = i;
        }
    }
    if (bulk > least)
        address->senders[smallest] = sender;
}

void ov_egress_volumes_add(OvEgressVolumes *volumes, const OvFingerprint *fingerprint,
                           guint recipients, gint64 time) {
    guint64 egress = fingerprint->egress, sender = fingerprint->sender;
    if (!egress || fingerprint->stream == OV_STREAM_NONE)
        return;
    ov_day_counts_add(volumes->counts, key_of_stream(egress, fingerprint->stream), recipients,
                      time);
    if (fingerprint->stream != OV_STREAM_BULK || !sender)
        return;
    guint32 bulk =
        ov_day_counts_add(volumes->counts, key_of_sender(egress, sender), recipients, time);
    note(volumes, address_of(volumes, egress), sender, bulk, time);
}

OvEgressMail ov_egress_volumes_of(OvEgressVolumes *volumes, guint64 egress, guint64 sender,
                                  gint64 now) {
    const OvDayCounts *counts = volumes->counts;
    OvEgressMail mail = {
        .bulk = ov_day_counts_of(counts, key_of_stream(egress, OV_STREAM_BULK), now),
        .transactional =
            ov_day_counts_of(counts, key_of_stream(egress, OV_STREAM_TRANSACTIONAL), now),
        .own = ov_day_counts_of(counts, key_of_sender(egress, sender), now),
    };
    const Address *address = g_hash_table_lookup(volumes->addresses, &egress);
    for (guint i = 0; address && i < address->n; i++)
        if (address->senders[i] != sender)
            mail.other = MAX(mail.other, bulk_of(volumes, address, i, now));
    return mail;
}
