#include "rules/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <iconv.h>

#include <cmocka.h>

static const struct {
    const char *label, *iconv_name;
} charsets[] = {
#define CHARSET(label, iconv_name, reading) {label, iconv_name},
#include "rules/charsets.def"
#undef CHARSET
};

static void test_every_charset_of_the_table_can_be_read(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++) {
        print_message("# %s\n", charsets[i].label);
        assert_true(ov_charset_known(charsets[i].label));
        if (!charsets[i].iconv_name)
            continue;
        iconv_t converter = iconv_open("UTF-8", charsets[i].iconv_name);
        assert_true(converter != (iconv_t)-1);
        iconv_close(converter);
    }
}

static void test_names_are_known_however_they_are_written(void **state) {
    (void)state;
    static const char *const known[] = {"UTF-8",     "utf8",           "ISO_8859-1",
                                        "iso8859-1", "ks_c_5601-1987", "Windows-1252",
                                        "SHIFT_JIS", "ANSI_X3.4-1968", "koi8-r"};
    static const char *const unknown[] = {
        "",          "utf-9",
        "klingon",   "utf-8//TRANSLIT",
        "ebcdic-us", "a-name-that-is-longer-than-any-charset-has-ever-had"};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        assert_true(ov_charset_known(known[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
        assert_false(ov_charset_known(unknown[i]));
}

/* Every octet alone, in every charset: valid UTF-8 comes out, within the limit. */
static void test_any_octets_become_valid_utf8(void **state) {
    (void)state;
    char octets[512];
    for (guint i = 0; i < sizeof octets; i++)
        octets[i] = (char)(i % 256 ^ i / 256);
    for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++) {
        for (gsize limit = 0; limit < 1600; limit += 97) {
            g_autoptr(OvArena) arena = ov_arena_new();
            guint bad;
            OvSlice text = ov_charset_to_utf8(arena, charsets[i].label,
                                              (OvSlice){octets, sizeof octets}, limit, &bad);
            assert_true(text.length <= limit);
            assert_true(text.length == 0 || g_utf8_validate(text.data, (gssize)text.length, NULL));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_charset_of_the_table_can_be_read),
        cmocka_unit_test(test_names_are_known_however_they_are_written),
        cmocka_unit_test(test_any_octets_become_valid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
