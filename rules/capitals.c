#include "rules/capitals.h"

enum {
    SHOUT_LETTERS = 4,      /* cased letters of a shout word */
    SHOUT_RUN = 3,          /* shout words of a run */
    WRAPPED_LINE = 50,      /* characters of a line that was probably wrapped */
    HEADING_WORDS = 8,      /* at most, in a heading */
    ADDRESS_WORDS = 5,      /* at most, in a line of an address, beside a number */
    HEADING_EVERY = 400,    /* visible characters for each exempt heading */
    HEADINGS_TRACKED = 128, /* later ones count as text */
};

typedef struct {
    guint cased, upper, words, shout_words, shout_runs;
    OvSlice shouted;
    guint shouted_words; /* shout words in shouted */
} Counts;

typedef struct {
    const char *start; /* NULL outside a word */
    const char *end;
    guint cased, upper, letters;
    guint part, longest_part; /* cased letters of the part now, and of the longest */
    gboolean digit;
    gboolean excluded; /* a digit, `_`, `@` or a `#` before it */
} Word;

typedef struct {
    const char *start; /* NULL outside a run */
    const char *end;
    guint words;
} Run;

typedef struct {
    const OvCapitalsExempt *exempt;
    guint next_acronym; /* the first one that ends after what was read */
    const char *text;   /* acronyms' offsets count from here */
    gboolean headings;
    gboolean in_heading; /* HTML says so of the block */
    Word word;
    Run run;
    Counts line;
    guint line_visible, line_words;
    gboolean line_started; /* a word stands in the line */
    gboolean first_number; /* its first word has a digit */
    gboolean last_number;  /* its last word so far has one */
    Counts acronyms;       /* of the line: words in capitals of at most three letters */
    Counts total;
    Counts pending; /* a line that is a heading if the next line is none */
    gboolean is_pending, previous_caps;
    Counts heading[HEADINGS_TRACKED];
    guint n_headings;
    guint visible, visible_words;
    gunichar joint;      /* joins parts of a word, if a part follows; else 0 */
    gunichar before;     /* the character before */
    gboolean last_glued; /* that is a comma or the like right behind a word */
    guint last_kind;     /* what the last character was that is no white space */
} Pass;

static void add(Counts *total, const Counts *counts) {
    total->cased += counts->cased;
    total->upper += counts->upper;
    total->words += counts->words;
    total->shout_words += counts->shout_words;
    total->shout_runs += counts->shout_runs;
    if (counts->shouted_words > total->shouted_words) {
        total->shouted_words = counts->shouted_words;
        total->shouted = counts->shouted;
    }
}

static gsize roman_digit(const char *s, gsize length, char one, char five, char ten) {
    if (length >= 2 && s[0] == one && (s[1] == ten || s[1] == five))
        return 2;
    gsize n = length >= 1 && s[0] == five ? 1 : 0;
    for (int i = 0; i < 3 && n < length && s[n] == one; i++)
        n++;
    return n;
}

static gboolean roman_numeral(const char *s, gsize length) {
    gsize n = 0;
    while (n < length && n < 3 && s[n] == 'M')
        n++;
    n += roman_digit(s + n, length - n, 'C', 'D', 'M');
    n += roman_digit(s + n, length - n, 'X', 'L', 'C');
    n += roman_digit(s + n, length - n, 'I', 'V', 'X');
    return n == length;
}

/* ASCII letters without a vowel are an abbreviation in every language here. */
static gboolean has_no_vowel(const char *s, gsize length) {
    for (gsize i = 0; i < length; i++)
        if ((guchar)s[i] >= 128 || strchr("AEIOUY", s[i]))
            return FALSE;
    return TRUE;
}

static gboolean exempt(Pass *pass, const Word *word) {
    gsize length = (gsize)(word->end - word->start);
    if (roman_numeral(word->start, length) || has_no_vowel(word->start, length))
        return TRUE;
    if (!pass->exempt)
        return FALSE;
    for (guint i = 0; i < pass->exempt->n_names; i++)
        if (ov_slice_equal(pass->exempt->names[i], (OvSlice){word->start, length}))
            return TRUE;
    guint32 start = (guint32)(word->start - pass->text), end = (guint32)(word->end - pass->text);
    const OvRange *acronyms = pass->exempt->acronyms;
    while (pass->next_acronym < pass->exempt->n_acronyms &&
           acronyms[pass->next_acronym].end <= start)
        pass->next_acronym++;
    for (guint i = pass->next_acronym; i < pass->exempt->n_acronyms && acronyms[i].start <= start;
         i++)
        if (acronyms[i].end >= end)
            return TRUE;
    return FALSE;
}

