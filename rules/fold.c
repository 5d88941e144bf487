#include "rules/fold.h"

#include "rules/fold_table.h"

/* What an ASCII octet folds to. A space stands for a separator, SPECIAL for what needs thought. */
enum { SPECIAL = 0, SEPARATOR = ' ' };

/* clang-format off */
static const guint8 ascii[256] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, ' ', ' ', ' ', ' ', ' ', 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
    ' ', '!', ' ', '#', '$', 0, '&', '\'', '(', ')', '*', '+', ' ', ' ', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ' ', ';', '<', '=', '>', '?',
    '@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '[', '\\', ']', '^', '_',
    '\'', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 0x7f,
};
/* clang-format on */

typedef struct {
    OvArena *arena;
    char *out;
    gsize length;
    gsize room;
    guint32 *folded_at;
    guint32 *original_at;
    guint n_points;
    guint points_room;
    gsize shift;      /* original less folded offset, at and since the last checkpoint */
    guint separators; /* since the last character that was put out */
    guint line_ends;
    gsize separators_at; /* where the first of them stands */
} Folder;

/* The space that growing needs is left in the arena: at most as much again as the result. */
static void *grow(Folder *folder, const void *old, gsize used, gsize wanted) {
    void *memory = ov_arena_alloc(folder->arena, wanted);
    if (used > 0)
        memcpy(memory, old, used);
    return memory;
}

static void add_point(Folder *folder, gsize original) {
    if (folder->n_points == folder->points_room) {
        gsize used = folder->n_points * sizeof(guint32);
        gsize room = folder->points_room ? folder->points_room * 2 : 64;
        folder->folded_at = grow(folder, folder->folded_at, used, room * sizeof(guint32));
        folder->original_at = grow(folder, folder->original_at, used, room * sizeof(guint32));
        folder->points_room = (guint)room;
    }
    folder->folded_at[folder->n_points] = (guint32)folder->length;
    folder->original_at[folder->n_points++] = (guint32)original;
    folder->shift = original - folder->length;
}

/* What is put out next came from original: a checkpoint is needed where the distance changes. */
static inline void mark(Folder *folder, gsize original) {
    if (original - folder->length != folder->shift || folder->n_points == 0)
        add_point(folder, original);
}

static void get_room(Folder *folder, gsize more) {
    gsize room = folder->room * 2 + more;
    folder->out = grow(folder, folder->out, folder->length, room);
    folder->room = room;
}

static inline void reserve(Folder *folder, gsize more) {
    if (folder->room - folder->length < more)
        get_room(folder, more);
}

/* Puts out what the separators before a character at `original` amount to. */
static inline void put_separators(Folder *folder, gboolean before_percent) {
    if (folder->separators == 0)
        return;
    gboolean apart = folder->separators > 3 || folder->line_ends > 1;
    if (folder->length > 0 && (apart || !before_percent)) {
        mark(folder, folder->separators_at);
        folder->out[folder->length++] = apart ? '\n' : ' ';
    }
    folder->separators = folder->line_ends = 0;
}

static void separator(Folder *folder, gsize original, gboolean line_end) {
    if (folder->separators++ == 0)
        folder->separators_at = original;
    folder->line_ends += line_end ? 1 : 0;
}

/* Room for a separator and text must have been reserved. */
static void put(Folder *folder, const char *text, gsize length, gsize original) {
    put_separators(folder, FALSE);
    mark(folder, original);
    memcpy(folder->out + folder->length, text, length);
    folder->length += length;
}

/* What a table says of a character; FALSE where it leaves it to GLib. Room for 8 octets must have
 * been reserved. */
static inline gboolean put_entry(Folder *folder, const char known[4], gsize at) {
    if (known[0] == '?' && known[1] == '\0')
        return FALSE;
    if (known[0] == ' ' || known[0] == '\n') {
        separator(folder, at, known[0] == '\n');
        return TRUE;
    }
    if (known[0] == '\0')
        return TRUE;
    put_separators(folder, FALSE);
    mark(folder, at);
    memcpy(folder->out + folder->length, known, 4);
    folder->length += known[1] == '\0' ? 1 : known[2] == '\0' ? 2 : 3;
    return TRUE;
}

