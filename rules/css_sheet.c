#include "rules/css_sheet.h"

#include "rules/css_selector.h"

enum {
    BUCKETS = 256,
    MAX_MATCHES = 64,   /* rules of one element; of more the weightiest count */
    WORK = 1000 * 1000, /* elements that selectors look at, of a whole part */
    NOTHING = 0xFFFF,
};

/* A selector and the declarations of its rule. */
typedef struct {
    OvSelector selector;
    const OvCssDeclarations *declarations;
    guint16 next; /* in the chain of its key */
} Rule;

/* Rules are found by the innermost part of their selector: its id, else its first class, else its
 * tag. */
struct OvCssSheet {
    OvArena *arena;
    gboolean fold_case;
    Rule *rules;
    guint n_rules, room;
    guint n_blocks;
    guint16 by_name[BUCKETS]; /* ids and classes */
    guint16 by_tag[OV_N_TAGS + 1];
    guint16 by_nothing;
    gsize octets_left;
    gint work_left;
};

OvCssSheet *ov_css_sheet_new(OvArena *arena, gboolean fold_case) {
    OvCssSheet *sheet = OV_ARENA_NEW(arena, OvCssSheet, 1);
    sheet->arena = arena;
    sheet->fold_case = fold_case;
    sheet->octets_left = OV_CSS_MAX_OCTETS;
    sheet->work_left = WORK;
    sheet->by_nothing = NOTHING;
    memset(sheet->by_name, 0xFF, sizeof sheet->by_name);
    memset(sheet->by_tag, 0xFF, sizeof sheet->by_tag);
    return sheet;
}

gboolean ov_css_sheet_is_empty(const OvCssSheet *sheet) {
    return sheet->n_rules == 0;
}

static guint bucket_of(OvSlice name) {
    guint32 hash = 2166136261u;
    for (gsize i = 0; i < name.length; i++)
        hash = (hash ^ (guchar)g_ascii_tolower(name.data[i])) * 16777619u;
    return (hash ^ hash >> 16) % BUCKETS;
}

static guint16 *chain_of(OvCssSheet *sheet, const OvSelectorPart *part) {
    if (part->id.length > 0)
        return &sheet->by_name[bucket_of(part->id)];
    if (part->n_classes > 0)
        return &sheet->by_name[bucket_of(part->classes[0])];
    if (!part->any_tag)
        return &sheet->by_tag[part->tag];
    return &sheet->by_nothing;
}

static void add_rule(OvCssSheet *sheet, const OvSelector *selector,
                     const OvCssDeclarations *declarations) {
    if (sheet->n_rules == OV_CSS_MAX_SELECTORS)
        return;
    if (sheet->n_rules == sheet->room) {
        guint room = MAX(64, sheet->room * 2);
        Rule *rules = OV_ARENA_NEW(sheet->arena, Rule, room);
        if (sheet->n_rules > 0)
            memcpy(rules, sheet->rules, sizeof *rules * sheet->n_rules);
        sheet->rules = rules;
        sheet->room = room;
    }
    guint16 *chain = chain_of(sheet, &selector->parts[selector->n_parts - 1]);
    sheet->rules[sheet->n_rules] =
        (Rule){.selector = *selector, .declarations = declarations, .next = *chain};
    *chain = (guint16)sheet->n_rules++;
}

/* A rule: its selectors, one wrong of which spoils all, and the declarations in its block. */
static void read_rule(OvCssSheet *sheet, OvSlice selectors, OvSlice block, OvCssActive *active) {
    OvCssDeclarations declarations;
    ov_css_read(sheet->arena, block, &declarations, active);
    if (declarations.set == 0 || sheet->n_blocks == OV_CSS_MAX_RULES)
        return;
    guint first = sheet->n_rules;
    OvSelector read[32];
    guint n = 0;
    for (gsize at = 0; at <= selectors.length && n < G_N_ELEMENTS(read);) {
        gsize end = ov_css_skip(selectors, at, OV_CSS_AT_COMMA);
        OvSlice one = {selectors.data + at, end - at};
        OvSelectorResult result = ov_selector_read(sheet->arena, one, &read[n]);
        if (result == OV_SELECTOR_WRONG)
            return;
        n += result == OV_SELECTOR_READ;
        at = end + 1;
    }
    if (n == 0)
        return;
    OvCssDeclarations *kept = OV_ARENA_NEW(sheet->arena, OvCssDeclarations, 1);
    *kept = declarations;
    for (guint i = 0; i < n; i++)
        add_rule(sheet, &read[i], kept);
    sheet->n_blocks += sheet->n_rules > first;
}

static gboolean starts_with(OvSlice text, gsize at, const char *what) {
    gsize length = strlen(what);
    return text.length - at >= length && g_ascii_strncasecmp(text.data + at, what, length) == 0;
}

static OvSlice slice_of(OvSlice text, gsize start, gsize end) {
    return (OvSlice){text.data + start, end - start};
}

/* An at-rule whose name starts at `at`, with its prelude up to `end`, where a { or ; is. Returns
 * where reading goes on: inside its block where that counts. */
