#include "rules/auth/dns_answer.h"
#include "rules/heap.h"

typedef struct {
    OvDnsAnswer answer; /* first: what the outside sees */
    gatomicrefcount references;
    OvDnsRecord records[];
} Shared;

typedef enum { READ_GOOD, READ_UNUSABLE, READ_MALFORMED } Read;

static Shared *shared_new(guint n_records, gsize octets) {
    Shared *shared = g_malloc(sizeof(Shared) + n_records * sizeof(OvDnsRecord) + octets);
    *shared = (Shared){.answer = {.trouble = ""}};
    g_atomic_ref_count_init(&shared->references);
    return shared;
}

const OvDnsAnswer *ov_dns_answer_new(OvDnsStatus status, gboolean secure, const char *trouble) {
    Shared *shared = shared_new(0, 0);
    shared->answer.status = status;
    shared->answer.secure = secure;
    shared->answer.trouble = trouble;
    return &shared->answer;
}

/* A name that takes the whole of wire, as text. text has room for as many octets. */
static Read read_name(OvSlice wire, OvSlice *name, char *text) {
    gboolean usable = TRUE;
    gsize at = 0, length = 0;
    while (at < wire.length && wire.data[at] != '\0') {
        gsize label = (guchar)wire.data[at];
        if (label > OV_DNS_LABEL_LIMIT || label >= wire.length - at)
            return READ_MALFORMED;
        if (length > 0)
            text[length++] = '.';
        for (gsize i = at + 1; i <= at + label; i++) {
            usable = usable && wire.data[i] != '.' && wire.data[i] != '\0';
            text[length++] = g_ascii_tolower(wire.data[i]);
        }
        at += label + 1;
    }
    if (at + 1 != wire.length || length > OV_DNS_NAME_LIMIT)
        return READ_MALFORMED;
    *name = (OvSlice){text, length};
    return usable ? READ_GOOD : READ_UNUSABLE;
}

/* The strings of a TXT, joined (RFC 7208 3.3). */
static Read read_text(OvSlice wire, OvSlice *data, char *text) {
    gsize length = 0;
    for (gsize at = 0; at < wire.length;) {
        gsize string = (guchar)wire.data[at];
        if (string >= wire.length - at)
            return READ_MALFORMED;
        memcpy(text + length, wire.data + at + 1, string);
        length += string;
        at += string + 1;
    }
    *data = (OvSlice){text, length};
    return wire.length > 0 ? READ_GOOD : READ_MALFORMED;
}

static Read read_address(OvSlice wire, gsize length, OvSlice *data, char *text) {
    if (wire.length != length)
        return READ_MALFORMED;
    memcpy(text, wire.data, length);
    *data = (OvSlice){text, length};
    return READ_GOOD;
}

/* text has room for wire.length octets. */
static Read read_record(OvDnsType type, OvSlice wire, OvDnsRecord *record, char *text) {
    *record = (OvDnsRecord){.preference = 0};
    switch (type) {
    case OV_DNS_A:
        return read_address(wire, 4, &record->data, text);
    case OV_DNS_AAAA:
        return read_address(wire, 16, &record->data, text);
    case OV_DNS_TXT:
        return read_text(wire, &record->data, text);
    case OV_DNS_MX:
        if (wire.length < 3)
            return READ_MALFORMED;
        record->preference = (guint)((guchar)wire.data[0] << 8 | (guchar)wire.data[1]);
        return read_name((OvSlice){wire.data + 2, wire.length - 2}, &record->data, text);
    case OV_DNS_PTR:
    case OV_DNS_CNAME:
        return read_name(wire, &record->data, text);
    case OV_N_DNS_TYPES:
        break;
    }
    return READ_MALFORMED;
}

const OvDnsAnswer *ov_dns_answer_read(OvDnsType type, const OvSlice *rdata, guint n_rdata,
                                      gboolean secure) {
    guint n = MIN(n_rdata, OV_DNS_MAX_RECORDS);
    gsize room = 0;
    for (guint i = 0; i < n; i++)
        room += rdata[i].length;
    Shared *shared = shared_new(n, room);
    OvDnsAnswer *answer = &shared->answer;
    char *text = (char *)&shared->records[n];
    for (guint i = 0; i < n; i++) {
        OvDnsRecord *record = &shared->records[answer->n_records];
        Read read = read_record(type, rdata[i], record, text);
        if (read == READ_MALFORMED) {
            ov_dns_answer_unref(answer);
            return ov_dns_answer_new(OV_DNS_FAILED, FALSE, "a record is malformed");
        }
        if (read == READ_UNUSABLE)
            continue;
        text += record->data.length;
        answer->n_records++;
    }
    if (answer->n_records == 0) {
        ov_dns_answer_unref(answer);
        return ov_dns_answer_new(OV_DNS_FAILED, FALSE, "no record can be used");
    }
    answer->status = OV_DNS_FOUND;
    answer->secure = secure;
    answer->records = shared->records;
    return answer;
}

static Shared *shared_of(const OvDnsAnswer *answer) {
    return (Shared *)(guintptr)answer;
}

const OvDnsAnswer *ov_dns_answer_ref(const OvDnsAnswer *answer) {
    g_atomic_ref_count_inc(&shared_of(answer)->references);
    return answer;
}

void ov_dns_answer_unref(const OvDnsAnswer *answer) {
    if (answer && g_atomic_ref_count_dec(&shared_of(answer)->references))
        g_free(shared_of(answer));
}

gsize ov_dns_answer_octets(const OvDnsAnswer *answer) {
    return ov_heap_octets(shared_of(answer));
}
