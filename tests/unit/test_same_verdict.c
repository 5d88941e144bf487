/* What must not matter does not: how lines end, how the body was cut into chunks on its way, which
 * messages were judged before. On the samples and the fuzzers' seeds; the rules' own cases are
 * judged in both line ends by case_rules.c. */
#include "milter/session.h"
#include "rules/init.h"
#include "rules/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    char *name;
    GString *crlf, *lf;
} Sample;

static OvJudge *judge;
static GPtrArray *samples; /* Sample */

/* Text with every line end, CRLF or LF, as end. */
static GString *with_ends(const char *data, gsize length, const char *end) {
    GString *text = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\r' && i + 1 < length && data[i + 1] == '\n')
            continue;
        if (data[i] == '\n')
            g_string_append(text, end);
        else
            g_string_append_c(text, data[i]);
    }
    return text;
}

static void load(const char *source, const char *directory) {
    g_autofree char *path = g_build_filename(source, directory, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
    if (!dir)
        g_error("%s", error->message);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *data = NULL;
        gsize length;
        if (!g_file_get_contents(file, &data, &length, &error))
            g_error("%s", error->message);
        Sample *sample = g_new0(Sample, 1);
        sample->name = g_build_filename(directory, name, NULL);
        sample->crlf = with_ends(data, length, "\r\n");
        sample->lf = with_ends(data, length, "\n");
        g_ptr_array_add(samples, sample);
    }
}

static void sample_free(gpointer data) {
    Sample *sample = data;
    g_free(sample->name);
    g_string_free(sample->crlf, TRUE);
    g_string_free(sample->lf, TRUE);
    g_free(sample);
}

static OvJudgement *judged(OvSlice raw) {
    static const char *const recipients[] = {"bert@otherhouse-test.org"};
    static const OvEnvelope envelope = {.sender = "anna@kranichwerke-test.net",
                                        .recipients = recipients,
                                        .n_recipients = 1,
                                        .now = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC};
    return ov_judge_message(judge, &envelope, raw, raw.length, 0);
}

static OvSlice slice_of(const GString *text) {
    return (OvSlice){text->str, text->len};
}

static void append_value(GString *out, const OvValue *value) {
    if (value->type == OV_NUMBER)
        g_string_append_printf(out, "%.17g\n", value->number);
    else if (value->type == OV_TRUTH)
        g_string_append(out, value->truth ? "true\n" : "false\n");
    else if (value->type == OV_TEXT)
        g_string_append_printf(out, "\"%.*s\"\n", (int)value->text.length,
                               value->text.data ? value->text.data : "");
    else
        g_string_append(out, "unknown\n");
}

/* All that was found, as text: facts but the two that tell of line ends, hits, score. */
static char *account_of(const OvJudgement *judgement) {
    GString *out = g_string_new(NULL);
    const OvFacts *facts = ov_judgement_facts(judgement);
    for (guint slot = 0; slot < facts->n_values; slot++) {
        if (slot == OV_FACT_MESSAGE_SIZE || slot == OV_FACT_MESSAGE_BARE_LF)
            continue;
        g_string_append_printf(
            out, "%s = ", ov_ruleset_fact(ov_judgement_ruleset(judgement), slot).name);
        append_value(out, &facts->value[slot]);
    }
    for (guint i = 0; i < ov_judgement_n_hits(judgement); i++) {
        const OvHit *hit = ov_judgement_hit(judgement, i);
        g_string_append_printf(out, "%s %.17g %s\n", hit->rule->name, hit->score, hit->advice);
    }
    g_string_append_printf(out, "%.17g\n", ov_judgement_score(judgement));
    return g_string_free(out, FALSE);
}

static char *account(OvSlice raw) {
    g_autoptr(OvJudgement) judgement = judged(raw);
    return account_of(judgement);
}

/* Fails with the first line that differs. */
static void assert_same(const char *name, const char *what, const char *one, const char *other) {
    g_auto(GStrv) a = g_strsplit(one, "\n", -1);
    g_auto(GStrv) b = g_strsplit(other, "\n", -1);
    for (guint i = 0; a[i] && b[i]; i++)
        if (strcmp(a[i], b[i]) != 0)
            fail_msg("%s, %s: '%s' and '%s'", name, what, a[i], b[i]);
    assert_string_equal(one, other);
}

static void test_line_ends_do_not_matter(void **state) {
    (void)state;
    for (guint i = 0; i < samples->len; i++) {
        const Sample *sample = g_ptr_array_index(samples, i);
        g_autofree char *crlf = account(slice_of(sample->crlf));
        g_autofree char *lf = account(slice_of(sample->lf));
        assert_same(sample->name, "CRLF and LF", crlf, lf);
    }
}

