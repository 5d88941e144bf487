#include <stdlib.h>
#include <string.h>

#include "rules/phrases_internal.h"

/* Octets that `*` and `#` stand for at most, so that a hit's length is bounded. */
enum { MAX_LETTERS = 100, MAX_DIGITS = 30 };

struct OvPhraseScratch {
    hs_scratch_t *scratch;
    OvPhraseHit *hits;
    guint n_hits;
    guint room;
};

/* What the library's callback needs. */
typedef struct {
    const OvPhraseSet *set;
    OvPhraseScratch *scratch;
    OvSlice text;
} Pass;

OvPhraseScratch *ov_phrase_scratch_new(const OvPhraseSet *set, GError **error) {
    g_autoptr(OvPhraseScratch) scratch = g_new0(OvPhraseScratch, 1);
    if (set->scratch && hs_clone_scratch(set->scratch, &scratch->scratch) != HS_SUCCESS) {
        g_set_error_literal(error, OV_PHRASE_ERROR, OV_PHRASE_ERROR_COMPILE,
                            "no memory for a pass over the phrase lists");
        return NULL;
    }
    return g_steal_pointer(&scratch);
}

void ov_phrase_scratch_free(OvPhraseScratch *scratch) {
    if (!scratch)
        return;
    hs_free_scratch(scratch->scratch);
    g_free(scratch->hits);
    g_free(scratch);
}

/* FALSE when the list is full. */
static gboolean add_hit(Pass *pass, const Spelling *spelling, gsize start, gsize end) {
    OvPhraseScratch *scratch = pass->scratch;
    if (scratch->n_hits == OV_PHRASE_MAX_HITS)
        return FALSE;
    if (scratch->n_hits == scratch->room) {
        scratch->room = scratch->room ? scratch->room * 2 : 256;
        scratch->hits = g_renew(OvPhraseHit, scratch->hits, scratch->room);
    }
    scratch->hits[scratch->n_hits++] = (OvPhraseHit){
        .phrase = spelling->phrase,
        .list = g_array_index(pass->set->phrases, Phrase, spelling->phrase).list,
        .start = (guint32)start,
        .end = (guint32)end,
    };
    return TRUE;
}

static gboolean is_token_char(OvSlice text, gsize at) {
    guint8 first = (guint8)text.data[at];
    if (first < 0x80)
        return g_ascii_isalnum(first);
    gunichar c = g_utf8_get_char(text.data + at);
    /* Small letters of Greek and Russian, and ideographs: most of what folding leaves. */
    gboolean common =
        (c >= 0x3b1 && c < 0x3ca) || (c >= 0x430 && c < 0x460) || (c >= 0x4e00 && c < 0x9f00);
    return common || g_unichar_isalnum(c);
}

static gboolean token_ends_before(OvSlice text, gsize at) {
    if (at == 0)
        return FALSE;
    do
        at--;
    while (at > 0 && (text.data[at] & 0xc0) == 0x80);
    return is_token_char(text, at);
}

static gboolean token_goes_on(OvSlice text, gsize at) {
    return at < text.length && is_token_char(text, at);
}

static gsize skip_letters(OvSlice text, gsize at) {
    gsize bound = MIN(text.length, at + MAX_LETTERS);
    while (at < bound) {
        gunichar c = g_utf8_get_char(text.data + at);
        if (!g_unichar_isalpha(c))
            break;
        at += (gsize)g_utf8_skip[(guint8)text.data[at]];
    }
    return at;
}

static gsize skip_digits(OvSlice text, gsize at) {
    gsize bound = MIN(text.length, at + MAX_DIGITS);
    while (at < bound && g_ascii_isdigit(text.data[at]))
        at++;
    return at;
}