/* Ideographs, pictures and the parts of Korean syllables stay what they are. */
static inline gboolean stays(gunichar c) {
    return (c >= 0x4e00 && c < 0xa000) || (c >= 0x1f300 && c < 0x1fb00) ||
           (c >= 0x1100 && c < 0x1200 && c != 0x115f && c != 0x1160);
}

/* One character by what is known of it beforehand; FALSE where nothing is. */
static inline gboolean put_known(Folder *folder, gunichar c, const char *text, gsize length,
                                 gsize at) {
    if (c >= LETTERS_FIRST && c < LETTERS_END)
        return put_entry(folder, letters[c - LETTERS_FIRST], at);
    if (c >= PUNCTUATION_FIRST && c < PUNCTUATION_END)
        return put_entry(folder, punctuation[c - PUNCTUATION_FIRST], at);
    if (stays(c))
        put(folder, text, length, at);
    return stays(c);
}

/* One character of what a compatibility decomposition gave. */
static void put_decomposed(Folder *folder, gunichar c, gsize at) {
    c = g_unichar_tolower(c);
    char text[8];
    gsize length = (gsize)g_unichar_to_utf8(c, text);
    if (c < 0x80) {
        if (c == '%')
            put_separators(folder, TRUE);
        if (ascii[c] == SEPARATOR)
            separator(folder, at, FALSE);
        else
            put(folder, c == '%' ? "%" : (const char *)&ascii[c], 1, at);
        return;
    }
    if (put_known(folder, c, text, length, at))
        return;
    switch (g_unichar_type(c)) {
    case G_UNICODE_FORMAT:
    case G_UNICODE_NON_SPACING_MARK:
        return;
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_DASH_PUNCTUATION:
        separator(folder, at, FALSE);
        return;
    default:
        put(folder, text, length, at);
    }
}

