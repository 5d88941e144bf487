#include "rules/zones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LIMIT = 64 * 1024 };

static OvZones *zones_of(OvArena *arena, const char *text) {
    OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
    ov_zones_add_plain(builder, ov_slice(text));
    return ov_zones_end(builder);
}

/* The own blocks, joined by " / ". */
static char *own(const OvZones *zones) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < zones->n_blocks; i++) {
        const OvBlock *block = &zones->blocks[i];
        if (block->kind != OV_BLOCK_OWN)
            continue;
        if (text->len > 0)
            g_string_append(text, " / ");
        g_string_append_len(text, zones->text.data + block->start,
                            (gssize)(block->end - block->start));
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *what, *text, *own;
} cases[] = {
    {"paragraphs", "One\r\ntwo\r\n\r\nthree\r\n", "One\ntwo / three"},
    {"quoted lines", "Yes.\n\n> Is it so?\n>> Who knows\n\nBye\n", "Yes. / Bye"},
    {"quoted with initials", "Yes.\nJD> Is it so?\nBye\n", "Yes. / Bye"},
    {"mailbox escape", "He wrote it.\n>From here on it rains.\n",
     "He wrote it.\n>From here on it rains."},
    {"attribution", "Yes.\n\nOn Monday, JOHN SMITH\n<js@example.org> wrote:\n\n> Is it so?\n",
     "Yes."},
    {"attribution below text",
     "Yes, I think\nso, and it\nis so, and\nso on\nAm Montag schrieb er:\n> So?\n",
     "Yes, I think\nso, and it\nis so, and\nso on"},
    {"original message",
     "Done.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\nDO IT "
     "NOW\n",
     "Done."},
    {"original message in another language",
     "Fertig.\n\n-----Ursprüngliche Nachricht-----\nVon: Ann\nGesendet: Montag\n\nJETZT\n",
     "Fertig."},
    {"forwarded", "See below.\n\n---------- Forwarded message ---------\nFrom: A\nDate: B\n\nHI\n",
     "See below."},
    {"header block alone", "Bien.\n\nDe\u00A0: Anne\nEnvoyé\u00A0: lundi\nÀ : B\n\nVITE\n",
     "Bien."},
    {"bold header block", "Well.\n\n*From:* Ann\n*Sent:* Monday\n\nHURRY\n", "Well."},
    {"underscores above headers",
     "Well.\n________________________________\nFrom: A\nSent: B\n\nHI\n", "Well."},
    {"headline between dashes", "----- News -----\nWe have moved.\n",
     "----- News -----\nWe have moved."},
    {"a form", "Name: Ann\nFrom: Berlin\nPhone: 12\n", "Name: Ann\nFrom: Berlin\nPhone: 12"},
    {"signature", "Hello\n\n-- \nACME CORPORATION\nMAIN STREET\n", "Hello"},
    {"list footer", "Hello\n\n_______________________________________________\nUsers list\nmore\n",
     "Hello"},
    {"signature only", "-- \nBUY THIS\n", "BUY THIS"},
    {"fenced code", "Try\n```\nDROP TABLE USERS!\n```\nand tell me how it went.\n",
     "Try / and tell me how it went."},
    {"fence not closed", "Try\n```\nBUY NOW\n", "Try\n```\nBUY NOW"},
    {"indented code",
     "Look at this log, please:\n\n    ERROR ONE\n    ERROR TWO\n    ERROR TRE\n    ERROR "
     "FOR\n\nThanks, and see you soon.\n",
     "Look at this log, please: / Thanks, and see you soon."},
    {"indented lines too few", "Look:\n\n    ERROR ONE\n    ERROR TWO\n\nThanks.\n",
     "Look: / ERROR ONE\nERROR TWO / Thanks."},
    {"all indented", "    BUY\n    THIS\n    FINE\n    WATCH\n    NOW\n",
     "BUY\nTHIS\nFINE\nWATCH\nNOW"},
    {"patch",
     "Fix it.\n---\ndiff --git a/X b/X\nindex 1..2\n--- a/X\n+++ b/X\n@@ -1 +1 @@\n-OLD TEXT\n"
     "+NEW TEXT\n\nGood night.\n",
     "Fix it.\n--- / Good night."},
    {"patch of a program", "--- X.orig\n+++ X\n@@ -1 +1 @@\n LOUD CODE HERE\n-- \nSIGNED\n", ""},
    {"addresses", "See https://example.org/A_B?c=D! Or WWW.EXAMPLE.ORG, or (a.b@example.org).\n",
     "See  ! Or  , or ( )."},
    {"no addresses", "The ratio 3://4 and @home and a@b.\n", "The ratio 3://4 and @home and a@b."},
    {"NUL and nothing", "", ""},
};

