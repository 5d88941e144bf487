#include "rules/address.h"
#include "rules/measure_content.h"
#include "rules/measure_header.h"

#include <stdlib.h>

/* Different values are told by their hashes: a false match would only make one link less. */
typedef struct {
    guint64 *hashes;
    guint n;
} Set;

static guint64 hash_more(guint64 hash, OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        hash = (hash ^ (guchar)text.data[i]) * G_GUINT64_CONSTANT(0x100000001B3); /* FNV-1a */
    return hash;
}

static guint64 hash_of(OvSlice text) {
    return hash_more(G_GUINT64_CONSTANT(0xCBF29CE484222325), text);
}

static guint64 hash_of_place(const OvTarget *target) {
    return hash_more(hash_more(hash_of(target->organisation), OV_SLICE_LITERAL(" ")), target->path);
}

static int by_value(const void *a, const void *b) {
    guint64 one = *(const guint64 *)a, other = *(const guint64 *)b;
    return (one > other) - (one < other);
}

static guint distinct(Set *set) {
    if (set->n > 1)
        qsort(set->hashes, set->n, sizeof *set->hashes, by_value);
    guint n = set->n > 0;
    for (guint i = 1; i < set->n; i++)
        n += set->hashes[i] != set->hashes[i - 1];
    return n;
}

static Set set_for(OvMeasure *measure, guint n) {
    return (Set){.hashes = ov_arena_alloc(measure->arena, sizeof(guint64) * n)};
}

static void set_texts(OvMeasure *measure, const OvLinks *links) {
    OvFacts *facts = measure->facts;
    ov_facts_set_number(facts, OV_FACT_TEXT_VISIBLE, links->visible);
    ov_facts_set_number(facts, OV_FACT_TEXT_LINKED, links->visible_linked);
    ov_facts_set_number(facts, OV_FACT_TEXT_QUOTED, links->visible_quoted);
    if (links->visible > 0)
        ov_facts_set_number(facts, OV_FACT_LINK_TEXT_RATIO,
                            (double)(links->visible - MIN(links->visible_linked, links->visible)) /
                                links->visible);
}

static gboolean has_file(const OvMime *mime) {
    for (guint i = 0; i < mime->n_parts; i++) {
        const OvPart *part = &mime->parts[i];
        if (!part->container && (part->attachment || part->name ||
                                 (strcmp(part->type, "text") != 0 &&
                                  strcmp(part->type, "multipart") != 0 && !part->forwarded)))
            return TRUE;
    }
    return FALSE;
}

/* A link to one's own pages, or through whoever counts the clicks. */
static gboolean is_own(const OvLink *link, const OvOwnDomains *own, OvSlice list) {
    return link->host == OV_LINK_HOST_MAILING ||
           ov_own_domains_has(own, link->target.organisation) ||
           ov_is_same_house(list, link->target.organisation);
}

void ov_measure_links(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own) {
    OvFacts *facts = measure->facts;
    Set all = set_for(measure, links->n_links), content = set_for(measure, links->n_links);
    Set organisations = set_for(measure, links->n_links);
    OvSlice list = ov_unsubscribe_organisation(measure), first = OV_SLICE_LITERAL("");
    guint web = 0, plain_http = 0, owned = 0;
    for (guint i = 0; i < links->n_links; i++) {
        const OvLink *link = &links->links[i];
        if (!ov_link_is_web(link) || link->form)
            continue;
        if (web++ == 0)
            first = link->address;
        plain_http += !link->target.tls;
        owned += is_own(link, own, list) ? 1 : 0;
        all.hashes[all.n++] = hash_of_place(&link->target);
        if (link->quoted || link->role != OV_LINK_CONTENT)
            continue;
        content.hashes[content.n++] = hash_of_place(&link->target);
        organisations.hashes[organisations.n++] = hash_of(link->target.organisation);
    }
    guint n_content = distinct(&content);
    set_texts(measure, links);
    ov_facts_set_number(facts, OV_FACT_LINK_COUNT, distinct(&all));
    ov_facts_set_number(facts, OV_FACT_LINK_CONTENT, n_content);
    ov_facts_set_number(facts, OV_FACT_LINK_DENSITY, 1000.0 * n_content / MAX(links->visible, 1));
    ov_facts_set_number(facts, OV_FACT_LINK_ORGANISATIONS, distinct(&organisations));
    ov_facts_set_number(facts, OV_FACT_LINK_WEB, web);
    ov_facts_set_number(facts, OV_FACT_LINK_PLAIN_HTTP, plain_http);
    ov_facts_set_number(facts, OV_FACT_LINK_OWN, owned);
    ov_facts_set_truth(facts, OV_FACT_LINK_PICTURE,
                       links->has_picture || has_file(measure->message->mime));
    ov_measure_set_text(measure, OV_FACT_LINK_FIRST, first);
    ov_measure_link_targets(measure, links, own);
    ov_measure_link_texts(measure, links, own);
}
