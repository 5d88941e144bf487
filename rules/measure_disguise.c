#include "rules/deobfuscate.h"
#include "rules/text.h"

enum { EVIDENCE = 200 };

/* The phrases as written: "fr33 m0ney", "V.I.A.G.R.A"; whole ones, as many as there is room for. */
static OvSlice list_of(OvArena *arena, const OvHiddenPhrases *hidden) {
    char *list = ov_arena_alloc(arena, EVIDENCE);
    gsize length = 0;
    for (guint i = 0; i < hidden->n_phrases; i++) {
        OvSlice found = hidden->phrases[i].found;
        if (length + found.length + 4 > EVIDENCE)
            break;
        if (length > 0) {
            memcpy(list + length, ", ", 2);
            length += 2;
        }
        list[length++] = '"';
        memcpy(list + length, found.data, found.length);
        length += found.length;
        list[length++] = '"';
    }
    return (OvSlice){list, length};
}

void ov_measure_body_disguise(const OvText *text) {
    OvMeasure *measure = text->measure;
    OvFacts *facts = measure->facts;
    OvDisguises disguises =
        ov_disguises_find(measure->arena, text->text, text->blocks, text->n_blocks);
    OvHiddenPhrases hidden = ov_deobfuscate(measure->phrases, measure->phrase_scratch,
                                            measure->arena, text->text, &disguises, text->language);
    ov_facts_set_number(facts, OV_FACT_BODY_DISGUISED, hidden.n_phrases);
    ov_facts_set_text(facts, OV_FACT_BODY_DISGUISED_TEXT,
                      hidden.n_phrases > 0 ? list_of(measure->arena, &hidden)
                                           : OV_SLICE_LITERAL(""));
    ov_facts_set_number(facts, OV_FACT_BODY_INVISIBLE_WORDS, disguises.n_invisible);
    ov_facts_set_number(facts, OV_FACT_BODY_RIDDLED_WORDS, disguises.n_riddled);
    ov_facts_set_text(facts, OV_FACT_BODY_INVISIBLE_TEXT, disguises.invisible);
    ov_facts_set_number(facts, OV_FACT_BODY_MIXED_WORDS, disguises.n_mixed);
    ov_facts_set_number(facts, OV_FACT_BODY_MIXED_SWITCHES, disguises.most_switches);
    ov_facts_set_text(facts, OV_FACT_BODY_MIXED_TEXT, disguises.mixed);
}

void ov_measure_subject_disguise(const OvText *text) {
    OvMeasure *measure = text->measure;
    OvDisguises disguises =
        ov_disguises_find(measure->arena, text->text, text->blocks, text->n_blocks);
    OvHiddenPhrases hidden = ov_deobfuscate(measure->phrases, measure->phrase_scratch,
                                            measure->arena, text->text, &disguises, text->language);
    OvSlice gapped = OV_SLICE_LITERAL(""), other = OV_SLICE_LITERAL("");
    for (guint i = hidden.n_phrases; i > 0; i--) {
        const OvHiddenPhrase *phrase = &hidden.phrases[i - 1];
        *(phrase->kind & OV_DISGUISE_GAPS ? &gapped : &other) = phrase->found;
    }
    ov_facts_set_text(measure->facts, OV_FACT_SUBJECT_GAPPED, gapped);
    ov_facts_set_text(measure->facts, OV_FACT_SUBJECT_DISGUISED, other);
}
