/* Work by several threads, results in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/review/ordered.h"

static void square(gpointer item, gpointer data) {
    guint *number = item;
    (void)data;
    if (*number % 7 == 0)
        g_usleep(500);
    *number *= *number;
}

static void test_results_come_in_the_order_of_the_items(void **state) {
    (void)state;
    g_autoptr(OvOrdered) ordered = ov_ordered_new(4, 8, 1000, square, NULL);
    guint numbers[200];
    guint taken = 0;
    guint *result;
    for (guint i = 0; i < 200; i++) {
        numbers[i] = i;
        ov_ordered_put(ordered, &numbers[i], 10);
        while ((result = ov_ordered_take(ordered, ov_ordered_full(ordered)))) {
            assert_int_equal(*result, taken * taken);
            taken++;
        }
    }
    while ((result = ov_ordered_take(ordered, TRUE))) {
        assert_int_equal(*result, taken * taken);
        taken++;
    }
    assert_int_equal(taken, 200);
}

static void test_what_is_under_way_is_bounded(void **state) {
    (void)state;
    guint numbers[3] = {1, 2, 3};
    g_autoptr(OvOrdered) ordered = ov_ordered_new(1, 3, 100, square, NULL);
    assert_false(ov_ordered_full(ordered));
    ov_ordered_put(ordered, &numbers[0], 60);
    assert_false(ov_ordered_full(ordered));
    ov_ordered_put(ordered, &numbers[1], 60);
    assert_true(ov_ordered_full(ordered)); /* by octets */
    assert_ptr_equal(ov_ordered_take(ordered, TRUE), &numbers[0]);
    assert_false(ov_ordered_full(ordered));
    ov_ordered_put(ordered, &numbers[0], 1);
    ov_ordered_put(ordered, &numbers[2], 1);
    assert_true(ov_ordered_full(ordered)); /* by number */
    while (ov_ordered_take(ordered, TRUE))
        ;
    assert_null(ov_ordered_take(ordered, TRUE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_come_in_the_order_of_the_items),
        cmocka_unit_test(test_what_is_under_way_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
