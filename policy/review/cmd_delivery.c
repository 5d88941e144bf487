/* outvet delivery: what became of messages, in numbers, and from old logs. */
#include <stdio.h>

#include "policy/delivery/intake.h"
#include "policy/delivery/log_reader.h"
#include "policy/delivery/outcome.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/output.h"
#include "policy/review/when.h"

enum {
    AT_ONCE = 2000, /* deliveries of a transaction */
    REST = 2000,    /* microseconds between two, in which outvetd may write */
    SHOWN = 1000    /* rows of a summary */
};

static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

static OvExit import_file(OvIntake *intake, const char *path) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvLogReader) reader = ov_log_reader_open(path, &error);
    OvSlice line;
    if (!reader) {
        ov_complain("%s", error->message);
        return OV_EXIT_NO_INPUT;
    }
    ov_intake_set_reference(intake, ov_log_reader_changed(reader));
    while (ov_log_reader_next(reader, &line, &error)) {
        ov_intake_line(intake, line);
        if (ov_intake_waiting(intake) < AT_ONCE)
            continue;
        if (!ov_intake_flush(intake, NULL, &error))
            return ov_ledger_complain(error);
        g_usleep(REST);
    }
    g_autoptr(GError) trouble = NULL;
    if (!ov_intake_flush(intake, NULL, &trouble))
        return ov_ledger_complain(trouble);
    if (!error)
        return OV_EXIT_OK;
    ov_complain("%s; what stands before that is recorded", error->message);
    return OV_EXIT_NO_INPUT;
}

static void print_counts(OvIntakeCounts counts, gboolean json) {
    if (json)
        ov_json_print(json_pack("{s:I, s:I, s:I, s:I}", "lines", (json_int_t)counts.lines, "events",
                                (json_int_t)counts.events, "recorded", (json_int_t)counts.fresh,
                                "unknown", (json_int_t)counts.unknown));
    else
        printf("%" G_GUINT64_FORMAT " lines, %" G_GUINT64_FORMAT
               " of them about deliveries: %" G_GUINT64_FORMAT " recorded, %" G_GUINT64_FORMAT
               " known already, %" G_GUINT64_FORMAT " of messages that the ledger does not have.\n",
               counts.lines, counts.events, counts.fresh,
               counts.events - counts.fresh - counts.unknown, counts.unknown);
}

OvExit ov_command_delivery_import(const OvArguments *arguments) {
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    const char *node = ov_arguments_value(arguments, "node");
    g_autoptr(OvIntake) intake =
        ov_intake_new(command.ledger, node ? node : command.settings->node, NULL, NULL);
    guint n;
    const char *const *files = ov_arguments_operands(arguments, &n);
    for (guint i = 0; i < n; i++) {
        OvExit result = import_file(intake, files[i]);
        code = MAX(code, result);
        if (result != OV_EXIT_OK && result != OV_EXIT_NO_INPUT)
            return code;
    }
    print_counts(ov_intake_counts(intake), ov_arguments_has(arguments, "json"));
    return code;
}

static gboolean is_block(const OvDeliveryCount *count) {
    OvReason reason;
    return ov_reason_from_name(count->reason, &reason) && ov_reason_is_block(reason);
}

static void print_json(const OvDeliveryCount *count) {
    ov_json_print(json_pack("{s:o, s:o, s:s, s:o, s:b, s:I, s:I, s:o, s:o}", "transport",
                            ov_json_text(count->transport), "domain", ov_json_text(count->domain),
                            "outcome", ov_outcome_name(count->outcome), "reason",
                            ov_json_text(*count->reason ? count->reason : NULL), "blocked",
                            is_block(count), "recipients", (json_int_t)count->recipients,
                            "attempts", (json_int_t)count->attempts, "last",
                            ov_json_time(count->last), "answer", ov_json_text(count->text)));
}

static void add_row(OvTable *table, const OvDeliveryCount *count) {
    g_autofree char *recipients = g_strdup_printf("%" G_GINT64_FORMAT, count->recipients);
    g_autofree char *attempts = g_strdup_printf("%" G_GINT64_FORMAT, count->attempts);
    g_autofree char *last = ov_time_for_people(count->last);
    ov_table_add(table, recipients, attempts, ov_outcome_name(count->outcome), count->reason,
                 count->domain, count->transport, last,
                 count->outcome == OV_OUTCOME_DELIVERED ? NULL : count->text);
}

/* Since when: as --since says, else the last day. 0 after telling why not. */
static gint64 beginning(const OvArguments *arguments) {
    gint64 now = g_get_real_time();
    const char *text = ov_arguments_value(arguments, "since");
    gint64 since = text ? ov_when_parse(text, now) : now - DAY;
    if (!since)
        ov_complain("--since %s: not a day or time that is past, such as 2026-11-23 or "
                    "2026-11-23T20:02:53Z",
                    text);
    return since;
}

/* The rows that are asked for: all, or those that tell of a block. */
static const OvDeliveryCount **choose(const OvDeliveryCount *counts, guint n, gboolean blocked,
                                      guint *n_chosen, OvArena *arena) {
    const OvDeliveryCount **chosen = OV_ARENA_NEW(arena, const OvDeliveryCount *, n + 1);
    *n_chosen = 0;
    for (guint i = 0; i < n; i++)
        if (!blocked || is_block(&counts[i]))
            chosen[(*n_chosen)++] = &counts[i];
    return chosen;
}

static void print_table(const OvDeliveryCount **counts, guint n, const char *none) {
    g_autoptr(OvTable) table = ov_table_new(8, ">RECIPIENTS", ">TRIES", "OUTCOME", "REASON",
                                            "DOMAIN", "TRANSPORT", "LAST", "ANSWER");
    for (guint i = 0; i < MIN(n, SHOWN); i++)
        add_row(table, counts[i]);
    g_autoptr(GString) out = g_string_new(NULL);
    if (n > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, none);
    if (n > SHOWN)
        g_string_append_printf(out, "and %u more rows; --json prints all\n", n - SHOWN);
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_delivery_summary(const OvArguments *arguments) {
    gint64 since = beginning(arguments);
    if (!since)
        return OV_EXIT_USAGE;
    g_auto(OvLedgerCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_ledger_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const OvDeliveryCount *counts =
        ov_ledger_count_deliveries(command.ledger, since, G_MAXINT, command.arena, &n, &error);
    if (!counts)
        return ov_ledger_complain(error);
    gboolean blocked = ov_arguments_has(arguments, "blocked");
    const OvDeliveryCount **chosen = choose(counts, n, blocked, &n, command.arena);
    if (!ov_arguments_has(arguments, "json")) {
        print_table(chosen, n,
                    blocked ? "Nobody refused mail as blocked, listed or spam.\n"
                            : "No delivery is known of that time.\n");
        return OV_EXIT_OK;
    }
    for (guint i = 0; i < n; i++)
        print_json(chosen[i]);
    return OV_EXIT_OK;
}
