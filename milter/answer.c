#include "milter/answer.h"

#include <string.h>

enum {
    FOLD_COLUMN = 78,
    NAME_LIMIT = 64,    /* octets of a rule's name that are shown */
    AUTH_LIMIT = 300,   /* octets of one result: a domain has at most 253 */
    REASON_LIMIT = 99,  /* octets */
    ADVICE_LIMIT = 400, /* octets of one reply line before `%` is doubled */
};

/* Printable ASCII; anything else becomes a space or `?`. */
static char *plain(OvArena *arena, const char *text, gsize limit) {
    g_autofree char *ascii = g_str_to_ascii(text, "C");
    char *result = ov_arena_strndup(arena, ascii, MIN(strlen(ascii), limit));

    for (char *p = result; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = g_ascii_isspace(*p) ? ' ' : '?';
    return g_strchomp(result);
}

const char *ov_answer_score(OvArena *arena, double score, OvVerdictKind verdict) {
    return ov_arena_printf(arena, "%.2f (%s)", score, ov_verdict_name(verdict));
}

static void append_hit(GString *text, OvArena *arena, const OvLedgerHit *hit) {
    g_string_append_printf(text, "%s=%.2f", plain(arena, hit->rule, NAME_LIMIT), hit->score);
}

static const char *finish(OvArena *arena, GString *text) {
    const char *result = ov_arena_strndup(arena, text->str, text->len);
    g_string_free(text, TRUE);
    return result;
}

const char *ov_answer_hits(OvArena *arena, const OvLedgerHit *hits, guint n_hits) {
    GString *text = g_string_sized_new(256);
    gsize line_start = 0;                              /* in text */
    gsize before = sizeof OV_FIELD_HITS_NAME ": " - 1; /* columns taken by the name, or the fold */

    for (guint i = 0; i < n_hits; i++) {
        if (hits[i].shadow || hits[i].private)
            continue;
        gsize item = text->len;
        if (item > 0) {
            g_string_append(text, ", ");
            item = text->len;
        }
        append_hit(text, arena, &hits[i]);
        /* One column is kept for the comma that may follow. */
        if (item > 0 && before + text->len - line_start + 1 > FOLD_COLUMN) {
            text->str[item - 1] = '\n';
            g_string_insert_c(text, (gssize)item, '\t');
            line_start = item + 1;
            before = 8;
        }
    }
    if (text->len == 0)
        g_string_append(text, "none");
    return finish(arena, text);
}

const char *ov_answer_auth(OvArena *arena, const OvAuthResults *auth) {
    const char *parts[OV_AUTH_MAX_PARTS];
    guint n = ov_auth_results_parts(auth, arena, parts);
    if (n == 0)
        return NULL;
    GString *text = g_string_sized_new(128);
    gsize column = sizeof OV_FIELD_AUTH_NAME ": " - 1;
    for (guint i = 0; i < n; i++) {
        const char *part = plain(arena, parts[i], AUTH_LIMIT);
        gsize length = strlen(part);
        gboolean fold = i > 0 && column + 1 + length > FOLD_COLUMN;
        g_string_append(text, i == 0 ? "" : fold ? "\n\t" : " ");
        g_string_append(text, part);
        column = (fold ? 8 : column + 1) + length;
    }
    return finish(arena, text);
}

const char *ov_answer_hits_line(OvArena *arena, const OvLedgerHit *hits, guint n_hits,
                                gboolean shadow) {
    GString *text = g_string_sized_new(256);

    for (guint i = 0; i < n_hits; i++) {
        if (!hits[i].shadow != !shadow)
            continue;
        if (text->len > 0)
            g_string_append_c(text, ',');
        append_hit(text, arena, &hits[i]);
    }
    if (text->len > 0)
        return finish(arena, text);
    g_string_free(text, TRUE);
    return NULL;
}

const char *ov_answer_reason(OvArena *arena, double score, const OvLedgerHit *hits, guint n_hits) {
    static const char more[] = ", ...";
    GString *text = g_string_sized_new(REASON_LIMIT + 1);

    g_string_append_printf(text, "score %.2f", score);
    const char *separator = ": ";
    for (guint i = 0; i < n_hits; i++) {
        if (hits[i].shadow)
            continue;
        const char *name = plain(arena, hits[i].rule, NAME_LIMIT);
        if (text->len + strlen(separator) + strlen(name) > REASON_LIMIT - (sizeof more - 1)) {
            g_string_append(text, more);
            break;
        }
        g_string_append(text, separator);
        g_string_append(text, name);
        separator = ", ";
    }
    return finish(arena, text);
}

/* text as smfi_setmlreply takes it. */
static const char *reply_line(OvArena *arena, const char *text) {
    const char *ascii = plain(arena, text, ADVICE_LIMIT);
    GString *line = g_string_sized_new(strlen(ascii) + 8);

    for (const char *p = ascii; *p; p++) {
        if (*p == '%')
            g_string_append_c(line, '%');
        g_string_append_c(line, *p);
    }
    return finish(arena, line);
}

void ov_answer_reply(OvReply *reply, OvArena *arena, const char *code, const char *enhanced,
                     const char *text) {
    *reply = (OvReply){
        .code = code,
        .enhanced = enhanced,
        .lines = {reply_line(arena, text)},
        .n_lines = 1,
    };
}

void ov_answer_reject(OvReply *reply, OvArena *arena, double score, const OvLedgerHit *hits,
                      guint n_hits) {
    ov_answer_reply(reply, arena, "550", "5.7.1",
                    ov_arena_printf(arena,
                                    "Message refused: it looks like spam (score %.2f). To have it "
                                    "sent, please mend:",
                                    score));
    for (guint i = 0; i < n_hits && reply->n_lines < OV_REPLY_LINES; i++) {
        if (hits[i].shadow || hits[i].private || !hits[i].advice || !*hits[i].advice)
            continue;
        const char *name = plain(arena, hits[i].rule, NAME_LIMIT);
        reply->lines[reply->n_lines++] =
            reply_line(arena, ov_arena_printf(arena, "%s: %s", name, hits[i].advice));
    }
    if (reply->n_lines == 1)
        reply->lines[0] = reply_line(
            arena,
            ov_arena_printf(arena, "Message refused: it looks like spam (score %.2f)", score));
}