static void test_messages_that_were_judged_before_do_not_matter(void **state) {
    (void)state;
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < samples->len; i++) {
        const Sample *sample = g_ptr_array_index(samples, i);
        g_ptr_array_add(accounts, account(slice_of(sample->crlf)));
    }
    for (guint i = samples->len; i > 0; i--) {
        const Sample *sample = g_ptr_array_index(samples, i - 1);
        g_autofree char *again = account(slice_of(sample->crlf));
        assert_same(sample->name, "in another order", g_ptr_array_index(accounts, i - 1), again);
    }
}

/* The octets after the header's empty line. */
static OvSlice body_of(const GString *message) {
    const char *end = message->str + message->len;
    const char *empty = g_strstr_len(message->str, (gssize)message->len, "\r\n\r\n");
    const char *body = empty ? empty + 4 : end;
    return (OvSlice){body, (gsize)(end - body)};
}

/* Tells the session the header fields as libmilter does: folds as LF, the space behind the colon
 * kept. */
static void tell_header(OvSession *session, const GString *message, const char *body) {
    g_autofree char *header = g_strndup(message->str, (gsize)(body - message->str));
    g_auto(GStrv) lines = g_strsplit(header, "\r\n", -1);
    g_autoptr(GString) field = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        gboolean folded = lines[i][0] == ' ' || lines[i][0] == '\t';
        if (!folded && field->len > 0) {
            char *colon = strchr(field->str, ':');
            assert_non_null(colon);
            *colon = '\0';
            ov_session_header(session, field->str, colon + 1, TRUE);
            g_string_truncate(field, 0);
        }
        if (folded)
            g_string_append_c(field, '\n');
        g_string_append(field, lines[i]);
    }
    ov_session_end_header(session);
}

/* Lengths of chunks by turns; 0 ends the list. */
static const gsize cuts[][4] = {{1, 0},      {2, 0},           {3, 1, 0},
                                {76, 78, 0}, {1000, 24, 1, 0}, {65535, 0}};

static OvDaemon *daemon_new(void) {
    g_autoptr(GError) error = NULL;
    OvSnapshot *snapshot = g_new0(OvSnapshot, 1);
    g_atomic_ref_count_init(&snapshot->references);
    snapshot->settings = ov_settings_parse("", 0, "test", &error);
    if (!snapshot->settings)
        g_error("%s", error->message);
    return ov_daemon_new(NULL, snapshot, NULL);
}

/* A header that the session can be told: of fields, without what no MTA passes on. */
static gboolean has_plain_header(const GString *message, const char *body) {
    g_autofree char *header = g_strndup(message->str, (gsize)(body - message->str));
    if (strlen(header) != (gsize)(body - message->str) || strchr(" \t", header[0]))
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(header, "\r\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (lines[i][0] && !strchr(" \t", lines[i][0]) && !strchr(lines[i], ':'))
            return FALSE;
    return TRUE;
}

static void test_chunks_of_the_body_do_not_matter(void **state) {
    (void)state;
    static const char *const arguments[] = {NULL};
    OvDaemon *daemon = daemon_new();
    OvSession *session = ov_session_new();
    guint n_told = 0;
    for (guint i = 0; i < samples->len; i++) {
        const Sample *sample = g_ptr_array_index(samples, i);
        OvSlice body = body_of(sample->crlf);
        if (!has_plain_header(sample->crlf, body.data))
            continue;
        g_autofree char *whole = account(slice_of(sample->crlf));
        for (guint c = 0; c < G_N_ELEMENTS(cuts); c++) {
            ov_session_begin(session, daemon, "<anna@kranichwerke-test.net>", arguments);
            tell_header(session, sample->crlf, body.data);
            guint turn = 0;
            for (gsize at = 0; at < body.length;) {
                gsize length = MIN(cuts[c][turn], body.length - at);
                ov_session_body(session, body.data + at, length);
                at += length;
                turn = cuts[c][turn + 1] > 0 ? turn + 1 : 0;
            }
            g_autofree char *told = account((OvSlice){session->raw, session->raw_length});
            assert_same(sample->name, "whole and in chunks", whole, told);
            ov_session_reset(session, daemon);
        }
        n_told++;
    }
    assert_true(n_told >= 10);
    ov_session_free(session, daemon);
    ov_daemon_free(daemon);
}

int main(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    if (!source)
        source = ".";
    g_autofree char *rules = g_build_filename(source, "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    samples = g_ptr_array_new_with_free_func(sample_free);
    load(source, "contrib/samples");
    load(source, "tests/fuzz/seeds/judge");
    load(source, "tests/fuzz/seeds/message");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends_do_not_matter),
        cmocka_unit_test(test_messages_that_were_judged_before_do_not_matter),
        cmocka_unit_test(test_chunks_of_the_body_do_not_matter),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_ptr_array_unref(samples);
    ov_judge_unref(judge);
    return failed;
}
