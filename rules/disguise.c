#include "rules/disguise.h"

#include "rules/characters.h"
#include "rules/disguise_split.h"
#include "rules/disguise_word.h"

enum {
    LEAST_RUN = 4,          /* single letters in a row that may be a word */
    MOST_BETWEEN = 3,       /* characters between two of them */
    WIDEST = 12,            /* blanks between those of two words */
    LEAST_LETTERS = 4,      /* of a word that mixes alphabets */
    LEAST_LEET = 3,         /* characters of a word with digits for letters */
    SHORT_UNIT = 3,         /* letters behind a number: "10px" */
    LONGEST_WORD = 40,      /* characters; longer ones are data */
    LEAST_MARKS = 2,        /* in a word, on letters that take none */
    LONGEST_REVERSED = 400, /* octets */
};

/* Beside OvDisguiseKind. */
enum {
    WHOLLY_ALIKE = 1 << 8, /* a word with nothing but letters of other alphabets */
    COMMON = 1 << 9,       /* digits as names and amounts have them */
};

/* What an octet may be: of no word, a letter, a digit like a letter, another digit, a sign like a
 * letter, beyond ASCII, or the capital that looks like a small l. */
enum { N = 0, A = 1, L = 2, D = 4, S = 8, B = 16, I = A | 32 };

/* clang-format off */
static const guint8 octets[256] = {
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    /* space ! " # $ % & ' ( ) * + , - . / 0-9 : ; < = > ? */
    N, S, N, N, S, N, N, N, N, N, N, N, N, N, N, N, L, L, D, L, L, L, D, L, D, D, N, N, N, N, N, N,
    S, A, A, A, A, A, A, A, A, I, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, N, N, N, N, N,
    N, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, N, N, N, N, N,
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
};
/* clang-format on */

/* Single letters in a row. */
typedef struct {
    const char *start, *end;
    guint characters, letters;
    gboolean near; /* the last two stand near each other */
} Run;

typedef struct {
    OvArena *arena;
    OvSlice text;
    OvDisguise *places;
    guint n_places, room;
    Run run;
    guint latin_words, foreign_words; /* by which the text's alphabet is told */
    OvDisguises found;
} Search;

char ov_leet_letter(gunichar c, gboolean one_is_l) {
    switch (c) {
    case '0':
        return 'o';
    case '1':
    case '!':
        return one_is_l ? 'l' : 'i';
    case '3':
    case 0x20AC: /* euro */
        return 'e';
    case '4':
    case '@':
        return 'a';
    case '5':
    case '$':
        return 's';
    case '7':
        return 't';
    case 0xA2: /* cent */
        return 'c';
    case 0xA3: /* pound */
        return 'l';
    case 0xA5: /* yen */
        return 'y';
    default:
        return '\0';
    }
}

static void add_place(Search *search, const char *start, const char *end, guint kind) {
    if (search->n_places == search->room) {
        guint room = MAX(16, search->room * 2);
        OvDisguise *places = OV_ARENA_NEW(search->arena, OvDisguise, room);
        if (search->n_places > 0)
            memcpy(places, search->places, sizeof *places * search->n_places);
        search->places = places;
        search->room = room;
    }
    const char *text = search->text.data;
    search->places[search->n_places++] =
        (OvDisguise){{(guint32)(start - text), (guint32)(end - text)}, kind};
}

static inline void end_run(Search *search) {
    Run *run = &search->run;
    if (run->characters == 0)
        return;
    /* More than half letters: others are numbers and formulas. */
    if (run->characters >= LEAST_RUN && run->letters * 2 > run->characters)
        add_place(search, run->start, run->end, OV_DISGUISE_GAPS);
    *run = (Run){0};
}

/* How a single letter stands to the one before it. */
static gboolean goes_on(Run *run, const char *start) {
    guint between = 0;
    gboolean blank = TRUE;
    for (const char *p = run->end; p < start && between <= WIDEST; p = g_utf8_next_char(p)) {
        blank &= *p == ' ';
        between++;
    }
    gboolean near = between <= MOST_BETWEEN;
    gboolean next_word = blank && run->near && between <= WIDEST;
    run->near = near;
    return near || next_word;
}

static void add_single(Search *search, const char *start, const char *end, gboolean letter) {
    Run *run = &search->run;
    if (run->characters > 0 && !goes_on(run, start))
        end_run(search);
    if (run->characters == 0)
        run->start = start;
    run->end = end;
    run->characters++;
    run->letters += letter ? 1 : 0;
}

