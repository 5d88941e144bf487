#include "rules/css_number.h"

enum { MAX_EXPONENT = 30 };

gsize ov_css_number(OvSlice text, double *number) {
    gsize at = 0, digits = 0;
    double value = 0, unit = 1;
    gboolean negative = text.length > 0 && text.data[0] == '-';
    if (text.length > 0 && (text.data[0] == '-' || text.data[0] == '+'))
        at++;
    for (; at < text.length && g_ascii_isdigit(text.data[at]); at++, digits++)
        value = MIN(value * 10 + (text.data[at] - '0'), 1e15);
    if (at + 1 < text.length && text.data[at] == '.' && g_ascii_isdigit(text.data[at + 1])) {
        for (at++; at < text.length && g_ascii_isdigit(text.data[at]); at++, digits++) {
            unit /= 10;
            value += unit * (text.data[at] - '0');
        }
    } else if (digits > 0 && at < text.length && text.data[at] == '.') {
        at++; /* "12." as people write it */
    }
    if (digits == 0)
        return 0;
    if (at + 1 < text.length && (text.data[at] | 0x20) == 'e') {
        gsize exponent_at = at + 1;
        gboolean down = text.data[exponent_at] == '-';
        if (down || text.data[exponent_at] == '+')
            exponent_at++;
        if (exponent_at < text.length && g_ascii_isdigit(text.data[exponent_at])) {
            int exponent = 0;
            for (at = exponent_at; at < text.length && g_ascii_isdigit(text.data[at]); at++)
                exponent = MIN(exponent * 10 + (text.data[at] - '0'), MAX_EXPONENT);
            for (; exponent > 0; exponent--)
                value = down ? value / 10 : value * 10;
        }
    }
    *number = negative ? -value : value;
    return at;
}