static void put_other(Folder *folder, gunichar c, const char *text, gsize length, gsize at) {
    if (put_known(folder, c, text, length, at))
        return;
    /* Words in one character have up to 6; of the one that is a whole sentence in Arabic, 8 do. */
    enum { MOST_KEPT = 8 };
    gunichar decomposed[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(c, TRUE, decomposed, G_N_ELEMENTS(decomposed));
    n = MIN(n, MOST_KEPT);
    reserve(folder, n * 8);
    for (gsize i = 0; i < n; i++)
        put_decomposed(folder, decomposed[i], at);
}

/* One character beyond ASCII; returns its length. */
static inline gsize fold_character(Folder *folder, const char *text, gsize at) {
    guint8 first = (guint8)text[0];
    if (first >= 0xc2 && first < 0xd4) {
        gunichar c = (gunichar)(first & 0x1f) << 6 | (text[1] & 0x3f);
        if (put_entry(folder, letters[c - LETTERS_FIRST], at))
            return 2;
    }
    gsize length = (gsize)g_utf8_skip[first];
    put_other(folder, g_utf8_get_char(text), text, length, at);
    return length;
}

static void fold_special(Folder *folder, OvSlice text, gsize at) {
    char c = text.data[at];
    if (c == '\0')
        return;
    if (c == '%') {
        put_separators(folder, TRUE);
        put(folder, "%", 1, at);
        return;
    }
    /* The CR of CR LF is no separator of its own, so that both kinds of line end fold alike. */
    if (c == '\r' && at + 1 < text.length && text.data[at + 1] == '\n')
        return;
    separator(folder, at, c == '\n' || c == '\r');
}

/* Copies what needs no thought; returns the offset of the first octet that does. */
static gsize fold_plain(Folder *folder, OvSlice text, gsize at) {
    put_separators(folder, FALSE);
    mark(folder, at);
    char *out = folder->out + folder->length;
    gsize i = at;
    while (i < text.length) {
        guint8 c = ascii[(guint8)text.data[i]];
        /* A single separator between plain octets is one for one, too. */
        gboolean plain = c != SEPARATOR
                             ? c != SPECIAL
                             : i + 1 < text.length && ascii[(guint8)text.data[i + 1]] > SEPARATOR;
        if (!plain)
            break;
        out[i++ - at] = (char)c;
    }
    folder->length += i - at;
    return i;
}

static OvSlice cut(OvSlice text) {
    if (text.length <= OV_FOLD_MAX)
        return text;
    text.length = OV_FOLD_MAX;
    while (text.length > 0 && (text.data[text.length] & 0xc0) == 0x80)
        text.length--;
    return text;
}

OvFolded *ov_fold(OvArena *arena, OvSlice text) {
    text = cut(text);
    Folder folder = {.arena = arena, .room = text.length + 16};
    folder.out = ov_arena_alloc(arena, folder.room);
    for (gsize i = 0; i < text.length;) {
        guint8 c = (guint8)text.data[i];
        if (c < 0x80) {
            /* No octet before it gave more than it took, but for what was reserved. */
            reserve(&folder, text.length - i + 8);
            if (ascii[c] != SPECIAL && ascii[c] != SEPARATOR)
                i = fold_plain(&folder, text, i);
            else
                fold_special(&folder, text, i++);
            continue;
        }
        reserve(&folder, 8);
        i += fold_character(&folder, text.data + i, i);
    }
    if (folder.n_points == 0)
        add_point(&folder, 0);
    add_point(&folder, folder.separators > 0 ? folder.separators_at : text.length);

    OvFolded *folded = OV_ARENA_NEW(arena, OvFolded, 1);
    folded->text = (OvSlice){folder.out, folder.length};
    folded->original = text;
    folded->folded_at = folder.folded_at;
    folded->original_at = folder.original_at;
    folded->n_points = folder.n_points;
    return folded;
}

char *ov_fold_string(const char *text) {
    g_autoptr(OvArena) arena = ov_arena_new();
    const OvFolded *folded = ov_fold(arena, ov_slice(text));
    return g_strndup(folded->text.data, folded->text.length);
}

/* Where the folded octet at offset came from. Several octets may have come from one character: the
 * next checkpoint is the bound. */
static gsize original_of(const OvFolded *folded, guint32 offset) {
    guint low = 0;
    guint high = folded->n_points - 1;
    while (low < high) {
        guint middle = (low + high + 1) / 2;
        if (folded->folded_at[middle] <= offset)
            low = middle;
        else
            high = middle - 1;
    }
    gsize original = (gsize)folded->original_at[low] + (offset - folded->folded_at[low]);
    if (low + 1 < folded->n_points)
        original = MIN(original, folded->original_at[low + 1]);
    return MIN(original, folded->original.length);
}

OvSlice ov_folded_original(const OvFolded *folded, guint32 start, guint32 end) {
    const char *data = folded->original.data;
    gsize length = folded->original.length;
    gsize from = original_of(folded, start);
    while (from > 0 && from < length && (data[from] & 0xc0) == 0x80)
        from--;
    gsize to = MAX(from, original_of(folded, end));
    while (to < length && (data[to] & 0xc0) == 0x80)
        to++;
    /* The end may lie inside what one character gave. */
    gsize last = end > start ? original_of(folded, end - 1) : from;
    while (last > from && last < length && (data[last] & 0xc0) == 0x80)
        last--;
    if (end > start && to <= last && last < length)
        to = last + (gsize)g_utf8_skip[(guint8)data[last]];
    return (OvSlice){data ? data + from : NULL, to - from};
}

guint32 ov_folded_offset(const OvFolded *folded, gsize offset) {
    guint low = 0;
    guint high = folded->n_points - 1;
    if (offset <= folded->original_at[0])
        return 0;
    while (low < high) {
        guint middle = (low + high + 1) / 2;
        if (folded->original_at[middle] <= offset)
            low = middle;
        else
            high = middle - 1;
    }
    gsize at = folded->folded_at[low] + (offset - folded->original_at[low]);
    guint next = MIN(low + 1, folded->n_points - 1);
    return (guint32)MIN(at, folded->folded_at[next]);
}