/* A currency at `at`, with a space before it if need be; its end, or `at` where there is none. */
static gsize skip_currency(OvSlice text, gsize at) {
    static const char *const names[] = {"eur", "euro", "euros", "usd", "dollar", "dollars",
                                        "gbp", "chf",  "zl",    "pln", "k"};
    gsize from = at < text.length && text.data[at] == ' ' ? at + 1 : at;
    if (from >= text.length || g_ascii_isdigit(text.data[from]))
        return at;
    if ((text.data[from] & 0x80 || text.data[from] == '$') &&
        g_unichar_type(g_utf8_get_char(text.data + from)) == G_UNICODE_CURRENCY_SYMBOL)
        return from + (gsize)g_utf8_skip[(guint8)text.data[from]];
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (text.data[from] != names[i][0])
            continue;
        gsize length = strlen(names[i]);
        if (text.length - from >= length && memcmp(text.data + from, names[i], length) == 0 &&
            !token_goes_on(text, from + length))
            return from + length;
    }
    return at;
}

/* The digits of a number with groups ("1 000", "1.000,50"); their end, or `at`. The comma has been
 * folded to a space. */
static gsize skip_number(OvSlice text, gsize at) {
    gsize end = skip_digits(text, at);
    while (end > at && end - at < MAX_DIGITS && end + 1 < text.length && text.data[end] &&
           strchr(" .'", text.data[end])) {
        gsize next = skip_digits(text, end + 1);
        gboolean group =
            next - end == 3 || next - end == 4 || (text.data[end] == '.' && next - end > 1);
        if (!group)
            break;
        end = next;
    }
    return end;
}

static gsize literal_end(const char *pattern, gsize at, gsize length) {
    while (at < length && pattern[at] != PHRASE_LETTERS && pattern[at] != PHRASE_NUMBER)
        at++;
    return at;
}

static gboolean literal_here(OvSlice text, gsize at, const char *literal, gsize length) {
    return text.length - at >= length &&
           (length == 0 ||
            (text.data[at] == *literal && memcmp(text.data + at, literal, length) == 0));
}

/* The end of the match whose first `matched` octets of pattern end at `at`, or 0. */
static gsize match_rest(OvSlice text, gsize at, const Spelling *spelling, gsize matched) {
    const char *pattern = spelling->folded;
    for (gsize i = matched; i < spelling->length;) {
        if (pattern[i] == PHRASE_LETTERS) {
            at = skip_letters(text, at);
            i++;
            continue;
        }
        if (pattern[i] == PHRASE_NUMBER) {
            gsize from = skip_currency(text, at);
            if (from > at && from < text.length && text.data[from] == ' ')
                from++;
            gsize end = skip_number(text, from);
            if (end == from)
                return 0;
            i++;
            /* The currency belongs to the number unless the phrase itself goes on with it. */
            gsize next = literal_end(pattern, i, spelling->length);
            at = literal_here(text, end, pattern + i, next - i) && next > i
                     ? end
                     : skip_currency(text, end);
            continue;
        }
        gsize next = literal_end(pattern, i, spelling->length);
        if (!literal_here(text, at, pattern + i, next - i))
            return 0;
        at += next - i;
        i = next;
    }
    OvSlice whole = {pattern, spelling->length};
    gboolean edge = pattern[spelling->length - 1] == PHRASE_LETTERS ||
                    token_ends_before(whole, spelling->length);
    return edge && token_goes_on(text, at) ? 0 : at;
}

static int on_literal(unsigned int id, unsigned long long from, unsigned long long to,
                      unsigned int flags, void *context) {
    (void)from;
    (void)flags;
    Pass *pass = context;
    const Literal *literal = &g_array_index(pass->set->literals, Literal, id);
    gsize start = (gsize)to - literal->length;
    if (is_token_char(pass->text, start) && token_ends_before(pass->text, start))
        return 0;
    for (guint i = literal->first; i < literal->first + literal->n; i++) {
        const Spelling *spelling = &g_array_index(pass->set->spellings, Spelling, i);
        gsize end = match_rest(pass->text, (gsize)to, spelling, literal->length);
        if (end > 0 && !add_hit(pass, spelling, start, end))
            return 1;
    }
    return 0;
}

