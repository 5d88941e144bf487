#include "rules/auth/findings.h"

#include <stdarg.h>

void ov_findings_init(OvFindings *findings, OvArena *arena) {
    findings->arena = arena;
    findings->n_findings = findings->n_left_out = findings->n_records = 0;
}

void ov_find(OvFindings *findings, OvFindingKind kind, const char *format, ...) {
    if (findings->n_findings == OV_FINDINGS_MAX) {
        findings->n_left_out++;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    findings->findings[findings->n_findings++] =
        (OvFinding){kind, ov_arena_strndup(findings->arena, text, strlen(text))};
}

void ov_findings_want(OvFindings *findings, OvSlice name, const char *type, OvSlice value,
                      const char *remark) {
    for (guint i = 0; i < findings->n_records; i++)
        if (ov_slice_equal(findings->records[i].name, name) &&
            strcmp(findings->records[i].type, type) == 0 &&
            ov_slice_equal(findings->records[i].value, value))
            return;
    if (findings->n_records < OV_FINDINGS_MAX_RECORDS)
        findings->records[findings->n_records++] = (OvWantedRecord){name, type, value, remark};
}

gboolean ov_findings_has(const OvFindings *findings, OvFindingKind kind) {
    for (guint i = 0; i < findings->n_findings; i++)
        if (findings->findings[i].kind == kind)
            return TRUE;
    return FALSE;
}

/* One octet of a string or of a name. */
static void append_octet(GString *line, char c) {
    if (c == '"' || c == '\\')
        g_string_append_printf(line, "\\%c", c);
    else if (g_ascii_isprint(c))
        g_string_append_c(line, c);
    else
        g_string_append_printf(line, "\\%03u", (guint)(guchar)c);
}

static void append_name(GString *line, OvSlice name) {
    for (gsize i = 0; i < name.length; i++)
        append_octet(line, name.data[i]);
    g_string_append_c(line, '.');
}

static void append_strings(GString *line, OvSlice text) {
    enum { LONGEST = 255 };
    for (gsize start = 0; start == 0 || start < text.length; start += LONGEST) {
        g_string_append(line, start > 0 ? "\" \"" : "\"");
        for (gsize i = start; i < MIN(start + LONGEST, text.length); i++)
            append_octet(line, text.data[i]);
    }
    g_string_append_c(line, '"');
}

/* "10 mail.example.org": the preference and the name. */
static void append_exchanger(GString *line, OvSlice value) {
    const char *space = value.length > 0 ? memchr(value.data, ' ', value.length) : NULL;
    gsize before = space ? (gsize)(space + 1 - value.data) : 0;
    g_string_append_len(line, value.data, (gssize)before);
    append_name(line, (OvSlice){value.data + before, value.length - before});
}

const char *ov_zone_line(OvArena *arena, const OvWantedRecord *record) {
    g_autoptr(GString) line = g_string_new(NULL);
    append_name(line, record->name);
    g_string_append_printf(line, " IN %s ", record->type);
    if (strcmp(record->type, "TXT") == 0)
        append_strings(line, record->value);
    else if (strcmp(record->type, "MX") == 0)
        append_exchanger(line, record->value);
    else if (strcmp(record->type, "PTR") == 0)
        append_name(line, record->value);
    else
        g_string_append_len(line, record->value.data, (gssize)record->value.length);
    return ov_arena_strndup(arena, line->str, line->len);
}
