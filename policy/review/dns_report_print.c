/* Reports of the DNS as text and as JSON. */
#include "policy/review/dns_report.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum { WIDTH = 100, INDENT = 4 };

static void append_records(GString *out, const OvFindings *findings, gboolean colour) {
    for (guint i = 0; i < findings->n_records; i++) {
        const OvWantedRecord *record = &findings->records[i];
        g_string_append(out, "    Publish:  ");
        ov_paint(out, colour, OV_PAINT_BOLD, ov_zone_line(findings->arena, record));
        g_string_append_c(out, '\n');
        if (record->remark && *record->remark)
            ov_wrap_append(out, record->remark, 14, WIDTH);
    }
}

static void append_section(GString *out, const OvDnsSection *section, gboolean colour) {
    static const struct {
        const char *mark;
        OvPaint paint;
    } kinds[] = {
        [OV_FINDING_MEND] = {"  ! ", OV_PAINT_BAD},
        [OV_FINDING_UNKNOWN] = {"  ? ", OV_PAINT_DIM},
        [OV_FINDING_NOTE] = {"  - ", OV_PAINT_WARN},
        [OV_FINDING_FINE] = {"  + ", OV_PAINT_GOOD},
    };
    const OvFindings *findings = section->findings;
    ov_paint(out, colour, OV_PAINT_BOLD, section->title);
    g_string_append_c(out, '\n');
    for (int kind = OV_FINDING_MEND; kind <= OV_FINDING_FINE; kind++)
        for (guint i = 0; i < findings->n_findings; i++) {
            if ((int)findings->findings[i].kind != kind)
                continue;
            g_autofree char *line = g_strconcat(kinds[kind].mark, findings->findings[i].text, NULL);
            ov_paint(out, colour, kinds[kind].paint, line);
            g_string_append_c(out, '\n');
        }
    if (findings->n_left_out > 0)
        g_string_append_printf(out, "    and %u more\n", findings->n_left_out);
    append_records(out, findings, colour);
    g_auto(GStrv) lines = g_strsplit(section->details, "\n", -1);
    for (char **line = lines; *line && **line; line++)
        g_string_append_printf(out, "%*s%s\n", INDENT, "", *line);
    g_string_append_c(out, '\n');
}

void ov_dns_report_append(GString *out, const OvDnsReport *report, gboolean colour) {
    ov_paint(out, colour, OV_PAINT_BOLD, report->name);
    g_string_append(out, "\n\n");
    for (int wrong = 1; wrong >= 0; wrong--)
        for (guint i = 0; i < report->n_sections; i++)
            if (ov_findings_has(report->sections[i].findings, OV_FINDING_MEND) == wrong)
                append_section(out, &report->sections[i], colour);
}

static json_t *section_json(const OvDnsSection *section) {
    static const char *const kinds[] = {"mend", "unknown", "note", "fine"};
    const OvFindings *findings = section->findings;
    json_t *found = json_array(), *records = json_array();
    for (guint i = 0; i < findings->n_findings; i++)
        json_array_append_new(found,
                              json_pack("{s:s, s:o}", "kind", kinds[findings->findings[i].kind],
                                        "text", ov_json_text(findings->findings[i].text)));
    for (guint i = 0; i < findings->n_records; i++) {
        const OvWantedRecord *record = &findings->records[i];
        g_autofree char *name = g_strndup(record->name.data, record->name.length);
        g_autofree char *value = g_strndup(record->value.data, record->value.length);
        json_array_append_new(records,
                              json_pack("{s:o, s:s, s:o, s:s, s:s}", "name", ov_json_text(name),
                                        "type", record->type, "value", ov_json_text(value), "zone",
                                        ov_zone_line(findings->arena, record), "remark",
                                        record->remark ? record->remark : ""));
    }
    return json_pack("{s:o, s:o, s:O}", "findings", found, "publish", records, "facts",
                     section->facts);
}

json_t *ov_dns_report_json(const OvDnsReport *report) {
    json_t *sections = json_object();
    for (guint i = 0; i < report->n_sections; i++) {
        g_autofree char *title = g_ascii_strdown(report->sections[i].title, -1);
        g_strdelimit(title, " ", '_');
        json_object_set_new(sections, title, section_json(&report->sections[i]));
    }
    return json_pack("{s:s, s:o}", "name", report->name, "sections", sections);
}
