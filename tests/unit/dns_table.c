#include "tests/unit/dns_table.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { MAX_ALIASES = 8 };

typedef struct {
    GArray *records; /* OvDnsRecord, its data owned */
    OvDnsAnswer answer;
    gboolean fixed; /* by dns_table_set */
    gboolean asked, answered;
} Entry;

typedef struct {
    OvDnsBook book;
    GHashTable *entries; /* "TYPE name", octets as a GBytes */
    GHashTable *names;   /* that exist */
    gboolean slow;
    guint n_asked;
} Table;

static void entry_free(gpointer data) {
    Entry *entry = data;
    for (guint i = 0; i < entry->records->len; i++)
        g_free((gpointer)(guintptr)g_array_index(entry->records, OvDnsRecord, i).data.data);
    g_array_unref(entry->records);
    g_free(entry);
}

static GBytes *key_of(OvSlice name, OvDnsType type) {
    GString *key = g_string_new(ov_dns_type_name(type));
    g_string_append_c(key, ' ');
    g_string_append_len(key, name.data, (gssize)name.length);
    return g_string_free_to_bytes(key);
}

static Entry *find(Table *table, OvSlice name, OvDnsType type, gboolean make) {
    g_autoptr(GBytes) key = key_of(name, type);
    Entry *entry = g_hash_table_lookup(table->entries, key);
    if (entry || !make)
        return entry;
    entry = g_new0(Entry, 1);
    entry->records = g_array_new(FALSE, FALSE, sizeof(OvDnsRecord));
    g_hash_table_insert(table->entries, g_bytes_ref(key), entry);
    return entry;
}

static gboolean exists(Table *table, OvSlice name) {
    g_autoptr(GBytes) key = g_bytes_new(name.data, name.length);
    return g_hash_table_contains(table->names, key);
}

static const OvDnsAnswer *final_answer(Table *table, OvSlice name, OvDnsType type, Entry *entry) {
    OvDnsAnswer *answer = &entry->answer;
    answer->trouble = answer->status == OV_DNS_FAILED ? "SERVFAIL" : "";
    if (entry->fixed)
        return answer;
    for (guint aliases = 0; aliases < MAX_ALIASES; aliases++) {
        const Entry *holder = find(table, name, type, FALSE);
        if (holder && (holder->fixed || holder->records->len > 0)) {
            answer->status = holder->fixed ? holder->answer.status : OV_DNS_FOUND;
            answer->records = (const OvDnsRecord *)(gpointer)holder->records->data;
            answer->n_records = holder->records->len;
            return answer;
        }
        const Entry *alias = find(table, name, OV_DNS_CNAME, FALSE);
        if (!alias || alias->records->len == 0) {
            answer->status = exists(table, name) ? OV_DNS_NO_DATA : OV_DNS_NO_NAME;
            return answer;
        }
        name = g_array_index(alias->records, OvDnsRecord, 0).data;
    }
    answer->status = OV_DNS_FAILED;
    answer->trouble = "too many aliases";
    return answer;
}

static const OvDnsAnswer *ask(OvDnsBook *book, OvSlice name, OvDnsType type) {
    static const OvDnsAnswer pending = {.status = OV_DNS_PENDING, .trouble = ""};
    Table *table = (Table *)book;
    Entry *entry = find(table, name, type, TRUE);
    if (!entry->asked)
        table->n_asked++;
    entry->asked = TRUE;
    if (table->slow && !entry->answered)
        return &pending;
    entry->answered = TRUE;
    return final_answer(table, name, type, entry);
}

static void wait_for_all(OvDnsBook *book) {
    Table *table = (Table *)book;
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, table->entries);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        Entry *entry = value;
        entry->answered = entry->asked;
    }
}

OvDnsBook *dns_table_new(void) {
    Table *table = g_new0(Table, 1);
    table->book = (OvDnsBook){.ask = ask, .wait = wait_for_all};
    table->entries = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                           (GDestroyNotify)g_bytes_unref, entry_free);
    table->names =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    return &table->book;
}

void dns_table_free(OvDnsBook *book) {
    Table *table = (Table *)book;
    if (!table)
        return;
    g_hash_table_unref(table->entries);
    g_hash_table_unref(table->names);
    g_free(table);
}

