#include "rules/auth/show.h"
#include "rules/auth/spf_mend_internal.h"

#define SHOW(slice) ov_show(pieces->arena, (slice))

void ov_spf_pieces_wrong(OvSpfPieces *pieces, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ov_find(pieces->findings, OV_FINDING_MEND, "%s", text);
    pieces->changed = TRUE;
}

static gboolean read_term(OvSlice text, OvSpfTerm *term, const char **why) {
    OvSlice rest = text;
    return ov_spf_term_next(&rest, term, why) == OV_SPF_TERM && rest.length == 0;
}

/* Ways in which people write a mechanism, and how it is written. */
static const struct {
    const char *wrong, *right;
} spellings[] = {
    {"ip4=", "ip4:"},
    {"ip6=", "ip6:"},
    {"ipv4:", "ip4:"},
    {"ipv6:", "ip6:"},
    {"ip:", "ip4:"},
    {"ipv4=", "ip4:"},
    {"ipv6=", "ip6:"},
    {"include=", "include:"},
    {"includes:", "include:"},
    {"a=", "a:"},
    {"mx=", "mx:"},
    {"redirect:", "redirect="},
    {"incude:", "include:"},
    {"inlcude:", "include:"},
};

/* The same with another beginning. */
static OvSlice respelt(OvArena *arena, OvSlice text, const char *from, const char *to) {
    gsize length = strlen(from);
    return ov_slice(
        ov_arena_printf(arena, "%s%.*s", to, (int)(text.length - length), text.data + length));
}

static gboolean begins(OvSlice text, const char *start) {
    gsize length = strlen(start);
    return text.length >= length && g_ascii_strncasecmp(text.data, start, length) == 0;
}

/* What a term was meant to be; itself where nobody knows. */
static OvSlice repair(OvArena *arena, OvSlice text) {
    while (text.length > 0 && strchr(",;.\"'", text.data[text.length - 1]))
        text.length--;
    while (text.length > 0 && strchr("\"',;", text.data[0]))
        text.data++, text.length--;
    for (guint i = 0; i < G_N_ELEMENTS(spellings); i++)
        if (begins(text, spellings[i].wrong)) {
            text = respelt(arena, text, spellings[i].wrong, spellings[i].right);
            break;
        }
    gboolean v4 = begins(text, "ip4:"), v6 = begins(text, "ip6:");
    gsize head = v4 || v6 ? 4 : 0;
    OvSlice value = {text.data + head, text.length - head};
    const char *slash = value.length > 0 ? memchr(value.data, '/', value.length) : NULL;
    OvIpAddress address;
    OvSlice bare = {value.data, slash ? (gsize)(slash - value.data) : value.length};
    if (!ov_ip_address_parse(bare, &address))
        return text;
    gboolean colon = bare.length > 0 && memchr(bare.data, ':', bare.length);
    return ov_slice(
        ov_arena_printf(arena, "%s%.*s", colon ? "ip6:" : "ip4:", (int)value.length, value.data));
}

/* The name before "=" is that of a mechanism: the term is a modifier that nobody reads. */
static gboolean meant_mechanism(const OvSpfTerm *term) {
    static const char *const names[] = {"ip4=", "ip6=", "ipv4=", "ipv6=", "include=", "a=", "mx="};
    if (term->kind != OV_SPF_UNKNOWN_MODIFIER)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (begins(term->text, names[i]))
            return TRUE;
    return FALSE;
}

/* Reads a term, or what it was meant to be. FALSE: it is left out. */
static gboolean take_term(OvSpfPieces *pieces, OvSlice text, OvSpfTerm *term) {
    const char *why = "";
    if (read_term(text, term, &why) && !meant_mechanism(term))
        return TRUE;
    if (meant_mechanism(term))
        why = "with = it is a modifier that nobody reads";
    OvSlice meant = repair(pieces->arena, text);
    const char *still;
    if (meant.length > 0 && read_term(meant, term, &still) && !meant_mechanism(term)) {
        ov_spf_pieces_wrong(pieces, "%s: %s; %s was meant", SHOW(text), why, SHOW(meant));
        return TRUE;
    }
    ov_spf_pieces_wrong(pieces, "%s: %s; it is left out below", SHOW(text), why);
    return FALSE;
}

static gboolean same_piece(const OvSpfPiece *piece, OvSlice text) {
    return ov_slice_equal_nocase(piece->text, text);
}

