#include "rules/disguise.h"
#include "rules/lookalike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static OvDisguises find(OvArena *arena, const char *text) {
    OvSlice slice = ov_slice(text);
    OvBlock block = {0, (guint32)slice.length, OV_BLOCK_OWN, FALSE};
    return ov_disguises_find(arena, slice, &block, 1);
}

static void test_places_are_told_by_how_they_hide_words(void **state) {
    (void)state;
    static const struct {
        const char *text, *place; /* the first place, NULL for none */
        guint kind;
    } cases[] = {
        {"a wоrd here", "wоrd", OV_DISGUISE_LETTERS},
        {"a wοrd here", "wοrd", OV_DISGUISE_LETTERS},
        {"a ᴡᴏʀᴅ here", "ᴡᴏʀᴅ", OV_DISGUISE_LETTERS},
        {"a woｒd here", "woｒd", OV_DISGUISE_LETTERS},
        {"a w\u200Bo\u200Brd here", "w\u200Bo\u200Brd", OV_DISGUISE_LETTERS},
        {"a w\u0336o\u0336rd here", "w\u0336o\u0336rd", OV_DISGUISE_LETTERS},
        {"a wo\u200Brd here", "wo\u200Brd", OV_DISGUISE_SLIGHT},
        {"a 𝐰𝐨𝐫𝐝 here", "𝐰𝐨𝐫𝐝", OV_DISGUISE_SLIGHT},
        {"a w0rd here", "w0rd", OV_DISGUISE_DIGITS},
        {"a $word! here", "$word", OV_DISGUISE_DIGITS},
        {"a wо4d here", "wо4d", OV_DISGUISE_LETTERS | OV_DISGUISE_DIGITS},
        {"the w o r d here", "w o r d", OV_DISGUISE_GAPS},
        {"the w.o.r.d here", "w.o.r.d", OV_DISGUISE_GAPS},
        {"the w - o - r - d here", "w - o - r - d", OV_DISGUISE_GAPS},
        {"a \u202Edrow\u202C here", "drow", OV_DISGUISE_REVERSED},
        {"a wo.rd here", "wo.rd", OV_DISGUISE_SPLIT},
        {"a w!o!r!d here", "w!o!r!d", OV_DISGUISE_GAPS},
        {"a speciaI one", "speciaI", OV_DISGUISE_DIGITS},
        {"the w o     r d here", "w o     r d", OV_DISGUISE_GAPS},
        {"a word here", NULL, 0},
        {"MP3 and 10px in rc1", NULL, 0},
        {"e-mail, and/or, don’t, size_of, key=no, e.g. AIDS, McINTOSH", NULL, 0},
        {"un café où l’on va", NULL, 0},
        {"un cafe\u0301 ou\u0300 l’on va", NULL, 0},
        {"B52, 2026, 8th of 12", NULL, 0},
        {"it costs $100 or 100$, @ home!", NULL, 0},
        {"w  -  o  -  r  -  d", NULL, 0},
        {"1 2 3 4 5 a b", NULL, 0},
        {"слово здесь, а там нет", NULL, 0},
        {"\u202Eשלום\u202C", NULL, 0},
        {"新しい言葉", NULL, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(OvArena) arena = ov_arena_new();
        OvDisguises found = find(arena, cases[i].text);
        if (found.n_places != (cases[i].place ? 1 : 0))
            fail_msg("%s: %u places", cases[i].text, found.n_places);
        if (!cases[i].place)
            continue;
        OvRange range = found.places[0].range;
        g_autofree char *place = g_strndup(cases[i].text + range.start, range.end - range.start);
        assert_string_equal(place, cases[i].place);
        assert_int_equal(found.places[0].kind, cases[i].kind);
    }
}

static void test_words_of_another_alphabet_are_places_in_latin_text_alone(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    assert_int_equal(find(arena, "you can рау for it").n_places, 1);
    assert_int_equal(find(arena, "ты или я, но не рау здесь").n_places, 0);
}

static void test_quoted_text_is_not_looked_at(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice text = ov_slice("a wоrd\n\na wоrd\n\na w0rd");
    OvBlock blocks[] = {{0, 7, OV_BLOCK_QUOTED, FALSE},
                        {9, 16, OV_BLOCK_CODE, FALSE},
                        {18, 24, OV_BLOCK_OWN, FALSE}};
    OvDisguises found = ov_disguises_find(arena, text, blocks, G_N_ELEMENTS(blocks));
    assert_int_equal(found.n_places, 1);
    assert_int_equal(found.places[0].range.start, 20);
}

static void test_the_same_mixed_word_counts_once(void **state) {
    (void)state;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvDisguises found = find(arena, "a wоrd, a wоrd, and anоther");
    assert_int_equal(found.n_mixed, 2);
    assert_int_equal(found.most_switches, 2);
}

static void test_letters_are_told_by_what_they_look_like(void **state) {
    (void)state;
    static const struct {
        gunichar letter;
        char like, styled;
    } cases[] = {
        {0x0430, 'a', 0},  {0x0421, 'c', 0},  {0x0397, 'h', 0},  {0x03BF, 'o', 0},
        {0x1D00, 'a', 0},  {0xA731, 's', 0},  {0x13DA, 's', 0},  {0xA4F4, 'u', 0},
        {0x0436, 0, 0},    {0x03A9, 0, 0},    {'a', 0, 0},       {0xE9, 0, 0},
        {0xFF21, 0, 'a'},  {0xFF5A, 0, 'z'},  {0x1D400, 0, 'a'}, {0x1D6A3, 0, 'z'},
        {0x210E, 0, 'h'},  {0x24B6, 0, 'a'},  {0x24E9, 0, 'z'},  {0x1F130, 0, 'a'},
        {0x1F150, 0, 'a'}, {0x1F169, 0, 'z'}, {0x1F170, 0, 'a'}, {0x1F189, 0, 'z'},
        {0x2122, 0, 0},    {0x1D7CE, 0, 0},   {0x4E00, 0, 0},    {0x10FFFF, 0, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(ov_lookalike(cases[i].letter), cases[i].like);
        assert_int_equal(ov_styled_letter(cases[i].letter), cases[i].styled);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_are_told_by_how_they_hide_words),
        cmocka_unit_test(test_words_of_another_alphabet_are_places_in_latin_text_alone),
        cmocka_unit_test(test_quoted_text_is_not_looked_at),
        cmocka_unit_test(test_the_same_mixed_word_counts_once),
        cmocka_unit_test(test_letters_are_told_by_what_they_look_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
