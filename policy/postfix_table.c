#include "policy/postfix_table.h"

#include <string.h>

static void entry_free(gpointer data) {
    OvPostfixEntry *entry = data;
    g_free(entry->key);
    g_free(entry->value);
    g_free(entry->table);
    g_free(entry);
}

OvPostfixTable *ov_postfix_table_new(void) {
    OvPostfixTable *table = g_new0(OvPostfixTable, 1);
    table->entries = g_ptr_array_new_with_free_func(entry_free);
    table->troubles = g_ptr_array_new_with_free_func(g_free);
    table->keys = g_hash_table_new(g_str_hash, g_str_equal);
    return table;
}

void ov_postfix_table_free(OvPostfixTable *table) {
    if (!table)
        return;
    g_hash_table_unref(table->keys);
    g_ptr_array_unref(table->entries);
    g_ptr_array_unref(table->troubles);
    g_free(table);
}

static void add_entry(OvPostfixTable *table, const char *name, char *key, const char *value) {
    g_autofree char *folded = g_ascii_strdown(g_strstrip(key), -1);
    if (!*folded || g_hash_table_contains(table->keys, folded))
        return;
    if (table->entries->len >= OV_POSTFIX_MAX_ENTRIES) {
        table->truncated = TRUE;
        return;
    }
    OvPostfixEntry *entry = g_new0(OvPostfixEntry, 1);
    entry->key = g_steal_pointer(&folded);
    entry->value = g_strstrip(g_strdup(value));
    entry->table = g_strdup(name);
    g_ptr_array_add(table->entries, entry);
    g_hash_table_insert(table->keys, entry->key, entry);
}

void ov_postfix_table_add(OvPostfixTable *table, const char *name, const char *listing) {
    g_auto(GStrv) lines = g_strsplit(listing, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *tab = strchr(*line, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        add_entry(table, name, *line, tab + 1);
    }
}

void ov_postfix_table_add_trouble(OvPostfixTable *table, const char *name, const char *why) {
    g_ptr_array_add(table->troubles, g_strdup_printf("%s can't be listed (%s)", name, why));
}

const OvPostfixEntry *ov_postfix_table_find(const OvPostfixTable *table, const char *key) {
    return g_hash_table_lookup(table->keys, key);
}
