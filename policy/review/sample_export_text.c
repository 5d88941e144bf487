/* incident.txt, and the same for programs. */
#include "policy/message_id.h"
#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/sample_export.h"

/* "  destination   192.0.2.1"; what is NULL or empty is left out. */
static void append_line(GString *out, const char *name, const char *text) {
    if (!text || !*text)
        return;
    g_string_append_printf(out, "   %-13s ", name);
    ov_safe_append(out, text, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void append_time(GString *out, const char *name, gint64 time) {
    g_autofree char *text = time > 0 ? ov_time_for_programs(time) : NULL;
    append_line(out, name, text);
}

static void append_found(GString *out, const OvExported *exported) {
    g_string_append_printf(out, "   %-13s %s, score %.2f\n", "today",
                           ov_verdict_name(exported->verdict), exported->score);
    g_string_append_printf(out, "   %-13s %s.eml (from %s", "message", exported->name,
                           g_str_equal(exported->source, "queue") ? "the MTA's queue"
                                                                  : "the sample store");
    if (exported->size > exported->kept)
        g_string_append_printf(
            out, "; cut: the first %" G_GUINT64_FORMAT " of at least %" G_GUINT64_FORMAT " octets",
            exported->kept, exported->size);
    g_string_append_printf(out, ")\n   %-13s %s.txt, %s.json\n", "report", exported->name,
                           exported->name);
}

static void append_message(GString *out, const OvExported *exported, guint number) {
    const OvDetection *detection = exported->detection;
    const OvLedgerRecord *record = exported->record;
    char id[OV_ID_TEXT_SIZE];
    g_string_append_printf(out, "\n%u. Message-ID: ", number);
    ov_safe_append(out, *detection->message_id ? detection->message_id : "(not told)", -1, FALSE);
    g_string_append_c(out, '\n');
    append_line(out, "destination", detection->destination);
    append_time(out, "detected", detection->time);
    if (detection->score != G_MININT64)
        g_string_append_printf(out, "   %-13s %" G_GINT64_FORMAT "\n", "spam score",
                               detection->score);
    if (exported->message != 0) {
        ov_id_format(exported->message, id);
        append_line(out, "Outvet id", id);
    }
    if (record) {
        append_time(out, "passed", record->time);
        append_line(out, "sender", record->sender && !*record->sender ? "<>" : record->sender);
        g_string_append_printf(out, "   %-13s %s, score %.2f\n", "then", record->verdict,
                               record->score);
    }
    if (exported->why)
        append_line(out, "not here", exported->why);
    else
        append_found(out, exported);
}

void ov_export_text(GString *out, const OvExport *export) {
    const OvIncident *incident = export->incident;
    guint n_here = 0;
    for (guint i = 0; i < export->messages->len; i++)
        n_here += !((const OvExported *)export->messages->pdata[i])->why;
    g_string_append_printf(out, "Block of ");
    ov_safe_append(out, incident->address, -1, FALSE);
    g_string_append(out, "\n\n");
    append_time(out, "blocked", incident->since);
    append_time(out, "unblocked", incident->unblocked);
    append_line(out, "state", incident->state);
    append_time(out, "written", export->now);
    append_line(out, "by", export->operator_name);
    g_string_append_printf(
        out,
        "\nOf %u messages that were called spam, %u are here: each as it was sent, header and body "
        "(.eml),\nwith what Outvet " OV_VERSION
        ", which judges outgoing mail by the provider's guide and the requirements\nfor bulk "
        "senders, says of it today (.txt for people, .json for programs). \"then\" is what it "
        "said\n"
        "when the message passed; from %.1f points on a message is tagged, from %.1f held. Times "
        "are "
        "UTC.\n",
        export->messages->len, n_here, export->checker->settings->thresholds.tag,
        export->checker->settings->thresholds.hold);
    for (guint i = 0; i < export->messages->len; i++)
        append_message(out, export->messages->pdata[i], i + 1);
}

static void put_score(json_t *object, const char *name, gint64 score) {
    json_object_set_new(object, name,
                        score == G_MININT64 ? json_null() : json_integer((json_int_t)score));
}

static json_t *message_json(const OvExported *exported) {
    const OvDetection *detection = exported->detection;
    const OvLedgerRecord *record = exported->record;
    char id[OV_ID_TEXT_SIZE];
    json_t *object = json_object();
    ov_id_format(exported->message, id);
    json_object_set_new(object, "message_id",
                        ov_json_text(*detection->message_id ? detection->message_id : NULL));
    json_object_set_new(object, "destination", ov_json_text(detection->destination));
    json_object_set_new(object, "detected",
                        detection->time > 0 ? ov_json_time(detection->time) : json_null());
    put_score(object, "spam_score", detection->score);
    json_object_set_new(object, "outvet_id", ov_json_text(exported->message != 0 ? id : NULL));
    json_object_set_new(object, "passed", record ? ov_json_time(record->time) : json_null());
    json_object_set_new(object, "score_then", record ? ov_json_number(record->score) : json_null());
    json_object_set_new(object, "verdict_then", ov_json_text(record ? record->verdict : NULL));
    json_object_set_new(object, "found", json_boolean(!exported->why));
    if (exported->why) {
        json_object_set_new(object, "why", ov_json_text(exported->why));
        return object;
    }
    json_object_set_new(object, "score", ov_json_number(exported->score));
    json_object_set_new(object, "verdict", json_string(ov_verdict_name(exported->verdict)));
    json_object_set_new(object, "source", json_string(exported->source));
    json_object_set_new(object, "name", json_string(exported->name));
    json_object_set_new(object, "octets", json_integer((json_int_t)exported->kept));
    json_object_set_new(object, "truncated", json_boolean(exported->size > exported->kept));
    return object;
}

json_t *ov_export_json(const OvExport *export) {
    json_t *messages = json_array();
    for (guint i = 0; i < export->messages->len; i++)
        json_array_append_new(messages, message_json(export->messages->pdata[i]));
    return json_pack("{s:I, s:o, s:o, s:i, s:o}", "incident", (json_int_t) export->incident->id,
                     "address", ov_json_text(export->incident->address), "directory",
                     ov_json_text(export->path), "found", (int)export->found, "messages", messages);
}
