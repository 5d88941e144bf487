#include "rules/exclamations.h"

#include "rules/characters.h"

enum {
    GREETING_CHARACTERS = 60, /* octets of a line that may be a greeting */
    GREETING_WORDS = 8,
    EVIDENCE_BEFORE = 40, /* octets before the marks */
};

typedef struct {
    const OvExclamationsExempt *exempt;
    guint next_brand;
    OvSlice text;
    const char *greeting_end; /* the first line's end, NULL where it is no greeting */
    guint run;
    const char *run_start, *run_end;
    gboolean run_greeting; /* the run ends the greeting */
    OvExclamations *result;
} Pass;

/* Marks that the character counts for. */
static guint marks_of(gunichar c) {
    switch (c) {
    case '!':
    case 0xFF01:
    case 0x2757:
    case 0x2755:
        return 1;
    case 0x203C:
    case 0x2049:
        return 2;
    default:
        return 0;
    }
}

static gboolean question(gunichar c) {
    return c == '?' || c == 0xFF1F || c == 0x061F || c == 0x2753 || c == 0x2754 || c == 0x2049;
}

static gboolean code(const char *at, const char *start, const char *end) {
    char before = at > start ? at[-1] : ' ';
    char after = at + 1 < end ? at[1] : ' ';
    if (before == '#' || before == '<' || after == '=' || after == '[')
        return TRUE;
    if (end - at > 9 && memcmp(at, "!important", 10) == 0)
        return TRUE;
    gboolean leads = before == ' ' || before == '\t' || before == '\n' || before == '(';
    return leads && (g_ascii_isalnum(after) || after == '/' || after == '(' || after == '$');
}

static gboolean brand(Pass *pass, const char *at) {
    if (!pass->exempt)
        return FALSE;
    guint32 offset = (guint32)(at - pass->text.data);
    while (pass->next_brand < pass->exempt->n_brands &&
           pass->exempt->brands[pass->next_brand].end < offset)
        pass->next_brand++;
    for (guint i = pass->next_brand; i < pass->exempt->n_brands; i++) {
        const OvRange *range = &pass->exempt->brands[i];
        if (range->start > offset)
            break;
        if (range->end == offset || range->end == offset + 1)
            return TRUE;
    }
    return FALSE;
}

static const char *context_start(const Pass *pass, const char *at) {
    const char *p = at;
    while (p > pass->text.data && at - p < EVIDENCE_BEFORE && p[-1] != '\n')
        p--;
    while (p < at && ((guchar)*p & 0xC0) == 0x80)
        p++;
    return p;
}

static void end_run(Pass *pass) {
    OvExclamations *result = pass->result;
    if (pass->run == 0)
        return;
    if (!(pass->run == 1 && pass->run_greeting)) {
        result->marks += pass->run;
        result->runs_of_two += pass->run >= 2;
        result->runs_of_three += pass->run >= 3;
        if (pass->run > result->longest_run) {
            result->longest_run = pass->run;
            const char *start = context_start(pass, pass->run_start);
            result->evidence = (OvSlice){start, (gsize)(pass->run_end - start)};
        }
    }
    pass->run = 0;
    pass->run_greeting = FALSE;
}

static gboolean inline_code_end(const char *p, const char *end, const char **after) {
    const char *line_end = memchr(p, '\n', (gsize)(end - p));
    const char *closing = memchr(p + 1, '`', (gsize)((line_end ? line_end : end) - p - 1));
    if (!closing)
        return FALSE;
    *after = closing + 1;
    return TRUE;
}

static void measure_block(Pass *pass, const char *p, const char *end) {
    const char *start = p;
    while (p < end) {
        guchar octet = (guchar)*p;
        if (octet < 128 && octet != '!' && octet != '?' && octet != '`') {
            if (pass->run > 0 && (octet == '\n' || !g_ascii_isspace(octet)))
                end_run(pass);
            p++;
            continue;
        }
        if (octet == '`' && p + 1 < end && inline_code_end(p, end, &p)) {
            end_run(pass);
            continue;
        }
        const char *at = p;
        gunichar c = ov_character_next(&p);
        guint marks = marks_of(c);
        if (question(c))
            pass->result->questions++;
        if (marks == 0) {
            /* The variation selector says how a mark is drawn. */
            if (!question(c) && c != 0xFE0F && !(ov_character(c) & OV_CHARACTER_SPACE))
                end_run(pass);
            continue;
        }
        if (c == '!' && pass->run == 0 && (code(at, start, end) || brand(pass, at)))
            continue;
        if (pass->run == 0)
            pass->run_start = at;
        pass->run += marks;
        pass->run_end = p;
        pass->run_greeting = p == pass->greeting_end;
    }
    end_run(pass);
}

/* The end of the first line when that may be a greeting, which Austria, Switzerland and Poland
 * close with a mark ("Liebe Frau Huber!"). */
static const char *greeting_end(const char *start, const char *end) {
    const char *line_end = memchr(start, '\n', (gsize)(end - start));
    const char *last = line_end ? line_end : end;
    while (last > start && g_ascii_isspace(last[-1]))
        last--;
    if (last - start > GREETING_CHARACTERS)
        return NULL;
    guint spaces = 0, marks = 0;
    for (const char *p = start; p < last; p++) {
        spaces += *p == ' ';
        marks += *p == '!';
    }
    return spaces < GREETING_WORDS && marks == 1 ? last : NULL;
}

OvExclamations ov_exclamations_measure(OvSlice text, const OvBlock *blocks, guint n_blocks,
                                       const OvExclamationsExempt *exempt) {
    OvExclamations result = {0};
    Pass pass = {.exempt = exempt, .text = text, .result = &result};
    gboolean first = exempt && exempt->greeting;
    for (guint i = 0; i < n_blocks; i++) {
        if (blocks[i].kind != OV_BLOCK_OWN)
            continue;
        const char *start = text.data + blocks[i].start, *end = text.data + blocks[i].end;
        pass.greeting_end = first ? greeting_end(start, end) : NULL;
        first = FALSE;
        measure_block(&pass, start, end);
    }
    return result;
}
