#include "rules/sender_name.h"

#include "rules/characters.h"
#include "rules/confusable.h"
#include "rules/fold.h"

#include <stdlib.h>

enum {
    MOST_OCTETS = 120,
    MOST_WORDS = 10,
    MOST_JOINED = 4, /* words that make one name: Bank of America */
};

static const char *const beside[] = {
#define WORD(word) word,
#include "rules/sender_words.def"
#undef WORD
};

/* Labels of domains whose house goes by another name. */
static const struct {
    const char *label;
    const char *house;
} others[] = {
#define NAME(label)
#define ALSO(label, name) {label, name},
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
};

/* A word that says nothing of who somebody is; numbers are such words. */
static gboolean stands_beside(OvSlice word) {
    gboolean number = TRUE;
    for (gsize i = 0; i < word.length && number; i++)
        number = g_ascii_isdigit(word.data[i]);
    return number || bsearch(&word, beside, G_N_ELEMENTS(beside), sizeof *beside,
                             ov_slice_compare_text) != NULL;
}

/* The words of folded text, joined without what stands between: each ends where the next begins. */
typedef struct {
    char text[MOST_OCTETS];
    gsize start[MOST_WORDS + 1];
    guint n;
} Words;

static gboolean split(OvSlice text, Words *words) {
    gsize length = 0;
    gboolean inside = FALSE;
    words->n = 0;
    for (const char *p = text.data, *end = p + text.length; p < end;) {
        const char *start = p;
        guint kind = ov_character(ov_character_next(&p));
        gsize octets = (gsize)(p - start);
        if (*start == '\'')
            continue;
        if (!(kind & (OV_CHARACTER_WORD | OV_CHARACTER_MARK))) {
            inside = FALSE;
            continue;
        }
        if (!inside && words->n == MOST_WORDS)
            return FALSE;
        if (!inside)
            words->start[words->n++] = length;
        inside = TRUE;
        memcpy(words->text + length, start, octets);
        length += octets;
    }
    words->start[words->n] = length;
    return words->n > 0;
}

static OvSlice join(const Words *words, guint first, guint n) {
    gsize start = words->start[first];
    return (OvSlice){words->text + start, words->start[first + n] - start};
}

OvSlice ov_sender_house(OvArena *arena, OvSlice name) {
    OvSlice house = {"", 0};
    Words words;
    if (name.length == 0 || name.length > MOST_OCTETS)
        return house;
    OvSlice folded = ov_fold(arena, name)->text;
    if (folded.length > MOST_OCTETS || !split(folded, &words))
        return house;
    for (guint i = 0; i < words.n;) {
        OvSlice found = {"", 0};
        guint n = MIN(words.n - i, MOST_JOINED) + 1;
        while (n > 1 && found.length == 0)
            found = ov_name_like(join(&words, i, --n));
        if (found.length > 0)
            house = found;
        else if (!stands_beside(join(&words, i, 1)))
            return (OvSlice){"", 0};
        i += n;
    }
    return house;
}

OvHouseDomain ov_house_domain(OvSlice organisation, OvSlice house) {
    char plain[MOST_OCTETS];
    const char *dot =
        organisation.length > 0 ? memchr(organisation.data, '.', organisation.length) : NULL;
    OvSlice label = {organisation.data,
                     dot ? (gsize)(dot - organisation.data) : organisation.length};
    gsize n = 0;
    for (gsize i = 0; i < label.length && n < sizeof plain; i++)
        if (label.data[i] != '-')
            plain[n++] = label.data[i];
    if (ov_slice_equal((OvSlice){plain, n}, house))
        return OV_HOUSE_OWN;
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (ov_slice_equal(label, ov_slice(others[i].label)) &&
            ov_slice_equal(house, ov_slice(others[i].house)))
            return OV_HOUSE_OWN;
    return n > 0 && memmem(plain, n, house.data, house.length) ? OV_HOUSE_NAMED : OV_HOUSE_OTHER;
}
