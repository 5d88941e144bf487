/* The suite of openspf.org for RFC 7208 (tests/data/spf, with its licence), read as it is
 * published. Its expected explanations are left out: they are not fetched. One test program
 * includes it once, and links libyaml. */
#pragma once

#include "rules/auth/spf.h"
#include "tests/unit/dns_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <yaml.h>

/* One case; all of it lives as long as the call that it is given to. */
typedef struct {
    const char *name, *sender, *helo, *host;
    OvDnsBook *book; /* the scenario's zone, fresh for each case */
    OvArena *arena;
    yaml_document_t *document;
    const yaml_node_t *result;
} SpfCase;
typedef void (*SpfCaseFunc)(const SpfCase *c, gpointer data);

static const char *text_of(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static yaml_node_t *member(yaml_document_t *document, const yaml_node_t *map, const char *name) {
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++)
        if (strcmp(text_of(yaml_document_get_node(document, pair->key)), name) == 0)
            return yaml_document_get_node(document, pair->value);
    return NULL;
}

/* The strings of one TXT record, joined. */
static OvSlice strings_of(OvArena *arena, yaml_document_t *document, const yaml_node_t *node) {
    if (node->type == YAML_SCALAR_NODE)
        return (OvSlice){text_of(node), node->data.scalar.length};
    GString *joined = g_string_new(NULL);
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *part = yaml_document_get_node(document, *item);
        g_string_append_len(joined, text_of(part), (gssize)part->data.scalar.length);
    }
    OvSlice result = ov_arena_dup(arena, (OvSlice){joined->str, joined->len});
    g_string_free(joined, TRUE);
    return result;
}

/* YAML has characters where the DNS has octets: U+0080 to U+00FF stand for one each. */
static OvSlice octets_of(OvArena *arena, OvSlice text) {
    GString *octets = g_string_new(NULL);
    const char *end = text.data + text.length;
    for (const char *p = text.data; p < end; p = g_utf8_next_char(p))
        g_string_append_c(octets, (char)g_utf8_get_char(p));
    OvSlice result = ov_arena_dup(arena, (OvSlice){octets->str, octets->len});
    g_string_free(octets, TRUE);
    return result;
}

static void add_record(OvDnsBook *book, OvArena *arena, yaml_document_t *document, const char *name,
                       const yaml_node_t *entry, gboolean *has_txt) {
    const yaml_node_pair_t *pair = entry->data.mapping.pairs.start;
    const char *type = text_of(yaml_document_get_node(document, pair->key));
    const yaml_node_t *value = yaml_document_get_node(document, pair->value);
    if (strcmp(type, "MX") == 0) {
        const yaml_node_item_t *item = value->data.sequence.items.start;
        const char *host = text_of(yaml_document_get_node(document, item[1]));
        g_autofree char *mx = g_strdup_printf(
            "%s %s", text_of(yaml_document_get_node(document, item[0])), *host ? host : ".");
        dns_table_add(book, name, OV_DNS_MX, mx);
        return;
    }
    if (strcmp(type, "TXT") == 0) {
        *has_txt = TRUE;
        if (strcmp(text_of(value), "NONE") != 0)
            dns_table_add_text(book, name, octets_of(arena, strings_of(arena, document, value)));
        return;
    }
    for (OvDnsType of = 0; of < OV_N_DNS_TYPES; of++)
        if (strcmp(type, ov_dns_type_name(of)) == 0)
            dns_table_add(book, name, of, text_of(value));
}

/* Records of the old type SPF stand for TXT where a name has no TXT of its own; what a name that
 * times out does not have is not answered. */
static void add_name(OvDnsBook *book, OvArena *arena, yaml_document_t *document, const char *name,
                     const yaml_node_t *entries) {
    gboolean has_txt = FALSE, fails = FALSE;
    yaml_node_item_t *start = entries->data.sequence.items.start,
                     *top = entries->data.sequence.items.top;
    for (yaml_node_item_t *item = start; item < top; item++) {
        const yaml_node_t *entry = yaml_document_get_node(document, *item);
        if (entry->type == YAML_MAPPING_NODE)
            add_record(book, arena, document, name, entry, &has_txt);
        else
            fails = TRUE;
    }
    for (yaml_node_item_t *item = start; item < top && !has_txt; item++) {
        const yaml_node_t *entry = yaml_document_get_node(document, *item);
        const yaml_node_t *spf =
            entry->type == YAML_MAPPING_NODE ? member(document, entry, "SPF") : NULL;
        if (spf)
            dns_table_add_text(book, name, octets_of(arena, strings_of(arena, document, spf)));
    }
    if (fails)
        dns_table_set_rest(book, name, OV_DNS_FAILED);
}

/* Whether the suite allows a result. */
static inline gboolean spf_case_expects(const SpfCase *c, const char *name) {
    const yaml_node_t *result = c->result;
    if (result->type == YAML_SCALAR_NODE)
        return strcmp(text_of(result), name) == 0;
    for (yaml_node_item_t *item = result->data.sequence.items.start;
         item < result->data.sequence.items.top; item++)
        if (strcmp(text_of(yaml_document_get_node(c->document, *item)), name) == 0)
            return TRUE;
    return FALSE;
}

static guint run_scenario(yaml_document_t *document, SpfCaseFunc each, gpointer data) {
    const yaml_node_t *root = yaml_document_get_root_node(document);
    const yaml_node_t *tests = member(document, root, "tests"),
                      *zone = member(document, root, "zonedata");
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    for (yaml_node_pair_t *test = tests->data.mapping.pairs.start;
         test < tests->data.mapping.pairs.top; test++, n++) {
        g_autoptr(OvDnsBook) book = dns_table_new();
        for (yaml_node_pair_t *name = zone->data.mapping.pairs.start;
             name < zone->data.mapping.pairs.top; name++)
            add_name(book, arena, document, text_of(yaml_document_get_node(document, name->key)),
                     yaml_document_get_node(document, name->value));
        const yaml_node_t *value = yaml_document_get_node(document, test->value);
        SpfCase c = {.name = text_of(yaml_document_get_node(document, test->key)),
                     .sender = text_of(member(document, value, "mailfrom")),
                     .helo = text_of(member(document, value, "helo")),
                     .host = text_of(member(document, value, "host")),
                     .book = book,
                     .arena = arena,
                     .document = document,
                     .result = member(document, value, "result")};
        each(&c, data);
    }
    return n;
}

/* Calls each for every case; how many there are. */
static guint spf_suite_each(SpfCaseFunc each, gpointer data) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *path =
        g_build_filename(source ? source : ".", "tests/data/spf/rfc7208-tests.yml", NULL);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    yaml_parser_t parser;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    guint n = 0;
    for (;;) {
        yaml_document_t document;
        assert_true(yaml_parser_load(&parser, &document));
        gboolean more = yaml_document_get_root_node(&document) != NULL;
        if (more)
            n += run_scenario(&document, each, data);
        yaml_document_delete(&document);
        if (!more)
            break;
    }
    yaml_parser_delete(&parser);
    (void)fclose(file);
    return n;
}

/* What Outvet makes of it. */
static OvSpfResult spf_case_ask(const SpfCase *c, OvSpf *spf) {
    OvSpfQuestion question = {.sender = ov_slice(c->sender), .helo = ov_slice(c->helo)};
    assert_true(ov_ip_address_parse(ov_slice(c->host), &question.address));
    guint rounds = 0;
    do {
        ov_spf_check_mail_from(c->arena, c->book, &question, spf);
        ov_dns_wait(c->book);
        assert_true(rounds++ < 100);
    } while (spf->result == OV_SPF_PENDING);
    return spf->result;
}
