/* The suite of openspf.org for RFC 7208. */
#include "tests/unit/spf_suite.h"

typedef struct {
    gboolean late;
    guint wrong;
} Run;

static void check(const SpfCase *c, gpointer data) {
    Run *run = data;
    OvSpf spf;
    if (run->late)
        dns_table_be_slow(c->book);
    OvSpfResult result = spf_case_ask(c, &spf);
    if (spf_case_expects(c, ov_spf_result_name(result)))
        return;
    run->wrong++;
    print_error("%s: %s: %s\n", c->name, ov_spf_result_name(result), spf.reason);
}

static void run(gboolean late) {
    Run run = {.late = late};
    assert_int_equal(spf_suite_each(check, &run), 200);
    assert_int_equal(run.wrong, 0);
}

static void test_every_case_of_the_suite_comes_out_as_published(void **state) {
    (void)state;
    run(FALSE);
}

static void test_answers_that_come_late_change_no_outcome(void **state) {
    (void)state;
    run(TRUE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_case_of_the_suite_comes_out_as_published),
        cmocka_unit_test(test_answers_that_come_late_change_no_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