static void test_own_text_is_found(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autofree char *found = own(zones_of(arena, cases[i].text));
        if (strcmp(found, cases[i].own) != 0)
            fail_msg("%s: \"%s\"", cases[i].what, found);
    }
}

static void test_long_signature_is_own_text(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) text = g_string_new("Hello\n\n-- \n");
    for (int i = 0; i < 31; i++)
        g_string_append(text, "BUY WATCHES\n");
    g_autofree char *found = own(zones_of(arena, text->str));
    assert_non_null(strstr(found, "WATCHES"));
}

static OvRange range_of(const OvZones *zones, const char *word) {
    const char *at = memmem(zones->text.data, zones->text.length, word, strlen(word));
    assert_non_null(at);
    guint32 start = (guint32)(at - zones->text.data);
    return (OvRange){start, start + (guint32)strlen(word)};
}

static void test_attribution_without_marks_cuts_what_follows(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZones *zones = zones_of(arena, "Fine.\n\nOn 3 May Ann wrote:\n\nDO IT\n\nNOW\n");
    OvRange wrote = range_of(zones, "wrote");
    ov_zones_cut_quoted(zones, &wrote, 1);
    g_autofree char *found = own(zones);
    assert_string_equal(found, "Fine.");
    assert_false(ov_blocks_own(zones->blocks, zones->n_blocks, wrote.start));

    /* Prose that uses the word, and a message that begins with it, stay. */
    static const char *const texts[] = {"Fine.\n\nAnn wrote 3 letters.\n\nDO IT\n",
                                        "On 3 May Ann wrote:\n\nDO IT\n",
                                        "Fine.\n\nAs the poet wrote:\n\nDO IT\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        zones = zones_of(arena, texts[i]);
        wrote = range_of(zones, "wrote");
        ov_zones_cut_quoted(zones, &wrote, 1);
        g_autofree char *kept = own(zones);
        if (!strstr(kept, "DO IT"))
            fail_msg("cut off: %s", texts[i]);
    }
}

static void test_footers_do_not_count(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZones *zones = zones_of(arena, "News of the week, and more of it to read.\n\n"
                                     "THIS E-MAIL IS CONFIDENTIAL.\n\n"
                                     "To unsubscribe, write to us.\n\nACME, MAIN STREET\n");
    OvRange notice = range_of(zones, "CONFIDENTIAL"), leave = range_of(zones, "unsubscribe");
    ov_zones_mark_footers(zones, &notice, 1, &leave, 1);
    g_autofree char *found = own(zones);
    assert_string_equal(found, "News of the week, and more of it to read.");

    /* A link to unsubscribe at the top leaves the message as it is. */
    zones = zones_of(arena, "Unsubscribe here\n\nBUY NOW, and do not wait for the others\n");
    leave = range_of(zones, "Unsubscribe");
    ov_zones_mark_footers(zones, NULL, 0, &leave, 1);
    g_autofree char *kept = own(zones);
    assert_non_null(strstr(kept, "BUY NOW"));
}