static void end_run(Pass *pass) {
    if (!pass->run.start)
        return;
    if (pass->run.words >= SHOUT_RUN)
        pass->line.shout_runs++;
    if (pass->run.words > pass->line.shouted_words) {
        pass->line.shouted_words = pass->run.words;
        pass->line.shouted = (OvSlice){pass->run.start, (gsize)(pass->run.end - pass->run.start)};
    }
    pass->run = (Run){0};
}

static void end_word(Pass *pass) {
    Word *word = &pass->word;
    if (!word->start)
        return;
    gboolean caps = word->cased > 0 && word->upper == word->cased;
    word->longest_part = MAX(word->longest_part, word->part);
    if (!pass->line_started)
        pass->first_number = word->digit;
    pass->line_started = TRUE;
    pass->last_number = word->digit;
    if (word->letters > 0) {
        pass->visible_words++;
        pass->line_words++;
    }
    if (word->excluded || (caps && exempt(pass, word))) {
        /* left out */
    } else if (caps && word->longest_part < SHOUT_LETTERS) {
        pass->acronyms.cased += word->cased;
        pass->acronyms.upper += word->upper;
        pass->acronyms.words++;
        if (pass->run.start)
            pass->run.end = word->end;
    } else if (word->cased > 0) {
        pass->line.cased += word->cased;
        pass->line.upper += word->upper;
        pass->line.words++;
        if (caps) {
            pass->line.shout_words++;
            if (!pass->run.start)
                pass->run.start = word->start;
            pass->run.end = word->end;
            pass->run.words++;
        } else {
            end_run(pass);
        }
    } else if (word->letters > 0) {
        end_run(pass);
    }
    *word = (Word){0};
}

/* The line before was a heading only if this one, counts, is not in capitals too. */
static void settle_pending(Pass *pass, gboolean caps) {
    if (!pass->is_pending)
        return;
    if (!caps && pass->n_headings < HEADINGS_TRACKED)
        pass->heading[pass->n_headings++] = pass->pending;
    else
        add(&pass->total, &pass->pending);
    pass->is_pending = FALSE;
}

static void end_line(Pass *pass) {
    end_word(pass);
    if (pass->line_words == 0 && pass->line_visible == 0) {
        end_run(pass);
        return;
    }
    Counts *line = &pass->line;
    gboolean caps = line->shout_words > 0 && line->upper * 10 >= line->cased * 9;
    gboolean candidate = pass->headings && caps && pass->line_words <= HEADING_WORDS &&
                         (!pass->previous_caps || pass->in_heading);
    if (candidate || pass->line_visible < WRAPPED_LINE)
        end_run(pass);
    gboolean number = pass->first_number || (pass->last_number && pass->before != '%');
    if (caps && number && pass->line_words <= ADDRESS_WORDS)
        line->shout_runs = 0;
    if (line->shout_words >= 2)
        add(line, &pass->acronyms);
    settle_pending(pass, caps);
    if (candidate && pass->in_heading && pass->n_headings < HEADINGS_TRACKED) {
        pass->heading[pass->n_headings++] = *line;
    } else if (candidate) {
        pass->pending = *line;
        pass->is_pending = TRUE;
    } else {
        add(&pass->total, line);
    }
    pass->previous_caps = caps;
    *line = (Counts){0};
    pass->acronyms = (Counts){0};
    pass->line_visible = pass->line_words = 0;
    pass->line_started = pass->first_number = pass->last_number = FALSE;
}

static gboolean joins(gunichar c) {
    return c == '-' || c == '\'' || c == 0x2019 || c == '.' || c == '/' || c == '_' || c == '@';
}

/* Commas and the like between words have a space behind them, unless it is code. */
static gboolean glued(gunichar c) {
    return c == ',' || c == ';' || c == '(' || c == '"';
}

