#include "policy/provider/ini.h"

static OvSlice without_quotes(OvSlice value) {
    gboolean quoted = value.length >= 2 && (value.data[0] == '"' || value.data[0] == '\'') &&
                      value.data[value.length - 1] == value.data[0];
    return quoted ? (OvSlice){value.data + 1, value.length - 2} : value;
}

static void read_section(OvSlice text, OvIniLine *line) {
    if (text.data[text.length - 1] != ']')
        return;
    line->kind = OV_INI_SECTION;
    line->name = ov_slice_trim((OvSlice){text.data + 1, text.length - 2});
}

static void read_key(OvSlice text, OvIniLine *line) {
    const char *equals = memchr(text.data, '=', text.length);
    if (!equals || equals == text.data)
        return;
    const char *after = equals + 1;
    line->kind = OV_INI_KEY;
    line->name = ov_slice_trim((OvSlice){text.data, (gsize)(equals - text.data)});
    line->value =
        without_quotes(ov_slice_trim((OvSlice){after, (gsize)(text.data + text.length - after)}));
}

gboolean ov_ini_next(OvSlice *rest, OvIniLine *line) {
    if (rest->length == 0)
        return FALSE;
    const char *feed = memchr(rest->data, '\n', rest->length);
    gsize length = feed ? (gsize)(feed - rest->data) + 1 : rest->length;
    *line = (OvIniLine){.kind = OV_INI_FAULT, .whole = {rest->data, length}};
    OvSlice text = ov_slice_trim(line->whole);
    if (text.length == 0 || text.data[0] == ';' || text.data[0] == '#')
        line->kind = OV_INI_BLANK;
    else if (text.data[0] == '[')
        read_section(text, line);
    else
        read_key(text, line);
    *rest = (OvSlice){rest->data + length, rest->length - length};
    return TRUE;
}