/* The canonical name, which with all names above it exists from now on. */
static OvSlice canonical_name(Table *table, const char *text, char *canonical) {
    gssize length = ov_dns_name(ov_slice(text), canonical);
    g_assert(length >= 0);
    OvSlice name = {canonical, (gsize)length};
    for (gsize i = 0; i < name.length; i++)
        if (i == 0 || name.data[i - 1] == '.')
            g_hash_table_add(table->names, g_bytes_new(name.data + i, name.length - i));
    return name;
}

static void add(Table *table, const char *name, OvDnsType type, OvSlice data, guint preference) {
    char canonical[OV_DNS_NAME_LIMIT];
    Entry *entry = find(table, canonical_name(table, name, canonical), type, TRUE);
    OvDnsRecord record = {{g_memdup2(data.data, data.length), data.length}, preference};
    g_array_append_val(entry->records, record);
}

void dns_table_add_text(OvDnsBook *book, const char *name, OvSlice text) {
    add((Table *)book, name, OV_DNS_TXT, text, 0);
}

void dns_table_add(OvDnsBook *book, const char *name, OvDnsType type, const char *value) {
    Table *table = (Table *)book;
    char octets[16], canonical[OV_DNS_NAME_LIMIT];
    if (type == OV_DNS_TXT) {
        dns_table_add_text(book, name, ov_slice(value));
        return;
    }
    if (type == OV_DNS_A || type == OV_DNS_AAAA) {
        gboolean v6 = type == OV_DNS_AAAA;
        g_assert(inet_pton(v6 ? AF_INET6 : AF_INET, value, octets) == 1);
        add(table, name, type, (OvSlice){octets, v6 ? 16 : 4}, 0);
        return;
    }
    char *rest = (char *)(guintptr)value;
    guint preference = type == OV_DNS_MX ? (guint)strtoul(value, &rest, 10) : 0;
    gssize length = ov_dns_name(ov_slice(rest + (rest > value)), canonical);
    g_assert(length >= 0);
    add(table, name, type, (OvSlice){canonical, (gsize)length}, preference);
}

void dns_table_set(OvDnsBook *book, const char *name, OvDnsType type, OvDnsStatus status) {
    char canonical[OV_DNS_NAME_LIMIT];
    Table *table = (Table *)book;
    Entry *entry = find(table, canonical_name(table, name, canonical), type, TRUE);
    entry->fixed = TRUE;
    entry->answer.status = status;
}

void dns_table_set_rest(OvDnsBook *book, const char *name, OvDnsStatus status) {
    for (OvDnsType type = 0; type < OV_N_DNS_TYPES; type++) {
        const Entry *entry = find((Table *)book, ov_slice(name), type, FALSE);
        if (!entry || entry->records->len == 0)
            dns_table_set(book, name, type, status);
    }
}

static void read_line(OvDnsBook *book, const char *line) {
    g_auto(GStrv) word = g_strsplit(line, " ", 3);
    guint n = g_strv_length(word);
    if (n == 2) {
        g_assert(strcmp(word[1], "failed") == 0 || strcmp(word[1], "pending") == 0);
        dns_table_set_rest(book, word[0], word[1][0] == 'f' ? OV_DNS_FAILED : OV_DNS_PENDING);
        return;
    }
    OvDnsType type = 0;
    while (type < OV_N_DNS_TYPES && strcmp(word[1], ov_dns_type_name(type)) != 0)
        type++;
    g_assert(n == 3 && type < OV_N_DNS_TYPES);
    dns_table_add(book, word[0], type, word[2]);
}

void dns_table_read(OvDnsBook *book, const char *zone) {
    g_auto(GStrv) lines = g_strsplit(zone, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            read_line(book, *line);
}

void dns_table_be_slow(OvDnsBook *book) {
    ((Table *)book)->slow = TRUE;
}

guint dns_table_asked(OvDnsBook *book) {
    return ((Table *)book)->n_asked;
}

gboolean dns_table_was_asked(OvDnsBook *book, const char *name, OvDnsType type) {
    const Entry *entry = find((Table *)book, ov_slice(name), type, FALSE);
    return entry && entry->asked;
}
