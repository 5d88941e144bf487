/* outvet incident sample: a directory with the messages that the provider named, for its support.
 */
#include <stdio.h>
#include <string.h>

#include "policy/message_id.h"
#include "policy/ownership.h"
#include "policy/review/incident_view.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "policy/review/record.h"
#include "policy/review/sample_export.h"
#include "rules/init.h"

enum { MOST = 1000 /* messages of one export */, NAMED = 60 /* in the event */ };

/* The command at work. */
typedef struct {
    OvSettings *settings;
    OvLedger *ledger;
    OvArena *arena;
    OvIncident *incident;
    OvDetection *detections; /* those to be exported */
    guint n_detections;
    OvRuleset *ruleset;
    OvOwners *owners;
    OvChecker checker;
    OvSampleFinder *finder;
    char *operator_name;
} Work;

static void work_clear(Work *work) {
    ov_sample_finder_free(work->finder);
    ov_standing_unref(work->checker.standing);
    ov_judge_unref(work->checker.judge);
    ov_resolver_unref(work->checker.resolver);
    ov_owners_unref(work->owners);
    ov_ruleset_unref(work->ruleset);
    if (work->arena)
        ov_arena_free(work->arena);
    ov_ledger_close(work->ledger);
    ov_settings_unref(work->settings);
    g_free(work->operator_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* What --message names. */
typedef struct {
    gint64 message;         /* 0: no Outvet id */
    const char *message_id; /* without <>; NULL: not known */
} Named;

static const char *bare(const char *message_id, OvArena *arena) {
    gsize length = strlen(message_id);
    gboolean quoted = length >= 2 && message_id[0] == '<' && message_id[length - 1] == '>';
    return quoted ? ov_arena_strndup(arena, message_id + 1, length - 2) : message_id;
}

/* A Message-ID as people paste it, or an Outvet id, which stands for its message's Message-ID, too.
 */
static gboolean take_name(Work *work, const char *text, Named *named, GError **error) {
    char id[OV_ID_TEXT_SIZE];
    guint n = 0;
    *named = (Named){0, bare(text, work->arena)};
    if (!ov_id_parse(text, &named->message))
        return TRUE;
    ov_id_format(named->message, id);
    OvLedgerRecord **records =
        ov_ledger_find(work->ledger, OV_LEDGER_BY_ID, id, 1, work->arena, &n, error);
    named->message_id =
        n > 0 && records[0]->message_id ? bare(records[0]->message_id, work->arena) : NULL;
    return records != NULL;
}

static gboolean is_named(const OvDetection *detection, const Named *named) {
    if (named->message != 0 && detection->message != 0)
        return named->message == detection->message;
    return named->message_id && *named->message_id &&
           g_ascii_strcasecmp(detection->message_id, named->message_id) == 0;
}

/* The next of the incident, after an id; NULL with error. */
static const OvDetection *next_page(const Work *work, gint64 after, guint *n, GError **error) {
    return ov_ledger_detections(work->ledger, work->incident->id, OV_N_DETECTION_FINDINGS, after,
                                MOST, work->arena, n, error);
}

/* All of the incident, or those that name names. FALSE with error. */
static gboolean take_detections(Work *work, const char *name, GError **error) {
    Named named = {0, NULL};
    gint64 after = 0;
    guint n = 0;
    work->detections = OV_ARENA_NEW(work->arena, OvDetection, MOST);
    if (name && !take_name(work, name, &named, error))
        return FALSE;
    do {
        const OvDetection *page = next_page(work, after, &n, error);
        if (!page)
            return FALSE;
        for (guint i = 0; i < n && work->n_detections < MOST; i++)
            if (!name || is_named(&page[i], &named))
                work->detections[work->n_detections++] = page[i];
        after = n > 0 ? page[n - 1].id : after;
    } while (n == MOST && work->n_detections < MOST);
    return TRUE;
}

/* FALSE after telling why. */
static gboolean find_detections(Work *work, const char *name, OvExit *code) {
    g_autoptr(GError) error = NULL;
    gboolean taken = take_detections(work, name, &error);
    if (work->n_detections == MOST)
        ov_complain("of one incident %d messages are exported at most; others by --message", MOST);
    if (taken && work->n_detections > 0)
        return TRUE;
    *code = taken ? OV_EXIT_NO_INPUT : OV_EXIT_UNAVAILABLE;
    if (taken)
        ov_complain("the provider named no message%s%s in incident %" G_GINT64_FORMAT,
                    name ? " " : "", name ? name : "", work->incident->id);
    else
        ov_complain("%s", error->message);
    return FALSE;
}

static void tell_of_maps(const char *trouble, gpointer data) {
    (void)data;
    if (trouble)
        ov_complain("a map of logins: %s; whose the addresses are was not judged", trouble);
}

/* FALSE after telling why. */
static gboolean make_checker(Work *work, gboolean dns) {
    g_autoptr(GError) error = NULL;
    work->ruleset = ov_command_ruleset(work->settings);
    if (!work->ruleset)
        return FALSE;
    work->checker.settings = work->settings;
    work->checker.judge = ov_judge_new(work->ruleset);
    if (dns && !ov_settings_resolver(work->settings, NULL, NULL, &work->checker.resolver, &error)) {
        ov_complain("%s", error->message);
        return FALSE;
    }
    if (!ov_owners_new(work->settings, tell_of_maps, NULL, &work->owners, &error)) {
        ov_complain("%s", error->message);
        return FALSE;
    }
    work->checker.standing = ov_checker_ask_standing(&work->checker, g_get_real_time());
    return TRUE;
}

static gboolean prepare(Work *work, const OvArguments *arguments, OvExit *code) {
    *code = OV_EXIT_SETTINGS;
    work->settings = ov_command_settings(arguments);
    if (!work->settings)
        return FALSE;
    work->ledger = ov_command_ledger(work->settings, code);
    if (!work->ledger)
        return FALSE;
    work->arena = ov_arena_new();
    work->operator_name = ov_operator_name();
    work->incident = ov_incident_named(work->ledger, arguments, work->arena, code);
    if (!work->incident || !find_detections(work, ov_arguments_value(arguments, "message"), code))
        return FALSE;
    *code = OV_EXIT_SETTINGS;
    if (!make_checker(work, ov_arguments_has(arguments, "dns")))
        return FALSE;
    work->finder = ov_sample_finder_new(work->settings, work->ledger);
    return TRUE;
}

static gboolean write_all(const Work *work, OvExport *export, GError **error) {
    if (!ov_export_begin(export, error))
        return FALSE;
    for (guint i = 0; i < work->n_detections; i++)
        if (!ov_export_add(export, &work->detections[i], error))
            return FALSE;
    return ov_export_end(export, error);
}

/* Who exported what, for the incident's timeline. */
static gboolean record(const Work *work, const OvExport *export, GError **error) {
    g_autoptr(GString) text = g_string_new(NULL);
    guint named = 0;
    g_string_append_printf(text, "%u of %u messages to %s:", export->found, work->n_detections,
                           export->path);
    for (guint i = 0; i < export->messages->len && named < NAMED; i++) {
        const OvExported *exported = export->messages->pdata[i];
        if (!exported->why && g_hash_table_lookup(export->by_id, &exported->message) == exported)
            g_string_append_printf(text, "%s %s", named++ > 0 ? "," : "", exported->name);
    }
    OvIncidentEvent event = {export->now, "sample", work->operator_name, text->str};
    return ov_ledger_add_incident_event(work->ledger, work->incident->id, &event, error);
}

static void tell(const OvExport *export) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(OvTable) table = ov_table_new(5, "MESSAGE", "FROM", "TODAY", ">SCORE", "MESSAGE-ID");
    for (guint i = 0; i < export->messages->len; i++) {
        const OvExported *exported = export->messages->pdata[i];
        g_autofree char *score = g_strdup_printf("%.2f", exported->score);
        g_autofree char *text =
            exported->why
                ? g_strdup_printf("%s (%s)", exported->detection->message_id, exported->why)
                : g_strdup(exported->detection->message_id);
        if (exported->why)
            ov_table_add(table, "not found", "", "", "", text);
        else
            ov_table_add(table, exported->name, exported->source,
                         ov_verdict_name(exported->verdict), score, text);
    }
    ov_table_append(table, out, ov_output_colour());
    g_string_append(out, "Read what you send: it is in ");
    ov_safe_append(out, export->path, -1, FALSE);
    g_string_append(out, ", incident.txt first.\n");
    fwrite(out->str, 1, out->len, stdout);
}

static OvExit fail(const GError *error) {
    ov_complain("%s", error->message);
    return error->domain == OV_LEDGER_ERROR ? ov_ledger_exit(error) : OV_EXIT_NO_INPUT;
}

OvExit ov_command_incident_sample(const OvArguments *arguments) {
    ov_rules_init();
    g_auto(Work) work = {.settings = NULL};
    g_autoptr(GError) error = NULL;
    OvExit code;
    guint n;
    if (!prepare(&work, arguments, &code))
        return code;
    g_auto(OvExport) export = {
        .incident = work.incident,
        .operator_name = work.operator_name,
        .now = g_get_real_time(),
        .path = ov_arguments_operands(arguments, &n)[1],
        .directory = -1,
        .ledger = work.ledger,
        .finder = work.finder,
        .checker = &work.checker,
        .ownership = work.owners ? ov_owners_ownership(work.owners) : NULL,
        .arena = work.arena,
    };
    gboolean written = write_all(&work, &export, &error);
    /* What was exported before it failed is recorded, too. */
    gboolean recorded =
        !written && export.found == 0 ? FALSE : record(&work, &export, written ? &error : NULL);
    if (!written || !recorded)
        return fail(error);
    if (ov_arguments_has(arguments, "json"))
        ov_json_print(ov_export_json(&export));
    else
        tell(&export);
    return export.found > 0 ? OV_EXIT_OK : OV_EXIT_NO_INPUT;
}