static gsize read_at_rule(OvSlice text, gsize at, gsize end, OvCssActive *imports) {
    gsize name_end = at;
    while (name_end < end && (g_ascii_isalnum(text.data[name_end]) || text.data[name_end] == '-'))
        name_end++;
    OvSlice name = slice_of(text, at, name_end);
    OvSlice prelude = ov_slice_trim(slice_of(text, name_end, end));
    if (ov_slice_equal_nocase(name, ov_slice("import")) && imports->count++ == 0)
        imports->first = prelude;
    if (end == text.length || text.data[end] == ';')
        return end + 1;
    gboolean enter = FALSE;
    if (ov_slice_equal_nocase(name, ov_slice("media")))
        enter = ov_css_media_matches(prelude);
    else if (ov_slice_equal_nocase(name, ov_slice("supports")))
        enter = prelude.length > 0 && prelude.data[0] == '(';
    else if (ov_slice_equal_nocase(name, ov_slice("layer")))
        enter = TRUE;
    return enter ? end + 1 : ov_css_skip(text, end + 1, OV_CSS_AT_CLOSE) + 1;
}

void ov_css_sheet_add(OvCssSheet *sheet, OvSlice text, OvCssActive *active, OvCssActive *imports) {
    text.length = MIN(text.length, sheet->octets_left);
    sheet->octets_left -= text.length;
    text = ov_css_without_comments(sheet->arena, text);
    for (gsize at = 0; at < text.length;) {
        if (g_ascii_isspace(text.data[at]) || text.data[at] == '}') {
            at++; /* a } ends a block that was entered, or is one too many */
        } else if (starts_with(text, at, "<!--")) {
            at += 4;
        } else if (starts_with(text, at, "-->")) {
            at += 3;
        } else if (text.data[at] == '@') {
            at = read_at_rule(text, at + 1,
                              ov_css_skip(text, at, OV_CSS_AT_OPEN | OV_CSS_AT_SEMICOLON), imports);
        } else {
            gsize open = ov_css_skip(text, at, OV_CSS_AT_OPEN);
            gsize close = open == text.length ? open : ov_css_skip(text, open + 1, OV_CSS_AT_CLOSE);
            if (open < text.length)
                read_rule(sheet, slice_of(text, at, open), slice_of(text, open + 1, close), active);
            at = close + 1;
        }
    }
}

/* The rules that match, lightest first. */
typedef struct {
    guint16 rules[MAX_MATCHES];
    guint n;
} Matches;

/* TRUE when rule a counts less than rule b. */
static gboolean is_lighter(const OvCssSheet *sheet, guint16 a, guint16 b) {
    guint32 one = sheet->rules[a].selector.weight, other = sheet->rules[b].selector.weight;
    return one < other || (one == other && a < b);
}

static void match_chain(OvCssSheet *sheet, guint16 first, const OvCssSubject *subjects, guint n,
                        const OvToken *token, Matches *matches) {
    for (guint16 rule = first; rule != NOTHING && sheet->work_left > 0;
         rule = sheet->rules[rule].next) {
        if (!ov_selector_matches(&sheet->rules[rule].selector, subjects, n, token, sheet->fold_case,
                                 &sheet->work_left))
            continue;
        guint at = matches->n;
        gboolean known = FALSE;
        while (at > 0 && !is_lighter(sheet, matches->rules[at - 1], rule)) {
            at--;
            known |= matches->rules[at] == rule;
        }
        if (known)
            continue;
        if (matches->n == MAX_MATCHES) {
            if (at == 0)
                continue;
            at--;
            matches->n--;
            memmove(matches->rules, matches->rules + 1, sizeof *matches->rules * matches->n);
        }
        memmove(&matches->rules[at + 1], &matches->rules[at],
                sizeof *matches->rules * (matches->n - at));
        matches->rules[at] = rule;
        matches->n++;
    }
}

static void find_matches(OvCssSheet *sheet, const OvCssSubject *subjects, guint n,
                         const OvToken *token, Matches *matches) {
    const OvCssSubject *subject = &subjects[n - 1];
    matches->n = 0;
    match_chain(sheet, sheet->by_nothing, subjects, n, token, matches);
    match_chain(sheet, sheet->by_tag[subject->tag], subjects, n, token, matches);
    if (subject->id.length > 0)
        match_chain(sheet, sheet->by_name[bucket_of(subject->id)], subjects, n, token, matches);
    OvSlice classes = subject->classes;
    for (gsize at = 0; at < classes.length;) {
        gsize start = at;
        while (at < classes.length && !g_ascii_isspace(classes.data[at]))
            at++;
        if (at > start)
            match_chain(sheet, sheet->by_name[bucket_of(slice_of(classes, start, at))], subjects, n,
                        token, matches);
        else
            at++;
    }
}

void ov_css_cascade(OvCssSheet *sheet, const OvCssSubject *subjects, guint n, const OvToken *token,
                    const OvCssDeclarations *own, OvCssDeclarations *onto) {
    Matches matches = {.n = 0};
    guint64 important = 0;
    if (sheet->n_rules > 0)
        find_matches(sheet, subjects, n, token, &matches);
    for (guint i = 0; i < matches.n; i++) {
        const OvCssDeclarations *rule = sheet->rules[matches.rules[i]].declarations;
        ov_css_lay_over(onto, rule, rule->set);
        important |= rule->important;
    }
    if (own->set)
        ov_css_lay_over(onto, own, own->set);
    for (guint i = 0; important && i < matches.n; i++) {
        const OvCssDeclarations *rule = sheet->rules[matches.rules[i]].declarations;
        ov_css_lay_over(onto, rule, rule->important);
    }
    if (own->set & own->important && important)
        ov_css_lay_over(onto, own, own->important);
}
