#include "policy/review/check_summary.h"

#include <string.h>

#include "policy/review/guide.h"
#include "policy/review/markup.h"
#include "policy/review/output.h"
#include "policy/review/page_message.h"
#include "rules/evidence.h"
#include "rules/fine.h"

/* Words in capitals between two @ stand for what is filled in. */
static const char template[] =
#include "policy/review/page.html.inc"
    ;
static const char style[] =
#include "policy/review/page.css.inc"
    ;

enum { SHOWN_SUBJECT = 300 };

/* What the parts of the page are made of. */
typedef struct {
    const OvCheckReport *report;
    const char *message;    /* the message's own section */
    const gboolean *marked; /* by hit: it is marked in there */
    const char *style;
    const char *gauge;
} Page;

static void append_lead(GString *out, const Page *page) {
    const OvCheckReport *report = page->report;
    const char *enough = ov_check_enough_text(report);
    if (enough[0])
        g_string_append_printf(out, "<p class=\"lead\">%s</p>\n", enough);
    for (const char *const *remark = ov_check_remarks(report); *remark; remark++) {
        g_string_append(out, "<p class=\"note\">");
        ov_markup_append_text(out, *remark);
        g_string_append(out, "</p>\n");
    }
}

/* Widths are rules of the style sheet: the policy allows no style attribute. */
static double share(double score, double end) {
    return CLAMP(score / end, 0, 1) * 100;
}

static void append_gauge(GString *out, GString *css, const OvCheckReport *report) {
    double score = ov_judgement_score(report->judgement), end = ov_check_bar_end(report);
    OvCheckMark marks[3];
    guint n = ov_check_marks(report, marks);
    g_autoptr(GString) zones = g_string_new(NULL);
    g_autoptr(GString) words = g_string_new(NULL);
    double from = 0;
    const char *name = "accept";
    for (guint i = 0; i <= n; i++) {
        double to = i < n ? marks[i].score : end;
        if (to > from) {
            g_string_append_printf(zones, "<span class=\"zone %s\">%s</span>", name, name);
            g_string_append_printf(css, ".zone.%s{width:%.2f%%}", name,
                                   share(to, end) - share(from, end));
            from = to;
        }
        if (i < n) {
            name = marks[i].name;
            g_string_append_printf(words, "%s%s from %g", i > 0 ? ", " : "", name, marks[i].score);
        }
    }
    g_string_append_printf(css, ".pointer{left:%.2f%%}", MIN(share(score, end), 99));
    g_string_append_printf(out,
                           "<div class=\"gauge\">\n<p class=\"score\">Score <b>%.2f</b></p>\n"
                           "<p class=\"zones\" aria-hidden=\"true\">%s"
                           "<span class=\"pointer\"></span></p>\n"
                           "<p class=\"note\">%c%s.</p>\n</div>",
                           score, zones->str, g_ascii_toupper(words->str[0]),
                           words->len > 0 ? words->str + 1 : "No threshold is on");
}

static void append_rows(GString *out, const Page *page) {
    guint n = 0;
    const OvCheckRow *rows = ov_check_rows(page->report, &n);
    if (n == 0)
        return;
    g_string_append(out,
                    "<p class=\"lead\">In short, the guide asks for</p>\n<ul class=\"short\">\n");
    for (guint i = 0; i < MIN(n, OV_CHECK_ROWS); i++) {
        g_string_append_printf(out, "<li>%s <span class=\"note\">(", rows[i].text);
        for (guint j = 0; j < rows[i].n_numbers; j++)
            g_string_append_printf(out, "%s<a href=\"#c%u\">%u</a>", j > 0 ? ", " : "",
                                   rows[i].numbers[j], rows[i].numbers[j]);
        g_string_append(out, ")</span></li>\n");
    }
    if (n > OV_CHECK_ROWS)
        g_string_append_printf(out, "<li class=\"note\">and %u more</li>\n", n - OV_CHECK_ROWS);
    g_string_append(out, "</ul>");
}