/* Latin and another alphabet, or styled letters, in a word that reads as Latin. */
static gboolean is_mixed(const OvWord *word) {
    if (word->foreign > 0 || word->latin + word->alike + word->styled < LEAST_LETTERS)
        return FALSE;
    if (word->styled > 0)
        return word->latin > 0 || word->alike > 0 || word->full_width == 0;
    gboolean notation = word->latin_small == 0 && word->alike_big == 0;
    return word->latin > 0 && word->alike > 0 && !notation;
}

static gboolean has_leet(const OvWord *word) {
    guint letters = word->latin + word->alike + word->styled;
    return word->leet > 0 && word->other_digits == 0 && word->foreign == 0 && letters > 0 &&
           word->leet <= letters + 1 && word->characters >= LEAST_LEET;
}

/* Digits at an end alone: "MP3", "10px", "rc1". */
static gboolean is_common(OvSlice text) {
    const gsize length = text.length;
    gsize head = 0, letters = 0, small = 0;
    while (head < length && g_ascii_isdigit(text.data[head]))
        head++;
    for (; head + letters < length && g_ascii_isalpha(text.data[head + letters]); letters++)
        small += g_ascii_islower(text.data[head + letters]) ? 1 : 0;
    gsize tail = length - head - letters;
    if (head > 0)
        return tail == 0 && letters <= SHORT_UNIT;
    for (gsize i = letters; i < length; i++)
        if (!g_ascii_isdigit(text.data[i]))
            return FALSE;
    return tail == 1 || small == 0;
}

/* The sign for what could not be decoded, taken for windows-1251. */
static gboolean is_mojibake(const OvWord *word) {
    return memmem(word->text.data, word->text.length, "пїЅ", strlen("пїЅ")) != NULL;
}

static void add_mixed(Search *search, const OvWord *word) {
    OvDisguises *found = &search->found;
    if (is_mojibake(word) || (found->n_mixed > 0 && ov_slice_equal(found->mixed, word->text)))
        return;
    if (found->n_mixed++ == 0)
        found->mixed = word->text;
    found->most_switches = MAX(found->most_switches, word->switches);
}

static void judge_word(Search *search, const OvWord *word) {
    const char *start = word->text.data, *end = start + word->text.length;
    guint letters = word->latin + word->alike + word->styled;
    if (word->characters == 1 && word->foreign == 0 && word->other_digits == 0) {
        add_single(search, start, end, letters > 0);
        return;
    }
    end_run(search);
    if (word->characters > LONGEST_WORD)
        return;
    search->latin_words += word->latin > 0 && word->foreign == 0;
    search->foreign_words += word->foreign > 0;
    guint kind = 0;
    gboolean riddled = word->invisible > 1 || (word->soft_hyphens > 1 && word->lone_letters > 0);
    if (riddled || word->invisible > 0) {
        if (search->found.n_invisible++ == 0)
            search->found.invisible = word->text;
        search->found.n_riddled += riddled ? 1 : 0;
        kind |= riddled ? OV_DISGUISE_LETTERS : OV_DISGUISE_SLIGHT;
    }
    if (is_mixed(word))
        add_mixed(search, word);
    if (word->foreign == 0) {
        gboolean marked = word->loose_marks >= LEAST_MARKS && letters > 0;
        if (word->alike + word->phonetic > 0 || marked || (word->styled > 0 && word->latin > 0))
            kind |= OV_DISGUISE_LETTERS | (word->latin + word->styled == 0 ? WHOLLY_ALIKE : 0);
        else if (word->styled > 0)
            kind |= OV_DISGUISE_SLIGHT;
    }
    if (has_leet(word))
        kind |= OV_DISGUISE_DIGITS | (kind == 0 && is_common(word->text) ? COMMON : 0);
    if (kind)
        add_place(search, start, end, kind);
}

/* Adds what U+202E at start shows reversed, if it is of letters that aren't written so; its end. */
static const char *add_reversed(Search *search, const char *start, const char *end) {
    const char *first = g_utf8_next_char(start), *p = first, *stop = NULL;
    gboolean needed = FALSE;
    while (p < end && !stop && *p != '\n' && p - first < LONGEST_REVERSED) {
        const char *at = p;
        gunichar c = ov_character_next(&p);
        stop = c == POP_DIRECTION || c == POP_ISOLATE ? at : NULL;
        needed |= ov_character_right_to_left(c);
    }
    end_run(search);
    if (needed)
        return first;
    stop = stop ? stop : p;
    if (stop > first)
        add_place(search, first, stop, OV_DISGUISE_REVERSED);
    return stop;
}

