/* Any octets as a message, shown by `outvet check`: the page's markup must be its own. */
#include "policy/review/check_report.h"
#include "rules/init.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static OvJudge *judge;

static void free_judge(void) {
    ov_judge_unref(judge);
}

static void load(void) {
    const char *source = g_getenv("OUTVET_SOURCE");
    g_autofree char *rules = g_build_filename(source ? source : ".", "rules", NULL);
    g_autoptr(GError) error = NULL;
    ov_rules_init();
    g_autoptr(OvRuleset) ruleset =
        ov_ruleset_load((const char *const[]){rules, NULL}, NULL, &error);
    if (!ruleset)
        g_error("%s", error->message);
    judge = ov_judge_new(ruleset);
    atexit(free_judge);
}

/* Every tag is one that the page has, with attributes that it gives; they nest. */
static void check_markup(const GString *page) {
    static const char *const names[] = {
        "html",    "head", "meta",   "title", "style",  "body", "header",  "main",
        "section", "p",    "footer", "h1",    "h2",     "h3",   "b",       "i",
        "u",       "ul",   "ol",     "li",    "dl",     "div",  "dt",      "dd",
        "span",    "code", "mark",   "sup",   "strong", "a",    "!DOCTYPE"};
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    for (const char *at = page->str; (at = strchr(at, '<')); at++) {
        gboolean end = at[1] == '/';
        const char *name = at + (end ? 2 : 1);
        gsize length = strcspn(name, " >");
        guint i = 0;
        while (i < G_N_ELEMENTS(names) &&
               (strlen(names[i]) != length || strncmp(names[i], name, length) != 0))
            i++;
        if (i == G_N_ELEMENTS(names))
            g_error("the page has <%.20s", at + 1);
        if (names[i][0] == '!' || strcmp(names[i], "meta") == 0)
            continue;
        if (!end) {
            g_ptr_array_add(open, (gpointer)names[i]);
        } else {
            g_assert(open->len > 0 && open->pdata[open->len - 1] == names[i]);
            g_ptr_array_set_size(open, (gint)open->len - 1);
        }
    }
    g_assert(open->len == 0);
    g_assert(strlen(page->str) == page->len);
    g_assert(g_utf8_validate(page->str, (gssize)page->len, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    if (!judge)
        load();
    OvEnvelope envelope = {.now = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC};
    OvSlice raw = {(const char *)data, size};
    OvStored stored = {.name = (char *)"fuzz.eml", .length = size, .size = size};
    OvCheckReport report = {
        .stored = &stored,
        .judgement = ov_judge_message(judge, &envelope, raw, size, 0),
        .verdict = {.computed = OV_VERDICT_HOLD},
        .thresholds = {.tag = 3, .hold = 6, .reject = G_MAXDOUBLE},
        .facts = TRUE,
    };
    g_autoptr(GString) out = g_string_new(NULL);
    ov_check_report_html(out, &report);
    check_markup(out);
    g_string_truncate(out, 0);
    ov_check_report_text(out, &report, FALSE);
    g_assert(g_utf8_validate(out->str, (gssize)out->len, NULL));
    g_assert(strpbrk(out->str, "\033\a\b\r\177") == NULL);
    ov_judgement_free(report.judgement);
    return 0;
}