static void append_why(GString *out, const OvRule *rule) {
    const char *guide = ov_guide_text(rule->guide);
    g_string_append(out, "<p class=\"why\">");
    if (rule->guide[0]) {
        g_string_append(out, "Guide ");
        ov_markup_append_text(out, rule->guide);
        g_string_append_printf(out, "%s%s · ", guide ? ": " : "", guide ? guide : "");
    }
    if (rule->reference[0]) {
        ov_markup_append_text(out, rule->reference);
        g_string_append(out, " · ");
    }
    g_string_append_printf(out, "<code>%s</code>", rule->name);
    g_string_append(out, rule->shadow ? " · on trial, without effect</p>\n" : "</p>\n");
}

static void append_hit(GString *out, const OvCheckReport *report, guint number, const OvHit *hit,
                       gboolean marked) {
    g_string_append_printf(out,
                           "<li id=\"c%u\"><p class=\"advice\"><b class=\"number\">%u</b> "
                           "<span class=\"text\">",
                           number, number);
    ov_markup_append_text(out, ov_check_advice(hit));
    g_string_append_printf(out, "</span> <span class=\"points\">%+.2f</span></p>\n", hit->score);
    if (hit->rule->private) {
        g_string_append(out, "</li>\n");
        return;
    }
    /* Advice that quotes it already need not be followed by it. */
    gboolean told = strstr(hit->advice, hit->evidence) != NULL;
    if (!told || marked)
        g_string_append(out, "<p class=\"found\">");
    if (!told) {
        g_string_append(out, ov_check_measured(report, hit) ? "Measured: <span>"
                                                            : "Found: <span dir=\"auto\">");
        ov_markup_append_text(out, hit->evidence);
        g_string_append(out, "</span> ");
    }
    if (marked)
        g_string_append_printf(out, "<a href=\"#m%u\">See it in your message</a>", number);
    if (!told || marked)
        g_string_append(out, "</p>\n");
    append_why(out, hit->rule);
    g_string_append(out, "</li>\n");
}

static void append_changes(GString *out, const Page *page) {
    const OvCheckReport *report = page->report;
    guint n = ov_judgement_n_hits(report->judgement), enough = ov_check_enough(report);
    if (n == 0)
        return;
    g_string_append_printf(out, "<section aria-labelledby=\"change\">\n<h2 id=\"change\">%s",
                           ov_check_title(report));
    g_string_append(out, n > 1 ? ", the heaviest first</h2>\n<ol>\n" : "</h2>\n<ol>\n");
    for (guint i = 0; i < n; i++) {
        if (enough > 0 && i == enough)
            g_string_append(out, "</ol>\n<h3>Better still without these</h3>\n<ol>\n");
        append_hit(out, report, i + 1, ov_judgement_hit(report->judgement, i), page->marked[i]);
    }
    g_string_append(out, "</ol>\n</section>\n");
}

static void append_fine(GString *out, const Page *page) {
    guint n = 0;
    const OvFine *fine = ov_fine_read(page->report->judgement, &n);
    if (n == 0)
        return;
    g_string_append(out, "<section aria-labelledby=\"fine\">\n<h2 id=\"fine\">What is fine</h2>\n"
                         "<ul class=\"fine\">\n");
    for (guint i = 0; i < n; i++) {
        g_string_append(out, "<li><b>");
        ov_markup_append_text(out, fine[i].title);
        g_string_append(out, ":</b> ");
        ov_markup_append_text(out, fine[i].text);
        g_string_append(out, "</li>\n");
    }
    g_string_append(out, "</ul>\n</section>");
}

