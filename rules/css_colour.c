#include "rules/css_colour.h"

#include "rules/css_number.h"
#include "rules/names.h"

#include <math.h>

static const char *const names[] = {
#define C(name, colour) name,
#include "rules/css_colours.def"
#undef C
};

static const OvColour named[] = {
#define C(name, colour) colour,
#include "rules/css_colours.def"
#undef C
};

static gboolean read_name(OvSlice text, OvColour *colour) {
    static OvNames table = {.names = names, .n = G_N_ELEMENTS(names)};
    guint found = ov_names_find(&table, text);
    if (found == table.n)
        return FALSE;
    *colour = named[found];
    return TRUE;
}

static gboolean read_hexadecimal(OvSlice text, OvColour *colour) {
    if (text.length != 3 && text.length != 4 && text.length != 6 && text.length != 8)
        return FALSE;
    gsize width = text.length < 6 ? 1 : 2;
    guint32 channel[4] = {0, 0, 0, 255};
    for (gsize i = 0; i < text.length; i++) {
        int digit = g_ascii_xdigit_value(text.data[i]);
        if (digit < 0)
            return FALSE;
        if (width == 1)
            channel[i] = (guint32)digit * 17;
        else if (i % 2 == 0)
            channel[i / 2] = (guint32)digit * 16;
        else
            channel[i / 2] += (guint32)digit;
    }
    *colour = channel[0] << 24 | channel[1] << 16 | channel[2] << 8 | channel[3];
    return TRUE;
}

static guint32 octet(double value) {
    return (guint32)lround(CLAMP(value, 0, 255));
}

/* One channel of red, green and blue from hue (in turns), saturation and lightness. */
static double channel_of_hue(double hue, double saturation, double lightness, double offset) {
    double k = fmod(offset + hue * 12, 12);
    double a = saturation * MIN(lightness, 1 - lightness);
    return 255 * (lightness - a * MAX(-1, MIN(MIN(k - 3, 9 - k), 1)));
}

/* What stands between the brackets of rgb() and hsl(): three numbers and maybe alpha. */
static gboolean read_function(OvSlice arguments, gboolean hue, OvColour *colour) {
    double value[4] = {0, 0, 0, 1};
    gboolean percent[4] = {FALSE};
    guint n = 0;
    while (n < 4) {
        while (arguments.length > 0 && strchr(" \t\r\n\f,/", arguments.data[0]))
            arguments.data++, arguments.length--;
        if (arguments.length == 0)
            break;
        gsize taken = ov_css_number(arguments, &value[n]);
        if (taken == 0)
            return FALSE;
        arguments.data += taken, arguments.length -= taken;
        if (arguments.length > 0 && arguments.data[0] == '%') {
            percent[n] = TRUE;
            arguments.data++, arguments.length--;
        } else if (hue && n == 0 && arguments.length >= 3 &&
                   g_ascii_strncasecmp(arguments.data, "deg", 3) == 0) {
            arguments.data += 3, arguments.length -= 3;
        }
        n++;
    }
    if (n < 3)
        return FALSE;
    guint32 alpha = octet(255 * (percent[3] ? value[3] / 100 : value[3]));
    if (hue) {
        double turns = value[0] / 360 - floor(value[0] / 360);
        double saturation = CLAMP(value[1] / 100, 0, 1), lightness = CLAMP(value[2] / 100, 0, 1);
        *colour = octet(channel_of_hue(turns, saturation, lightness, 0)) << 24 |
                  octet(channel_of_hue(turns, saturation, lightness, 8)) << 16 |
                  octet(channel_of_hue(turns, saturation, lightness, 4)) << 8 | alpha;
        return TRUE;
    }
    for (guint i = 0; i < 3; i++)
        if (percent[i])
            value[i] *= 2.55;
    *colour = octet(value[0]) << 24 | octet(value[1]) << 16 | octet(value[2]) << 8 | alpha;
    return TRUE;
}

