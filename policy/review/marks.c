#include "policy/review/marks.h"

#include "rules/fold.h"

enum {
    MAX_NEEDLES = 256,
    MAX_NEEDLE_OCTETS = 400, /* the start of longer evidence is looked for */
    MAX_FOUND_EACH = 40,     /* occurrences of one needle in one text */
    MAX_FOUND = 1000,        /* in one text */
};

/* A text to look for. */
typedef struct {
    OvPlace place;
    guint number;
    OvSlice folded;
} Needle;

struct OvMarks {
    OvArena *arena;
    Needle needles[MAX_NEEDLES];
    guint n_needles, n_hits;
};

typedef struct {
    guint32 start, end;
    guint number;
} Found;

static gboolean place_of(const char *fact, OvPlace *place) {
    static const struct {
        const char *prefix;
        OvPlace place;
    } places[] = {
        {"subject.", OV_PLACE_SUBJECT},
        {"header.", OV_PLACE_HEADER},
        {"unsubscribe.header.", OV_PLACE_HEADER},
        {"attachment.", OV_PLACE_ATTACHMENT},
        {"body.", OV_PLACE_TEXT},
        {"html.hidden.", OV_PLACE_HIDDEN},
        {"html.tiny.", OV_PLACE_HIDDEN},
        {"html.split_words.", OV_PLACE_TEXT},
        {"html.script_urls.", OV_PLACE_TEXT},
        {"link.", OV_PLACE_TEXT},
        {"text.", OV_PLACE_TEXT},
        {"unsubscribe.links.", OV_PLACE_TEXT},
    };
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_str_has_prefix(fact, places[i].prefix)) {
            *place = places[i].place;
            return TRUE;
        }
    return FALSE;
}

/* Text without octets behind limit, whole characters. */
static OvSlice cut(OvSlice text, gsize limit) {
    if (text.length <= limit)
        return text;
    while (limit > 0 && ((guchar)text.data[limit] & 0xC0) == 0x80)
        limit--;
    return (OvSlice){text.data, limit};
}

static void add_needle(OvMarks *marks, OvPlace place, guint number, OvSlice text) {
    if (marks->n_needles == MAX_NEEDLES)
        return;
    OvSlice folded = ov_fold(marks->arena, cut(text, MAX_NEEDLE_OCTETS))->text;
    /* One letter or mark stands everywhere. */
    if (folded.length < 2)
        return;
    marks->needles[marks->n_needles++] = (Needle){place, number, folded};
}

/* "last chance", "act now": each phrase; a last one may be cut. */
static void add_phrases(OvMarks *marks, OvPlace place, guint number, OvSlice list) {
    const char *at = list.data, *end = list.data + list.length;
    while (at < end && *at == '"') {
        const char *close = memchr(at + 1, '"', (gsize)(end - at - 1));
        if (!close)
            return;
        add_needle(marks, place, number, (OvSlice){at + 1, (gsize)(close - at - 1)});
        at = close + 1;
        while (at < end && (*at == ',' || *at == ' '))
            at++;
    }
}

OvMarks *ov_marks_new(OvJudgement *judgement) {
    OvArena *arena = ov_judgement_arena(judgement);
    OvMarks *marks = OV_ARENA_NEW(arena, OvMarks, 1);
    marks->arena = arena;
    marks->n_hits = ov_judgement_n_hits(judgement);
    for (guint i = 0; i < marks->n_hits; i++) {
        const OvRule *rule = ov_judgement_hit(judgement, i)->rule;
        gint slot = rule->evidence;
        OvPlace place;
        if (slot < 0 || rule->private ||
            !place_of(ov_ruleset_fact(ov_judgement_ruleset(judgement), (guint)slot).name, &place))
            continue;
        const OvValue *value = &ov_judgement_facts(judgement)->value[slot];
        if (value->type != OV_TEXT || value->text.length == 0)
            continue;
        if (value->text.data[0] == '"')
            add_phrases(marks, place, i + 1, value->text);
        else
            add_needle(marks, place, i + 1, value->text);
    }
    return marks;
}

/* Neither edge is inside a word. */
static gboolean stands_alone(OvSlice text, gsize start, gsize end) {
    gboolean open =
        start == 0 || !g_ascii_isalnum(text.data[start - 1]) || !g_ascii_isalnum(text.data[start]);
    return open && (end == text.length || !g_ascii_isalnum(text.data[end]) ||
                    !g_ascii_isalnum(text.data[end - 1]));
}

/* text is not empty. */
static void find_needle(const Needle *needle, const OvFolded *folded, GArray *found) {
    OvSlice text = folded->text;
    gsize at = 0;
    for (guint n = 0; n < MAX_FOUND_EACH && found->len < MAX_FOUND;) {
        const char *hit = at < text.length ? memmem(text.data + at, text.length - at,
                                                    needle->folded.data, needle->folded.length)
                                           : NULL;
        if (!hit)
            return;
        gsize start = (gsize)(hit - text.data), end = start + needle->folded.length;
        at = start + 1;
        if (!stands_alone(text, start, end))
            continue;
        OvSlice original = ov_folded_original(folded, (guint32)start, (guint32)end);
        guint32 from = (guint32)(original.data - folded->original.data);
        Found one = {from, from + (guint32)original.length, needle->number};
        if (original.length > 0)
            g_array_append_val(found, one);
        at = end;
        n++;
    }
}

/* Of those that start together the longer ones first. */
static int by_start(gconstpointer a, gconstpointer b) {
    const Found *one = a, *other = b;
    gint starts = (one->start > other->start) - (one->start < other->start);
    return starts ? starts : (one->end < other->end) - (one->end > other->end);
}

static int by_at(gconstpointer a, gconstpointer b) {
    const OvMarkLabel *one = a, *other = b;
    gint ends = (one->at > other->at) - (one->at < other->at);
    return ends ? ends : (one->number > other->number) - (one->number < other->number);
}

OvMarked ov_marks_find(OvMarks *marks, OvPlace place, OvSlice text) {
    OvMarked marked = {0};
    if (text.length == 0)
        return marked;
    const OvFolded *folded = NULL;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
    for (guint i = 0; i < marks->n_needles; i++) {
        if (marks->needles[i].place != place)
            continue;
        folded = folded ? folded : ov_fold(marks->arena, text);
        find_needle(&marks->needles[i], folded, found);
    }
    if (found->len == 0)
        return marked;

    g_array_sort(found, by_start);
    /* "now" inside of "order now", both of one hit, is told by the longer one. */
    guint32 *reached = OV_ARENA_NEW(marks->arena, guint32, marks->n_hits + 1);
    OvRange *ranges = OV_ARENA_NEW(marks->arena, OvRange, found->len);
    OvMarkLabel *labels = OV_ARENA_NEW(marks->arena, OvMarkLabel, found->len);
    for (guint i = 0; i < found->len; i++) {
        const Found *one = &g_array_index(found, Found, i);
        if (one->end <= reached[one->number])
            continue;
        reached[one->number] = one->end;
        labels[marked.n_labels++] = (OvMarkLabel){one->end, one->number};
        OvRange *last = marked.n_ranges > 0 ? &ranges[marked.n_ranges - 1] : NULL;
        if (last && one->start <= last->end)
            last->end = MAX(last->end, one->end);
        else
            ranges[marked.n_ranges++] = (OvRange){one->start, one->end};
    }
    qsort(labels, marked.n_labels, sizeof *labels, by_at);
    marked.ranges = ranges;
    marked.labels = labels;
    return marked;
}