static void append_about(GString *out, const Page *page) {
    const OvCheckReport *report = page->report;
    const OvEnvelope *envelope = ov_judgement_message(report->judgement)->envelope;
    g_autofree char *time = ov_time_for_people(envelope->now);
    /* Where it lies here is nobody's business. */
    g_autofree char *name = g_path_get_basename(report->stored->name);
    g_string_append(out, "Judged by Outvet " OV_VERSION ", rules ");
    g_string_append_printf(out, "<code>%s</code>, as on %s: <code>",
                           ov_ruleset_digest(ov_judgement_ruleset(report->judgement)), time);
    ov_markup_append_text(out, name);
    g_string_append(out, "</code>");
}

static void append_verdict(GString *out, const Page *page) {
    g_string_append(out, ov_verdict_name(page->report->verdict.computed));
}

static void append_subject(GString *out, const Page *page) {
    OvJudgement *judgement = page->report->judgement;
    const char *subject = ov_judgement_subject(judgement);
    ov_markup_append_text(out, subject[0] ? ov_evidence_limited(ov_judgement_arena(judgement),
                                                                ov_slice(subject), SHOWN_SUBJECT)
                                          : "(without a subject)");
}

static void append_title(GString *out, const Page *page) {
    const char *headline = ov_check_headline(page->report);
    g_string_append_len(out, headline, (gssize)strcspn(headline, ":"));
    g_string_append(out, ": ");
    append_subject(out, page);
}

static void append_headline(GString *out, const Page *page) {
    g_string_append(out, ov_check_headline(page->report));
}

static void append_made(GString *out, const Page *page) {
    g_string_append(out, page->message);
}

static void append_style(GString *out, const Page *page) {
    g_string_append(out, page->style);
}

static void append_made_gauge(GString *out, const Page *page) {
    g_string_append(out, page->gauge);
}

/* Nothing from elsewhere, no script, and of styles this one sheet. */
static void append_policy(GString *out, const Page *page) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)page->style, (gssize)strlen(page->style));
    guint8 digest[32];
    gsize length = sizeof digest;
    g_checksum_get_digest(checksum, digest, &length);
    g_autofree char *hash = g_base64_encode(digest, length);
    g_string_append_printf(out,
                           "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                           "form-action 'none'",
                           hash);
}

static const struct {
    const char *name;
    void (*append)(GString *out, const Page *page);
} fillings[] = {
    {"POLICY", append_policy},   {"TITLE", append_title},      {"STYLE", append_style},
    {"VERDICT", append_verdict}, {"SUBJECT", append_subject},  {"HEADLINE", append_headline},
    {"LEAD", append_lead},       {"GAUGE", append_made_gauge}, {"ROWS", append_rows},
    {"CHANGES", append_changes}, {"FINE", append_fine},        {"MESSAGE", append_made},
    {"ABOUT", append_about},
};

static void fill(GString *out, const Page *page, const char *name, gsize length) {
    for (guint i = 0; i < G_N_ELEMENTS(fillings); i++)
        if (strlen(fillings[i].name) == length && strncmp(fillings[i].name, name, length) == 0) {
            fillings[i].append(out, page);
            return;
        }
    g_assert_not_reached();
}

void ov_check_report_html(GString *out, const OvCheckReport *report) {
    OvJudgement *judgement = report->judgement;
    gboolean *marked =
        OV_ARENA_NEW(ov_judgement_arena(judgement), gboolean, ov_judgement_n_hits(judgement));
    g_autoptr(GString) message = g_string_new(NULL);
    ov_page_message_append(message, judgement, ov_marks_new(judgement), marked);
    g_autoptr(GString) css = g_string_new(style), gauge = g_string_new(NULL);
    append_gauge(gauge, css, report);
    Page page = {report, message->str, marked, css->str, gauge->str};

    /* What is filled in is not looked at again. */
    for (const char *at = template; *at;) {
        const char *name = strchr(at, '@');
        g_string_append_len(out, at, name ? name - at : (gssize)strlen(at));
        if (!name)
            return;
        const char *end = strchr(name + 1, '@');
        g_assert(end != NULL);
        fill(out, &page, name + 1, (gsize)(end - name) - 1);
        at = end + 1;
    }
}
