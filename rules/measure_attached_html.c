#include "rules/measure_content.h"
#include "rules/measure_header.h"

enum {
    MOST_PAGES = 200,                /* files; more are no mail */
    MOST_READ = 1024 * 1024,         /* octets of a file */
    MOST_READ_ALL = 2 * 1024 * 1024, /* octets of all files */
};

typedef struct {
    guint active;
    guint disguised;
    OvSlice name;
    const char *why;
} Findings;

static OvSlice extension_of(OvSlice name) {
    const char *dot = name.length > 0 ? memrchr(name.data, '.', name.length) : NULL;
    if (!dot)
        return (OvSlice){NULL, 0};
    return (OvSlice){dot + 1, (gsize)(name.data + name.length - dot - 1)};
}

/* One that a browser opens: by type, or by the end of its name where the type tells nothing. */
static gboolean is_page(const OvPart *part) {
    static const char *const extensions[] = {"html", "htm",   "xhtml", "shtml", "shtm",
                                             "mht",  "mhtml", "svg",   "svgz",  "xht"};
    static const struct {
        const char *type;
        const char *subtype;
    } types[] = {
        {"text", "html"},
        {"application", "xhtml+xml"},
        {"image", "svg+xml"},
        {"image", "svg"},
    };
    /* A message of one part shows it, unless it is declared as attachment. */
    if (part->container || !(part->attachment || (part->name && part->parent)))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(part->type, types[i].type) == 0 && strcmp(part->subtype, types[i].subtype) == 0)
            return TRUE;
    OvSlice extension = extension_of(ov_slice(part->name ? part->name : ""));
    for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++)
        if (ov_slice_equal_nocase(extension, ov_slice(extensions[i])))
            return TRUE;
    return FALSE;
}

static gboolean holds(OvSlice text, const char *word) {
    return text.length > 0 && memmem(text.data, text.length, word, strlen(word)) != NULL;
}

/* A script that makes the page, so that no filter sees what it will be. */
static gboolean writes_page(OvSlice text) {
    static const char *const calls[] = {"atob(",          "unescape(",        "fromCharCode",
                                        "document.write", "msSaveOrOpenBlob", "createObjectURL"};
    for (gsize i = 0; i < G_N_ELEMENTS(calls); i++)
        if (holds(text, calls[i]))
            return TRUE;
    return FALSE;
}

/* What makes a page active, in words; NULL where nothing does. */
static const char *reason(const OvHtml *page, OvSlice text, gboolean *disguised) {
    guint scripts = page->active[OV_HTML_SCRIPT].count + page->active[OV_HTML_SCRIPT_URL].count +
                    page->active[OV_HTML_HANDLER].count + page->active[OV_HTML_ACTIVE_SVG].count;
    *disguised = TRUE;
    if (page->active[OV_HTML_PASSWORD].count + page->active[OV_HTML_SECRET_INPUT].count > 0)
        return "a field for a secret";
    if (page->active[OV_HTML_REFRESH].count > 0)
        return "leads elsewhere by itself";
    if (scripts > 0 && writes_page(text))
        return "a script writes the page";
    *disguised = FALSE;
    return scripts > 0 ? "a script" : NULL;
}

static void look_at(OvMeasure *measure, const OvPart *part, gsize *left, Findings *found) {
    OvSlice text = ov_part_text(measure->arena, part, MIN(*left, (gsize)MOST_READ), NULL, NULL);
    *left -= MIN(*left, text.length);
    const OvHtml *page = ov_html_read(measure->arena, text, measure->deadline);
    gboolean disguised;
    const char *why = reason(page, text, &disguised);
    if (!why)
        return;
    if (found->active++ == 0 || (disguised && found->disguised == 0)) {
        found->name = ov_slice(part->name ? part->name : part->subtype);
        found->why = why;
    }
    found->disguised += disguised ? 1 : 0;
}

void ov_measure_attached_html(OvMeasure *measure) {
    const OvMime *mime = measure->message->mime;
    Findings found = {.why = ""};
    gsize left = MOST_READ_ALL;
    guint n = 0;
    for (guint i = 0; i < mime->n_parts && left > 0 && n < MOST_PAGES; i++) {
        if (!is_page(&mime->parts[i]))
            continue;
        n++;
        look_at(measure, &mime->parts[i], &left, &found);
        if (ov_measure_late(measure))
            break;
    }
    OvFacts *facts = measure->facts;
    ov_facts_set_number(facts, OV_FACT_ATTACHMENT_ACTIVE, found.active);
    ov_facts_set_number(facts, OV_FACT_ATTACHMENT_ACTIVE_DISGUISED, found.disguised);
    ov_facts_set_text(facts, OV_FACT_ATTACHMENT_ACTIVE_NAME, found.name);
    ov_facts_set_text(facts, OV_FACT_ATTACHMENT_ACTIVE_WHY, ov_slice(found.why));
}