static void word_character(Pass *pass, const char *at, const char *end, gunichar c, guint kind) {
    Word *word = &pass->word;
    if (!word->start) {
        if (pass->last_glued)
            end_run(pass);
        word->start = at;
        word->excluded = pass->before == '#';
    } else if (pass->joint) {
        word->longest_part = MAX(word->longest_part, word->part);
        word->part = 0;
        word->excluded |= pass->joint == '_' || pass->joint == '@';
    }
    pass->joint = 0;
    word->end = end;
    if (kind & OV_CHARACTER_LETTER)
        word->letters++;
    if (kind & OV_CHARACTER_CASED) {
        word->cased++;
        word->part++;
        if (kind & OV_CHARACTER_UPPER)
            word->upper++;
    } else if (kind & OV_CHARACTER_DIGIT) {
        word->digit = word->excluded = TRUE;
    } else if (ov_character_ideographic(c)) {
        end_word(pass);
    }
}

static void other_character(Pass *pass, gunichar c, guint kind) {
    if (pass->word.start && !pass->joint && joins(c)) {
        pass->joint = c;
        return;
    }
    end_word(pass);
    pass->joint = 0;
    if (c == '\n') {
        end_line(pass);
    } else if (kind & OV_CHARACTER_SPACE) {
        gboolean wide = c == '\t' || (ov_character(pass->before) & OV_CHARACTER_SPACE);
        if (wide && (pass->last_kind & OV_CHARACTER_WORD))
            end_run(pass);
    } else if (pass->run.start && c < 128 && strchr("|=$<>[]{}\\`:", (int)c) &&
               (c != ':' || pass->before == ':')) {
        end_run(pass); /* tables and code; of colons two */
    }
}

/* Most of most texts, taken in one go: further small ASCII letters of the word. */
static const char *small_letters(Pass *pass, const char *p, const char *end) {
    const char *start = p;
    while (p < end && *p >= 'a' && *p <= 'z')
        p++;
    guint n = (guint)(p - start);
    pass->visible += n;
    pass->line_visible += n;
    pass->word.cased += n;
    pass->word.part += n;
    pass->word.letters += n;
    pass->word.end = p;
    return p;
}

static void measure_block(Pass *pass, const char *p, const char *end) {
    pass->before = '\n';
    while (p < end) {
        const char *at = p;
        gunichar c = ov_character_next(&p);
        guint kind = ov_character(c);
        if (kind & OV_CHARACTER_VISIBLE)
            pass->line_visible++, pass->visible++;
        if (kind & OV_CHARACTER_WORD) {
            word_character(pass, at, p, c, kind);
            if (c >= 'a' && c <= 'z')
                p = small_letters(pass, p, end);
        } else if (pass->word.start && (kind & OV_CHARACTER_MARK)) {
            pass->word.end = p;
        } else {
            other_character(pass, c, kind);
        }
        pass->last_glued = glued(c) && (ov_character(pass->before) & OV_CHARACTER_WORD);
        pass->before = c;
        if (!(kind & OV_CHARACTER_SPACE))
            pass->last_kind = kind;
    }
    end_word(pass);
    end_run(pass);
    end_line(pass);
}

OvCapitals ov_capitals_measure(OvSlice text, const OvBlock *blocks, guint n_blocks,
                               const OvCapitalsExempt *exempt_words, gboolean headings) {
    Pass pass = {.exempt = exempt_words, .text = text.data, .headings = headings};
    for (guint i = 0; i < n_blocks; i++)
        if (blocks[i].kind == OV_BLOCK_OWN) {
            pass.in_heading = blocks[i].heading;
            measure_block(&pass, text.data + blocks[i].start, text.data + blocks[i].end);
        }
    settle_pending(&pass, TRUE);
    guint allowed = MAX(1, pass.visible / HEADING_EVERY);
    for (guint i = allowed; i < pass.n_headings; i++)
        add(&pass.total, &pass.heading[i]);
    return (OvCapitals){
        .cased = pass.total.cased,
        .upper = pass.total.upper,
        .words = pass.total.words,
        .shout_words = pass.total.shout_words,
        .shout_runs = pass.total.shout_runs,
        .shouted = pass.total.shouted,
        .visible = pass.visible,
        .visible_words = pass.visible_words,
    };
}

double ov_capitals_share(const OvCapitals *capitals) {
    return capitals->cased ? (double)capitals->upper / capitals->cased : 0;
}
