#include "policy/review/json.h"

#include <math.h>
#include <stdio.h>

#include "policy/review/output.h"

json_t *ov_json_text(const char *text) {
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_string(valid);
}

json_t *ov_json_number(double number) {
    if (!isfinite(number))
        return json_null();
    if (number == floor(number) && fabs(number) < 1e15)
        return json_integer((json_int_t)number);
    return json_real(number);
}

void ov_json_put_text(json_t *object, const char *name, const char *text) {
    if (text && text[0])
        json_object_set_new(object, name, ov_json_text(text));
}

json_t *ov_json_time(gint64 microseconds) {
    g_autofree char *text = ov_time_for_programs(microseconds);
    return json_string(text);
}

static int append(const char *buffer, size_t size, void *data) {
    g_string_append_len(data, buffer, (gssize)size);
    return 0;
}

void ov_json_append(GString *out, const json_t *object) {
    json_dump_callback(object, append, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
    g_string_append_c(out, '\n');
}

void ov_json_print(json_t *object) {
    g_autoptr(GString) line = g_string_new(NULL);
    ov_json_append(line, object);
    fwrite(line->str, 1, line->len, stdout);
    json_decref(object);
}
