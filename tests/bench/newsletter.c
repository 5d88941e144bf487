/* What a newsletter of 40 KB costs: CPU of its judgement, and of the stages that have a function of
 * their own, each called as often by itself. The fastest of several rounds counts. What is left is
 * the measuring of header, links, pictures, unsubscribing and of the text's capitals, marks and
 * numbers. */
#include "tests/bench/lib/newsletter.h"
#include "tests/bench/lib/meter.h"

#include <stdio.h>

enum { ROUNDS = 15, MESSAGES = 50 };

typedef struct {
    OvJudge *judge;
    OvSlice raw;
    OvArena *kept; /* what lives as long as the bench */
    const OvMessage *message;
    OvSlice page;   /* of the HTML part, decoded */
    OvSlice text;   /* what is visible of it */
    OvFacts *facts; /* of a judgement */
    OvPhraseScratch *phrases;
    OvExpressionScratch *expressions;
} Bench;

static const OvEnvelope ENVELOPE = {.sender = "news@shop.example"};

static void judge(Bench *bench, OvArena *arena) {
    (void)arena;
    ov_judgement_free(ov_meter_judge_message(bench->judge, bench->raw));
}

static void parse(Bench *bench, OvArena *arena) {
    ov_message_parse(arena, &ENVELOPE, bench->raw, bench->raw.length, 0);
}

static void decode(Bench *bench, OvArena *arena) {
    const OvMime *mime = bench->message->mime;
    for (guint i = 0; i < mime->n_parts; i++)
        ov_part_text(arena, &mime->parts[i], bench->raw.length, NULL, NULL);
}

static void read_html(Bench *bench, OvArena *arena) {
    ov_html_read(arena, bench->page, 0);
}

static void fold(Bench *bench, OvArena *arena) {
    ov_fold(arena, bench->text);
}

static void find_phrases(Bench *bench, OvArena *arena) {
    ov_phrase_set_scan(ov_ruleset_phrases(ov_judge_ruleset(bench->judge)), bench->phrases, arena,
                       ov_fold(arena, bench->text));
}

static void apply_rules(Bench *bench, OvArena *arena) {
    (void)arena;
    const OvRuleset *rules = ov_judge_ruleset(bench->judge);
    for (guint i = 0; i < ov_ruleset_n_rules(rules); i++)
        ov_expression_evaluate(ov_ruleset_rule(rules, i)->when, bench->facts, bench->expressions);
}

/* Microseconds of CPU a message. */
static double time_of(Bench *bench, void (*stage)(Bench *bench, OvArena *arena)) {
    g_autoptr(OvArena) arena = ov_arena_new();
    double best = G_MAXDOUBLE;
    for (guint round = 0; round < ROUNDS; round++) {
        double start = ov_meter_cpu();
        for (guint i = 0; i < MESSAGES; i++) {
            stage(bench, arena);
            ov_arena_reset(arena);
        }
        best = MIN(best, (ov_meter_cpu() - start) * 1e3 / MESSAGES);
    }
    return best;
}

static void set_up(Bench *bench) {
    OvSlice raw = bench->raw;
    bench->kept = ov_arena_new();
    bench->message = ov_message_parse(bench->kept, &ENVELOPE, raw, raw.length, 0);
    const OvMime *mime = bench->message->mime;
    bench->page =
        ov_part_text(bench->kept, &mime->parts[mime->n_parts - 1], raw.length, NULL, NULL);
    bench->text = ov_html_read(bench->kept, bench->page, 0)->text;
    bench->phrases =
        ov_phrase_scratch_new(ov_ruleset_phrases(ov_judge_ruleset(bench->judge)), NULL);
    bench->expressions = ov_expression_scratch_new();
}

int main(void) {
    g_autoptr(OvJudge) judged_by = ov_meter_judge();
    GString *raw = ov_newsletter_make();
    Bench bench = {.judge = judged_by, .raw = {raw->str, raw->len}};
    set_up(&bench);
    g_autoptr(OvJudgement) judgement = ov_meter_judge_message(bench.judge, bench.raw);
    bench.facts = (OvFacts *)ov_judgement_facts(judgement);
    double all = time_of(&bench, judge), folded = time_of(&bench, fold);
    struct {
        const char *name;
        double us;
    } stages[] = {
        {"header and MIME", time_of(&bench, parse)},
        {"decoding", time_of(&bench, decode)},
        {"HTML", time_of(&bench, read_html)},
        {"folding", folded},
        {"phrases", time_of(&bench, find_phrases) - folded},
        {"rules", time_of(&bench, apply_rules)},
        {"other facts", all},
    };
    printf("newsletter of %zu octets, %zu of text: %.0f us of CPU\n", raw->len, bench.text.length,
           all);
    gsize last = G_N_ELEMENTS(stages) - 1;
    for (gsize i = 0; i <= last; i++) {
        if (i < last)
            stages[last].us -= stages[i].us;
        printf("  %-16s %7.1f us %5.1f %%\n", stages[i].name, stages[i].us,
               100 * stages[i].us / all);
    }
    ov_phrase_scratch_free(bench.phrases);
    ov_expression_scratch_free(bench.expressions);
    ov_arena_free(bench.kept);
    g_string_free(raw, TRUE);
    return 0;
}
