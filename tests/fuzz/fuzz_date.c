/* The value of a Date field. */
#include "rules/date.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OvDate date = ov_date_parse((OvSlice){(const char *)data, size});
    g_assert_true(date.known == ((date.faults & ~(guint)OV_DATE_WEEKDAY) == 0));
    if (date.known)
        g_assert_true(ABS(date.zone) <= 14 * 60);
    return 0;
}
