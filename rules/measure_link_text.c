#include "rules/link_text.h"
#include "rules/measure_content.h"
#include "rules/tally.h"

enum { MOST_SHOWN = 4 }; /* hosts in the text of one link */

typedef struct {
    OvTally mismatches;
    OvSlice target; /* of the first */
    OvTally downgrades;
} Findings;

static gboolean is_read(const OvLink *link) {
    return link->html && ov_link_is_web(link) && !link->form && !link->quoted;
}

/* Whoever counts clicks leads links through a host of his own, whatever they show. Where that host
 * is known by List-Unsubscribe alone, it may do so for the sender's own pages. */
static gboolean counts_clicks(const OvLink *link, const OvShownHost *shown, const OvOwnDomains *own,
                              OvSlice list) {
    switch (link->host) {
    case OV_LINK_HOST_MAILING:
    case OV_LINK_HOST_GATEWAY:
    case OV_LINK_HOST_REDIRECTOR:
    case OV_LINK_HOST_BRAND_SHORTENER:
        return TRUE;
    default:
        break;
    }
    OvSlice target = link->target.organisation;
    return ov_own_domains_has(own, target) ||
           (ov_is_same_house(list, target) && ov_own_domains_has(own, shown->organisation));
}

static void look_at(OvMeasure *measure, const OvLink *link, const OvOwnDomains *own, OvSlice list,
                    Findings *found) {
    OvShownHost shown, first = {.host = {NULL, 0}};
    gboolean same = FALSE;
    gsize at = 0;
    for (guint n = 0;
         n < MOST_SHOWN && !same && ov_shown_host_next(measure->arena, link->text, &at, &shown);
         n++) {
        same = ov_is_same_house(shown.organisation, link->target.organisation);
        if (same && shown.scheme == OV_SHOWN_HTTPS && !link->target.tls &&
            ov_slice_equal(shown.host, link->target.host))
            ov_tally(&found->downgrades, link->text);
        if (first.host.length == 0)
            first = shown;
    }
    if (same || first.host.length == 0 || counts_clicks(link, &first, own, list))
        return;
    if (found->mismatches.n == 0)
        found->target = link->target.host;
    ov_tally(&found->mismatches, first.host);
}

void ov_measure_link_texts(OvMeasure *measure, const OvLinks *links, const OvOwnDomains *own) {
    Findings found = {.target = OV_SLICE_LITERAL("")};
    OvSlice list = ov_unsubscribe_organisation(measure);
    for (guint i = 0; i < links->n_links; i++)
        if (is_read(&links->links[i]))
            look_at(measure, &links->links[i], own, list, &found);
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_LINK_MISMATCHES, OV_FACT_LINK_MISMATCH_SHOWN},
                 &found.mismatches);
    ov_facts_set_text(measure->facts, OV_FACT_LINK_MISMATCH_TARGET, found.target);
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_LINK_DOWNGRADES, OV_FACT_LINK_DOWNGRADE_TEXT},
                 &found.downgrades);
}