/* Words of p to stop one by one; the text goes on to end. Returns where to go on. */
static const char *judge_words(Search *search, const char *p, const char *stop, const char *end) {
    OvSlice rest = {p, (gsize)(stop - p)};
    while (rest.length > 0) {
        OvWord word;
        if (ov_word_next(rest, &word, &rest))
            judge_word(search, &word);
        else if (rest.length > 0 && g_utf8_get_char(rest.data) == RIGHT_TO_LEFT_OVERRIDE)
            return add_reversed(search, rest.data, end);
    }
    return stop;
}

/* A capital i, and no other capital, behind a small letter: "speciaI". */
static gboolean has_i_for_l(const char *start, const char *end) {
    gboolean found = FALSE;
    for (const char *p = start + 1; p < end; p++) {
        if (g_ascii_isupper(*p) && (*p != 'I' || !g_ascii_islower(p[-1])))
            return FALSE;
        found |= *p == 'I';
    }
    return found;
}

/* A word with signs between its letters; seen: what its first octets, up to stop, are. Its end, or
 * NULL where it is none. */
static const char *add_split(Search *search, const char *start, const char *stop, const char *end,
                             guint seen) {
    gboolean sign = (seen & S) || (stop < end && ov_is_split_sign(*stop));
    OvSplitWord word;
    if (!sign || !(seen & A) || (seen & (D | B)) || !ov_split_word_read(start, end, &word))
        return NULL;
    end_run(search);
    search->latin_words++;
    add_place(search, start, word.end, word.singles ? OV_DISGUISE_GAPS : OV_DISGUISE_SPLIT);
    return word.end;
}

static void search_piece(Search *search, const char *p, const char *end) {
    while (p < end) {
        if (!octets[(guint8)*p]) {
            p++;
            continue;
        }
        const char *start = p;
        guint seen = 0;
        for (guint kind; p < end && (kind = octets[(guint8)*p]) != N; p++)
            seen |= kind;
        const char *split = add_split(search, start, p, end, seen);
        if (split) {
            p = split;
        } else if (p - start == 1 && (seen & (A | L))) {
            add_single(search, start, p, (seen & A) != 0);
        } else if ((seen & ~(guint)I) == 0) {
            search->latin_words++;
            end_run(search);
            if (seen == I && has_i_for_l(start, p))
                add_place(search, start, p, OV_DISGUISE_DIGITS);
        } else if ((seen & (A | B)) == 0 || (seen & (D | B)) == D) {
            end_run(search); /* numbers, and words that have some */
        } else {
            /* What follows reversed letters is in the same run, and is not looked at again. */
            const char *stop = p;
            for (p = start; p < stop;)
                p = judge_words(search, p, stop, end);
        }
    }
    end_run(search);
}

/* In a text mainly in another alphabet its own words look Latin, too, and Latin ones take endings.
 */
static void leave_alphabet_out(Search *search) {
    if (search->foreign_words * 2 < search->latin_words)
        return;
    search->found.n_mixed = 0;
    guint n = 0;
    for (guint i = 0; i < search->n_places; i++)
        if (!(search->places[i].kind & WHOLLY_ALIKE))
            search->places[n++] = search->places[i];
    search->n_places = n;
}

/* Where nothing else is disguised, names and amounts aren't. */
static void leave_common_out(Search *search) {
    guint common = 0;
    for (guint i = 0; i < search->n_places; i++) {
        common += search->places[i].kind & COMMON ? 1 : 0;
        search->places[i].kind &= ~(guint)(COMMON | WHOLLY_ALIKE);
    }
    if (common == search->n_places)
        search->n_places = 0;
}

OvDisguises ov_disguises_find(OvArena *arena, OvSlice text, const OvBlock *blocks, guint n_blocks) {
    Search search = {.arena = arena, .text = text};
    for (guint i = 0; text.length > 0 && i < n_blocks;) {
        guint first = i;
        while (i < n_blocks && blocks[i].kind == OV_BLOCK_OWN)
            i++;
        if (i == first)
            i++;
        else
            search_piece(&search, text.data + blocks[first].start, text.data + blocks[i - 1].end);
    }
    leave_alphabet_out(&search);
    leave_common_out(&search);
    search.found.places = search.places;
    search.found.n_places = search.n_places;
    return search.found;
}