void ov_spf_pieces_add(OvSpfPieces *pieces, guint place, OvSlice text) {
    OvSpfPiece piece = {.text = text};
    const char *why;
    if (pieces->n_pieces == OV_SPF_MEND_MAX_TERMS) {
        pieces->too_many = TRUE;
        return;
    }
    for (guint i = 0; i < pieces->n_pieces; i++)
        if (same_piece(&pieces->pieces[i], text))
            return;
    if (!read_term(text, &piece.term, &why))
        return;
    memmove(pieces->pieces + place + 1, pieces->pieces + place,
            (pieces->n_pieces - place) * sizeof piece);
    pieces->pieces[place] = piece;
    pieces->n_pieces++;
}

void ov_spf_pieces_remove(OvSpfPieces *pieces, guint place) {
    memmove(pieces->pieces + place, pieces->pieces + place + 1,
            (pieces->n_pieces - place - 1) * sizeof pieces->pieces[0]);
    pieces->n_pieces--;
}

static gboolean is_everybody(const OvSpfTerm *term) {
    return term->qualifier == '+' && ((term->kind == OV_SPF_IP4 && term->bits4 < 8) ||
                                      (term->kind == OV_SPF_IP6 && term->bits6 < 16));
}

/* redirect= counts only once, and where there is no all; what it leads to is then included. */
static void take_redirect(OvSpfPieces *pieces, const OvSpfTerm *term) {
    if (pieces->redirect.length > 0 && !ov_slice_equal_nocase(pieces->redirect, term->domain)) {
        if (pieces->n_records < 2)
            ov_spf_pieces_wrong(
                pieces, "there is more than one redirect=, which is an error; the second is "
                        "included below");
        ov_spf_pieces_add(pieces, pieces->n_pieces,
                          ov_slice(ov_arena_printf(pieces->arena, "include:%.*s",
                                                   (int)term->domain.length, term->domain.data)));
        return;
    }
    pieces->redirect = term->domain;
}

static guint strictness(char qualifier) {
    return qualifier == '-' ? 3 : qualifier == '~' ? 2 : 1;
}

static void take_all(OvSpfPieces *pieces, const OvSpfTerm *term, gboolean first) {
    char qualifier = term->qualifier;
    if (!first) {
        ov_spf_pieces_wrong(pieces, "a second all is never reached");
        return;
    }
    if (qualifier == '+') {
        ov_spf_pieces_wrong(
            pieces, "%s lets everybody send mail in this name; ~all marks what is not yours",
            SHOW(term->text));
        qualifier = '~';
    }
    if (!pieces->all || strictness(qualifier) < strictness(pieces->all))
        pieces->all = qualifier;
}

static void take_mechanism(OvSpfPieces *pieces, const OvSpfTerm *term) {
    if (term->kind == OV_SPF_PTR)
        ov_spf_pieces_wrong(pieces,
                            "%s is slow and given up (RFC 7208 5.5); many receivers pass over it",
                            SHOW(term->text));
    else if (is_everybody(term))
        ov_spf_pieces_wrong(pieces, "%s lets a large part of the Internet send mail in this name",
                            SHOW(term->text));
    else if (term->kind == OV_SPF_INCLUDE && ov_slice_equal_nocase(term->domain, pieces->domain))
        ov_spf_pieces_wrong(pieces, "%s includes itself, which is an error", SHOW(term->text));
    else
        ov_spf_pieces_add(pieces, pieces->n_pieces, term->text);
}

static void take_modifier(OvSpfPieces *pieces, const OvSpfTerm *term) {
    if (term->kind == OV_SPF_REDIRECT) {
        if (ov_slice_equal_nocase(term->domain, pieces->domain))
            ov_spf_pieces_wrong(pieces, "%s leads to itself, which is an error", SHOW(term->text));
        else
            take_redirect(pieces, term);
        return;
    }
    for (guint i = 0; term->kind == OV_SPF_EXPLANATION && i < pieces->n_modifiers; i++)
        if (pieces->modifiers[i].term.kind == OV_SPF_EXPLANATION) {
            if (pieces->n_records < 2)
                ov_spf_pieces_wrong(pieces, "%s: a second exp= is an error", SHOW(term->text));
            return;
        }
    if (pieces->n_modifiers < OV_SPF_MEND_MAX_TERMS)
        pieces->modifiers[pieces->n_modifiers++] = (OvSpfPiece){term->text, *term};
}

