/* rules/auth/arc.h */
#include "rules/auth/arc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define SEAL(i)    "ARC-Seal: a=rsa-sha256; cv=none; d=list.example; i=" i "; s=a; t=1; b=AA\r\n"
#define MESSAGE(i) "ARC-Message-Signature: i=" i "; a=rsa-sha256; d=list.example; s=a; b=AA\r\n"
#define RESULTS(i) "ARC-Authentication-Results: i=" i "; mx.list.example; spf=pass\r\n"
#define SET(i)     SEAL(i) MESSAGE(i) RESULTS(i)

static void check(const char *text, gint sets) {
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autofree char *whole = g_strconcat(text, "From: a@b.example\r\n\r\n", NULL);
    OvHeader *header = ov_header_parse(arena, ov_slice(whole), 1000);
    assert_int_equal(ov_arc_sets(header, arena), sets);
}

static void test_chains_are_counted(void **state) {
    (void)state;
    check("", 0);
    check(SET("1"), 1);
    check(SET("2") SET("1"), 2);
    check(SET("3") SET("2") SET("1"), 3);
    check("ARC-Seal:\r\n\ti = 1 ;\r\n\ta=rsa-sha256; b=A A\r\n" MESSAGE("1") RESULTS("1"), 1);
    check("arc-seal: b=i=2; i=1\r\n" MESSAGE("1") RESULTS("1"), 1);
}

static void test_what_is_no_chain_is_told(void **state) {
    (void)state;
    check(SEAL("1"), -1);
    check(SEAL("1") MESSAGE("1"), -1);
    check(SET("2"), -1);
    check(SET("1") SET("3"), -1);
    check(SET("1") SEAL("1"), -1);
    check(SET("0"), -1);
    check(SET("51"), -1);
    check(SET("99999999999999999999"), -1);
    check(SET("x"), -1);
    check("ARC-Seal:\r\n", -1);
    check("ARC-Seal: ;;;=;i\r\n", -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains_are_counted),
        cmocka_unit_test(test_what_is_no_chain_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
