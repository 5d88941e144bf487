#include "rules/houses.h"

#include "rules/address.h"

#include <stdlib.h>

enum {
    MOST_OCTETS = 63,
    MOST_JOINED = 4, /* words that make one name: Bank of America */
};

static const char *const names[] = {
#define NAME(label) label,
#define ALSO(label, name)
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
};

static const char *const others[] = {
#define NAME(label)
#define ALSO(label, name) label,
#define ORDINARY(name)
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
};

static const char *const ordinary[] = {
#define NAME(label)
#define ALSO(label, name)
#define ORDINARY(name) name,
#include "rules/imitated_names.def"
#undef ORDINARY
#undef ALSO
#undef NAME
};

#define HAS(list, word)                                                                            \
    (bsearch(&(word), list, G_N_ELEMENTS(list), sizeof *(list), ov_slice_compare_text) != NULL)

/* The suffixes under which houses have their pages: those of countries, and the old ones. */
static gboolean is_usual_suffix(OvSlice suffix) {
    static const char *const usual[] = {"com", "eu", "net", "org"};
    const char *dot = memrchr(suffix.data, '.', suffix.length);
    gsize last = dot ? suffix.length - (gsize)(dot + 1 - suffix.data) : suffix.length;
    return last == 2 || HAS(usual, suffix);
}

static gboolean is_government(OvSlice suffix) {
    static const char *const governments[] = {"gob", "gouv", "gov"};
    OvSlice first = ov_first_label(suffix);
    return HAS(governments, first);
}

gboolean ov_is_house(OvSlice organisation) {
    OvSlice label = ov_first_label(organisation);
    if (label.length == organisation.length)
        return FALSE;
    OvSlice suffix = {label.data + label.length + 1, organisation.length - label.length - 1};
    return is_government(suffix) ||
           (is_usual_suffix(suffix) && (HAS(names, label) || HAS(others, label)));
}

/* The first name that word is, or is the beginning of; the number of names where it is of none. */
static gsize first_from(OvSlice word) {
    gsize low = 0, high = G_N_ELEMENTS(names);
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (ov_slice_compare_text(&word, &names[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < G_N_ELEMENTS(names) && strncmp(names[low], word.data, word.length) == 0
               ? low
               : G_N_ELEMENTS(names);
}

static gboolean is_word_octet(char c) {
    return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

static guint32 word_end(OvSlice text, guint32 at) {
    while (at < text.length && is_word_octet(text.data[at]))
        at++;
    return at;
}

/* The longest name that begins at the word at `at`; *end gets where it ends. */
static OvSlice name_at(OvSlice text, guint32 at, guint32 *end) {
    char joined[MOST_OCTETS];
    gsize length = 0;
    OvSlice found = {"", 0};
    for (guint n = 0; n < MOST_JOINED; n++) {
        guint32 stop = word_end(text, at);
        if (stop == at || length + (stop - at) > sizeof joined)
            break;
        memcpy(joined + length, text.data + at, stop - at);
        length += stop - at;
        OvSlice word = {joined, length};
        gsize first = first_from(word);
        if (first == G_N_ELEMENTS(names))
            break;
        if (ov_slice_equal(word, ov_slice(names[first]))) {
            found = ov_slice(names[first]);
            *end = stop;
        }
        gboolean joint = stop < text.length && memchr(" .&+", text.data[stop], 4);
        at = stop + (joint ? 1 : 0);
    }
    return found;
}

static gboolean has_capital(OvSlice text) {
    for (gsize i = 0; i < text.length; i++)
        if (g_ascii_isupper(text.data[i]))
            return TRUE;
    return FALSE;
}

gboolean ov_house_is_ordinary(OvSlice name) {
    return HAS(ordinary, name);
}

OvSlice ov_house_next(const OvFolded *folded, guint32 end, guint32 *at) {
    OvSlice text = {folded->text.data, MIN(folded->text.length, end)};
    while (*at < text.length) {
        guint32 start = *at, stop = word_end(text, start);
        if (stop == start) {
            (*at)++;
            continue;
        }
        *at = stop;
        OvSlice name = name_at(text, start, at);
        if (name.length > 0 && !ov_house_is_ordinary(name) &&
            has_capital(ov_folded_original(folded, start, *at)))
            return name;
    }
    return (OvSlice){"", 0};
}