static gboolean is_modifier(const OvSpfTerm *term) {
    return term->kind == OV_SPF_REDIRECT || term->kind == OV_SPF_EXPLANATION ||
           term->kind == OV_SPF_UNKNOWN_MODIFIER;
}

static void take_record(OvSpfPieces *pieces, OvSlice terms) {
    gboolean after_all = FALSE;
    guint n = 0;
    pieces->n_records++;
    while (terms.length > 0 && !pieces->too_many) {
        const char *space = memchr(terms.data, ' ', terms.length);
        gsize length = space ? (gsize)(space - terms.data) : terms.length;
        OvSlice text = {terms.data, length};
        terms = (OvSlice){terms.data + length, terms.length - length};
        while (terms.length > 0 && terms.data[0] == ' ')
            terms.data++, terms.length--;
        OvSpfTerm term;
        pieces->too_many = n++ == OV_SPF_MEND_MAX_TERMS;
        if (length == 0 || pieces->too_many || !take_term(pieces, text, &term))
            continue;
        if (is_modifier(&term)) {
            take_modifier(pieces, &term);
        } else if (term.kind == OV_SPF_ALL) {
            take_all(pieces, &term, !after_all);
            after_all = TRUE;
        } else {
            if (after_all)
                ov_spf_pieces_wrong(pieces, "%s stands after all, where nothing is read",
                                    SHOW(text));
            take_mechanism(pieces, &term);
        }
    }
}

/* It begins in a way that only an SPF record has, and counts for nobody. */
static gboolean was_meant(OvSlice record, OvSlice *terms) {
    static const char *const starts[] = {"v=spf1", "v=spf 1", "v=spfv1",
                                         "v=spf",  "spf1",    "v= spf1"};
    while (record.length > 0 && strchr(" \t\"'", record.data[0]))
        record.data++, record.length--;
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
        if (begins(record, starts[i])) {
            gsize length = strlen(starts[i]);
            *terms = (OvSlice){record.data + length, record.length - length};
            while (terms->length > 0 && strchr("\"';,:. ", terms->data[0]))
                terms->data++, terms->length--;
            return TRUE;
        }
    return FALSE;
}

void ov_spf_pieces_read(OvSpfPieces *pieces, const OvDnsAnswer *txt) {
    guint n = 0;
    OvSlice terms;
    for (guint i = 0; i < txt->n_records; i++)
        n += ov_spf_record_is(txt->records[i].data, &terms) ? 1 : 0;
    if (n > 1)
        ov_spf_pieces_wrong(pieces, "there are %u SPF records, so that receivers take none of them",
                            n);
    for (guint i = 0; i < txt->n_records; i++) {
        OvSlice record = txt->records[i].data;
        if (ov_spf_record_is(record, &terms)) {
            take_record(pieces, terms);
        } else if (n == 0 && was_meant(record, &terms)) {
            ov_spf_pieces_wrong(pieces,
                                "this is no SPF record, as it does not begin with \"v=spf1 \": %s",
                                SHOW(record));
            take_record(pieces, terms);
        }
    }
    /* Beside all it counts for nothing in one record; of two records both were meant. */
    if (pieces->redirect.length == 0 || !pieces->all)
        return;
    if (n > 1)
        ov_spf_pieces_add(
            pieces, pieces->n_pieces,
            ov_slice(ov_arena_printf(pieces->arena, "include:%.*s", (int)pieces->redirect.length,
                                     pieces->redirect.data)));
    else
        ov_find(pieces->findings, OV_FINDING_NOTE, "redirect=%s counts for nothing beside all",
                SHOW(pieces->redirect));
    pieces->redirect = (OvSlice){NULL, 0};
}

static void append(GString *record, OvSlice text) {
    g_string_append_c(record, ' ');
    g_string_append_len(record, text.data, (gssize)text.length);
}

OvSlice ov_spf_pieces_join(const OvSpfPieces *pieces) {
    g_autoptr(GString) record = g_string_new("v=spf1");
    for (guint i = 0; i < pieces->n_pieces; i++)
        append(record, pieces->pieces[i].text);
    if (pieces->redirect.length > 0)
        g_string_append_printf(record, " redirect=%.*s", (int)pieces->redirect.length,
                               pieces->redirect.data);
    else
        g_string_append_printf(record, " %call", pieces->all ? pieces->all : '~');
    for (guint i = 0; i < pieces->n_modifiers; i++)
        append(record, pieces->modifiers[i].text);
    return ov_arena_dup(pieces->arena, (OvSlice){record->str, record->len});
}