gboolean ov_colour_read(OvSlice text, OvColour *colour) {
    text = ov_slice_trim(text);
    if (text.length == 0)
        return FALSE;
    if (text.data[0] == '#')
        return read_hexadecimal((OvSlice){text.data + 1, text.length - 1}, colour);
    const char *open = memchr(text.data, '(', text.length);
    if (!open)
        return read_name(text, colour);
    if (text.data[text.length - 1] == ')')
        text.length--;
    OvSlice name = {text.data, (gsize)(open - text.data)};
    OvSlice arguments = {open + 1, text.length - name.length - 1};
    if (ov_slice_equal_nocase(name, ov_slice("rgb")) ||
        ov_slice_equal_nocase(name, ov_slice("rgba")))
        return read_function(arguments, FALSE, colour);
    if (ov_slice_equal_nocase(name, ov_slice("hsl")) ||
        ov_slice_equal_nocase(name, ov_slice("hsla")))
        return read_function(arguments, TRUE, colour);
    return FALSE;
}

gboolean ov_colour_read_attribute(OvSlice text, OvColour *colour) {
    text = ov_slice_trim(text);
    if (text.length == 0 || ov_slice_equal_nocase(text, ov_slice("transparent")))
        return FALSE;
    if (text.data[0] == '#' && text.length == 4 && ov_colour_read(text, colour))
        return TRUE;
    if (read_name(text, colour))
        return TRUE;
    if (text.data[0] == '#')
        text.data++, text.length--;
    /* What is no hexadecimal digit is 0; the digits are cut into three of the same length, of which
     * the first two count, without leading zeros that all have. */
    char digits[130];
    gsize n = MIN(text.length, 128);
    for (gsize i = 0; i < n; i++)
        digits[i] = g_ascii_isxdigit(text.data[i]) ? text.data[i] : '0';
    while (n == 0 || n % 3 != 0)
        digits[n++] = '0';
    gsize width = n / 3, skip = width > 8 ? width - 8 : 0;
    while (width - skip > 2 && digits[skip] == '0' && digits[width + skip] == '0' &&
           digits[2 * width + skip] == '0')
        skip++;
    guint32 channel[3];
    for (gsize i = 0; i < 3; i++) {
        const char *at = digits + i * width + skip;
        channel[i] = (guint32)g_ascii_xdigit_value(at[0]);
        if (width - skip > 1)
            channel[i] = channel[i] * 16 + (guint32)g_ascii_xdigit_value(at[1]);
    }
    *colour = channel[0] << 24 | channel[1] << 16 | channel[2] << 8 | 255;
    return TRUE;
}

static double channel_of(OvColour colour, guint channel) {
    return colour >> (24 - 8 * channel) & 255;
}

OvColour ov_colour_over(OvColour front, OvColour back) {
    double alpha = channel_of(front, 3) / 255;
    OvColour mixed = 255;
    for (guint i = 0; i < 3; i++)
        mixed |= octet(alpha * channel_of(front, i) + (1 - alpha) * channel_of(back, i))
                 << (24 - 8 * i);
    return mixed;
}

double ov_colour_distance(OvColour a, OvColour b) {
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (guint i = 0; i < 3; i++) {
        double difference = weight[i] * (channel_of(a, i) - channel_of(b, i));
        sum += difference * difference;
    }
    return sqrt(sum);
}

static double luminance(OvColour colour) {
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    static double linear[256]; /* the light of each value of a channel */
    static gsize once;
    if (g_once_init_enter(&once)) {
        for (guint i = 0; i < G_N_ELEMENTS(linear); i++) {
            double c = i / 255.0;
            linear[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
        }
        g_once_init_leave(&once, 1);
    }
    double sum = 0;
    for (guint i = 0; i < 3; i++)
        sum += weight[i] * linear[colour >> (24 - 8 * i) & 255];
    return sum;
}

double ov_colour_contrast(OvColour a, OvColour b) {
    double one = luminance(a), other = luminance(b);
    return (MAX(one, other) + 0.05) / (MIN(one, other) + 0.05);
}