static void test_own_text_of_html_is_found(void **state) {
    (void)state;
    static const struct {
        const char *page, *own;
    } pages[] = {
        {"<p>One <b>two</b></p><div>three<br>four</div>", "One two / three\nfour"},
        {"<p>a</p><pre>code\n\nmore</pre><p>b longer than the code</p>",
         "a / b longer than the code"},
        {"<p>Fine.</p><p>On Monday Ann wrote:</p><blockquote type=cite>Is it?</blockquote>",
         "Fine."},
        {"<p>Fine.</p><blockquote>Is it?</blockquote>", "Fine. / Is it?"},
        {"<p>Fine.</p><p>&gt; Is it?</p><p>Yes.</p>", "Fine. / Yes."},
        {"<p>Fine.</p><hr><p>From: Ann<br>Sent: Monday</p><p>Is it?</p>", "Fine."},
        {"<p>Fine.</p><p>Text<br>From: Ann<br>Sent: Monday</p><p>Is it?</p>", "Fine. / Text"},
        {"<p>Fine.</p><p>-- <br>Ann</p><p>ACME</p>", "Fine."},
        {"<p>See https://a.example/x?y=z or ask ann@a.example now</p>", "See   or ask   now"},
        {"<div class=gmail_quote>All is quoted</div>", ""},
        {"<p hidden>Hidden</p><p>seen</p>", "seen"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
        ov_zones_add_html(builder, ov_html_read(arena, ov_slice(pages[i].page), 0));
        g_autofree char *found = own(ov_zones_end(builder));
        assert_string_equal(found, pages[i].own);
    }
}

/* What is marked as quoted is kept where it is the sender's own. */
static void test_marks_of_quotation_can_be_taken_away(void **state) {
    (void)state;
    static const struct {
        const char *text, *own;
    } texts[] = {
        {"> BUY\n>> THIS\n> > FINE\n", "BUY\nTHIS\nFINE"},
        {"Hello\n>\n> BUY THIS\n>From here\n", "Hello / BUY THIS\n>From here"},
        {"JD> BUY\nJD>   THIS\n", "BUY\nTHIS"},
        {">>>\n>\n", ""},
        {">     BUY\n>     THIS\n>     FINE\n>     WATCH\n", "BUY\nTHIS\nFINE\nWATCH"},
        {"Hello\n-----Original Message-----\nFrom: Ann\nSent: Monday\n\nBUY\n",
         "Hello\n-----Original Message-----\nFrom: Ann\nSent: Monday / BUY"},
        {"On 3 May Ann wrote:\n> BUY\n", "On 3 May Ann wrote:\nBUY"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
        ov_zones_keep_quotes(builder);
        ov_zones_add_plain(builder, ov_slice(texts[i].text));
        OvZones *zones = ov_zones_end(builder);
        g_autofree char *found = own(zones);
        assert_string_equal(found, texts[i].own);
        assert_int_equal(zones->n_quoted_lines, 0);
    }
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
    ov_zones_keep_quotes(builder);
    const char *page = "<p>a</p><div class=gmail_quote>All is quoted</div>";
    ov_zones_add_html(builder, ov_html_read(arena, ov_slice(page), 0));
    g_autofree char *found = own(ov_zones_end(builder));
    assert_string_equal(found, "a / All is quoted");
}

static void test_an_attribution_tells_that_there_was_a_message(void **state) {
    (void)state;
    static const struct {
        const char *text;
        gboolean html, attributed;
    } texts[] = {
        {"Yes.\n\nOn 3 May Ann wrote:\n> So?\n", FALSE, TRUE},
        {"Yes.\n\nNews:\n> So?\n", FALSE, FALSE},
        {"Yes.\n> So?\n", FALSE, FALSE},
        {"Yes.\n-----Original Message-----\nFrom: Ann\nSent: Monday\n\nSo?\n", FALSE, TRUE},
        {"<p>Yes.<p>On 3 May Ann wrote:<blockquote type=cite>So?</blockquote>", TRUE, TRUE},
        {"<p>Yes.<div class=gmail_quote>On 3 May Ann wrote:<blockquote>So?</blockquote></div>",
         TRUE, TRUE},
        {"<p>Yes.<hr><p>From: Ann<br>Sent: Monday<p>So?", TRUE, TRUE},
        {"<p>Yes.<blockquote type=cite>So?</blockquote>", TRUE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
        if (texts[i].html)
            ov_zones_add_html(builder, ov_html_read(arena, ov_slice(texts[i].text), 0));
        else
            ov_zones_add_plain(builder, ov_slice(texts[i].text));
        if (ov_zones_end(builder)->attributed != texts[i].attributed)
            fail_msg("%s", texts[i].text);
    }
}

/* Settled, that is: what fills a message is its text. */
static void test_a_zone_that_swallows_the_text_is_the_text(void **state) {
    (void)state;
    static const struct {
        const char *text, *own;
    } texts[] = {
        {"Hello\n\n-- \nBUY THIS\n", "Hello / BUY THIS"},
        {"Hello my friend\n\n-- \nACME CORPORATION\n", "Hello my friend"},
        {"Hello\n____________________\nBUY THIS\n", "Hello / BUY THIS"},
        {"1 2 3 4\n\n-- \nBUY THIS\n", "1 2 3 4 / BUY THIS"},
        {"你好吗\n\n-- \nACME\n", "你好吗"},
        {"Long words before\n```\nx\n```\n", "Long words before"},
        {"--- X.orig\n+++ X\n@@ -1 +1 @@\n LOUD CODE HERE\n-- \nSIGNED\n", "SIGNED"},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvZones *zones = zones_of(arena, texts[i].text);
        ov_zones_settle(zones);
        g_autofree char *found = own(zones);
        assert_string_equal(found, texts[i].own);
    }
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZones *zones = zones_of(arena, "This is CONFIDENTIAL. BUY THIS");
    OvRange notice = range_of(zones, "CONFIDENTIAL");
    ov_zones_mark_footers(zones, &notice, 1, NULL, 0);
    assert_int_equal(ov_zones_own_words(zones, 10), 0);
    ov_zones_settle(zones);
    assert_int_equal(ov_zones_own_words(zones, 10), 5);
    assert_int_equal(ov_zones_own_words(zones, 2), 2);
}

static void test_headings_of_html_are_marked(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
    ov_zones_add_html(builder, ov_html_read(arena,
                                            ov_slice("<h1>a</h1><p>b</p><table><tr><th>c<td>d"
                                                     "</table><button>e</button>"),
                                            0));
    const OvZones *zones = ov_zones_end(builder);
    static const gboolean headings[] = {TRUE, FALSE, TRUE, FALSE, TRUE};
    assert_int_equal(zones->n_blocks, G_N_ELEMENTS(headings));
    for (guint i = 0; i < zones->n_blocks; i++)
        assert_int_equal(zones->blocks[i].heading, headings[i]);
}

static void test_limit_cuts_between_characters(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    for (gsize limit = 0; limit < 20; limit++) {
        OvZonesBuilder *builder = ov_zones_begin(arena, limit);
        ov_zones_add_plain(builder, ov_slice("äöü\nÄÖÜ\n\nßßß"));
        ov_zones_add_plain(builder, ov_slice("äöü"));
        OvZones *zones = ov_zones_end(builder);
        assert_true(zones->cut);
        assert_true(zones->text.length <= limit);
        assert_true(g_utf8_validate_len(zones->text.data, zones->text.length, NULL));
    }
}

static void test_parts_are_told_apart(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvZonesBuilder *builder = ov_zones_begin(arena, LIMIT);
    ov_zones_add_plain(builder, ov_slice("One\n-- \nsign\n"));
    ov_zones_add_plain(builder, ov_slice("Two"));
    g_autofree char *found = own(ov_zones_end(builder));
    assert_string_equal(found, "One / Two");
}

static void test_odd_text_is_walked_in_bounded_time(void **state) {
    (void)state;
    static const char *const lines[] = {"```\n",
                                        "~~~\n  ```\n",
                                        "    x\n\n",
                                        "-- \n",
                                        "> \n a:\n",
                                        "____________________\n\n",
                                        "-----x-----\na: b\n",
                                        "From: a\n",
                                        "@\n",
                                        "://\n",
                                        "\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 256 * 1024)
            g_string_append(text, lines[i]);
        gint64 start = g_get_monotonic_time();
        OvZonesBuilder *builder = ov_zones_begin(arena, 256 * 1024);
        ov_zones_add_plain(builder, (OvSlice){text->str, text->len});
        ov_zones_end(builder);
        if (g_get_monotonic_time() - start > 2 * G_USEC_PER_SEC)
            fail_msg("too slow: %s", lines[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_text_is_found),
        cmocka_unit_test(test_long_signature_is_own_text),
        cmocka_unit_test(test_attribution_without_marks_cuts_what_follows),
        cmocka_unit_test(test_footers_do_not_count),
        cmocka_unit_test(test_own_text_of_html_is_found),
        cmocka_unit_test(test_marks_of_quotation_can_be_taken_away),
        cmocka_unit_test(test_an_attribution_tells_that_there_was_a_message),
        cmocka_unit_test(test_a_zone_that_swallows_the_text_is_the_text),
        cmocka_unit_test(test_headings_of_html_are_marked),
        cmocka_unit_test(test_limit_cuts_between_characters),
        cmocka_unit_test(test_parts_are_told_apart),
        cmocka_unit_test(test_odd_text_is_walked_in_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