static void at_number(Pass *pass, gsize start) {
    OvSlice text = pass->text;
    const gsize end = skip_number(text, start);
    gsize after = 0; /* the number's currency, looked for once it is asked for */
    for (guint i = pass->set->first_number; i < pass->set->spellings->len; i++) {
        const Spelling *spelling = &g_array_index(pass->set->spellings, Spelling, i);
        /* Behind a number stands what its phrases go on with, for few numbers: see that first. */
        const char *literal = spelling->folded + 1;
        gsize length = literal_end(spelling->folded, 1, spelling->length) - 1;
        if (!literal_here(text, end, literal, length)) {
            after = after ? after : skip_currency(text, end);
            if (after == end || !literal_here(text, after, literal, length))
                continue;
        }
        gsize stop = match_rest(text, start, spelling, 0);
        if (stop > 0)
            add_hit(pass, spelling, start, stop);
    }
}

static void count_stop_word(OvPhraseScan *scan, OvLanguages languages) {
    for (; languages; languages &= languages - 1)
        scan->stop_words[__builtin_ctz(languages)]++;
}

static void at_token(Pass *pass, OvPhraseScan *scan, gsize start, gsize end, guint32 hash) {
    const OvPhraseSet *set = pass->set;
    if (g_ascii_isdigit(pass->text.data[start]))
        at_number(pass, start);
    if (end - start > set->words.longest)
        return;
    const Word *word =
        phrase_find_word(&set->words, hash | 1, pass->text.data + start, end - start);
    if (!word)
        return;
    if (word->stop_word)
        count_stop_word(scan, word->stop_word);
    for (guint i = word->first; i < word->first + word->n; i++)
        add_hit(pass, &g_array_index(set->spellings, Spelling, i), start, end);
}

/* Octets of ASCII tokens: letters and digits. */
static const guint8 token_octet[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
    ['8'] = 1, ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
    ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1,
    ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,
    ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static void walk_tokens(Pass *pass, OvPhraseScan *scan) {
    OvSlice text = pass->text;
    const guint8 *data = (const guint8 *)text.data;
    gsize at = 0;
    while (at < text.length) {
        gsize start = at;
        guint32 hash = PHRASE_HASH_START;
        while (at < text.length) {
            if (token_octet[data[at]]) {
                hash = phrase_hash_step(hash, data[at++]);
                continue;
            }
            if (data[at] < 0x80 || !is_token_char(text, at))
                break;
            for (gsize n = (gsize)g_utf8_skip[data[at]]; n > 0; n--)
                hash = phrase_hash_step(hash, data[at++]);
        }
        if (at > start) {
            scan->n_tokens++;
            at_token(pass, scan, start, at, hash);
        }
        if (at < text.length)
            at += (gsize)g_utf8_skip[data[at]];
    }
}

static int compare_hits(const void *first, const void *second) {
    const OvPhraseHit *a = first;
    const OvPhraseHit *b = second;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->phrase < b->phrase ? -1 : a->phrase > b->phrase;
}

const OvPhraseScan *ov_phrase_set_scan(const OvPhraseSet *set, OvPhraseScratch *scratch,
                                       OvArena *arena, const OvFolded *text) {
    OvPhraseScan *scan = OV_ARENA_NEW(arena, OvPhraseScan, 1);
    Pass pass = {.set = set, .scratch = scratch, .text = text->text};
    scan->text = text;
    scratch->n_hits = 0;
    if (set->database && text->text.length > 0)
        hs_scan(set->database, text->text.data, (unsigned int)text->text.length, 0,
                scratch->scratch, on_literal, &pass);
    walk_tokens(&pass, scan);

    if (scratch->n_hits > 1)
        qsort(scratch->hits, scratch->n_hits, sizeof(OvPhraseHit), compare_hits);
    scan->n_hits = scratch->n_hits;
    OvSlice hits = {(const char *)scratch->hits, scratch->n_hits * sizeof(OvPhraseHit)};
    scan->hits = (const OvPhraseHit *)(const void *)ov_arena_dup(arena, hits).data;
    return scan;
}
