#include "rules/auth/spf_tree.h"
#include "rules/auth/domain_name.h"
#include "rules/auth/show.h"
#include "rules/auth/spf_record.h"

typedef struct {
    OvArena *arena;
    OvDnsBook *book;
    OvSpfTree *tree;
} Reading;

static gboolean leads_on(const OvSpfTerm *term) {
    return term->kind == OV_SPF_INCLUDE || term->kind == OV_SPF_REDIRECT;
}

static OvSlice without_final_dot(OvSlice name) {
    if (name.length > 0 && name.data[name.length - 1] == '.')
        name.length--;
    return name;
}

static gboolean has_macros(OvSlice name) {
    return name.length > 0 && memchr(name.data, '%', name.length);
}

/* node->record where there is one. */
static OvSpfNodeState find_record(const OvDnsAnswer *txt, OvSpfNode *node, OvSlice *terms) {
    guint n = 0;
    if (txt->status == OV_DNS_PENDING)
        return OV_SPF_NODE_PENDING;
    if (txt->status == OV_DNS_FAILED)
        return OV_SPF_NODE_UNKNOWN;
    for (guint i = 0; i < txt->n_records; i++)
        if (ov_spf_record_is(txt->records[i].data, terms)) {
            node->record = txt->records[i].data;
            n++;
        }
    if (n == 1)
        return OV_SPF_NODE_RECORD;
    node->record = (OvSlice){NULL, 0};
    return n == 0 ? OV_SPF_NODE_NONE : OV_SPF_NODE_SEVERAL;
}

/* Counts what a record takes by itself, and asks for what it leads on to, all at once. */
static void survey(Reading *reading, OvSpfNode *node, OvSlice terms) {
    OvSpfTerm term;
    const char *why;
    OvSpfNext next;
    guint n_asked = 0;
    while ((next = ov_spf_term_next(&terms, &term, &why)) == OV_SPF_TERM) {
        node->n_lookups += ov_spf_kind_asks(term.kind) ? 1 : 0;
        if (leads_on(&term) && !has_macros(term.domain) && n_asked++ < OV_SPF_TREE_MAX_NODES)
            ov_dns_look_up(reading->book, term.domain, OV_DNS_TXT);
    }
    if (next != OV_SPF_FAULT)
        return;
    node->state = OV_SPF_NODE_FAULT;
    node->fault =
        ov_arena_printf(reading->arena, "%s: %s", ov_show(reading->arena, term.text), why);
}

static guint read_node(Reading *reading, OvSlice term, OvSlice domain, guint depth);

static void read_record(Reading *reading, OvSpfNode *node) {
    OvSlice terms;
    const OvDnsAnswer *txt = ov_dns_look_up(reading->book, node->domain, OV_DNS_TXT);
    node->state = find_record(txt, node, &terms);
    reading->tree->pending |= node->state == OV_SPF_NODE_PENDING;
    if (node->state == OV_SPF_NODE_RECORD)
        survey(reading, node, terms);
    OvSpfTerm term;
    const char *why;
    while (node->state == OV_SPF_NODE_RECORD &&
           ov_spf_term_next(&terms, &term, &why) == OV_SPF_TERM)
        if (leads_on(&term))
            node->n_lookups +=
                read_node(reading, term.text, without_final_dot(term.domain), node->depth + 1);
}

/* One record and those below it, to a depth of OV_SPF_MAX_LOOKUPS; the look-ups they take. */
static guint read_node(Reading *reading, OvSlice term, OvSlice domain, guint depth) {
    OvSpfTree *tree = reading->tree;
    if (tree->n_nodes == OV_SPF_TREE_MAX_NODES) {
        tree->cut = TRUE;
        return 0;
    }
    OvSpfNode *node = &tree->nodes[tree->n_nodes++];
    *node = (OvSpfNode){.depth = depth, .term = term, .domain = domain, .fault = ""};
    if (has_macros(domain))
        node->state = OV_SPF_NODE_DEPENDS;
    else if (depth > OV_SPF_MAX_LOOKUPS)
        node->state = OV_SPF_NODE_TOO_DEEP;
    else if (!ov_domain_name_is(domain))
        node->state = OV_SPF_NODE_NONE;
    else
        read_record(reading, node);
    return node->n_lookups;
}

void ov_spf_tree_read(OvArena *arena, OvDnsBook *book, OvSlice domain, OvSpfTree *tree) {
    tree->n_nodes = 0;
    tree->pending = tree->cut = FALSE;
    Reading reading = {arena, book, tree};
    read_node(&reading, (OvSlice){NULL, 0}, without_final_dot(domain), 0);
}
