#include "policy/alert/channel.h"
#include "policy/run.h"

#include <sys/wait.h>
#include <sysexits.h>

enum { RUN_SECONDS = 10, SAID_LIMIT = 64 * 1024 };

static gboolean is_set(const OvSettings *settings) {
    return settings->alert_command[0] != NULL;
}

static void add(GPtrArray *environment, const char *name, const char *value) {
    g_ptr_array_add(environment, g_strdup_printf("OUTVET_ALERT_%s=%s", name, value));
}

/* The gravest entry as variables: the whole notice comes on standard input. */
static GPtrArray *environment_of(const OvNotice *notice, const OvSettings *settings) {
    GPtrArray *environment = g_ptr_array_new_with_free_func(g_free);
    const OvNoticeEntry *entry = notice->entries->pdata[0];
    const OvNoticeSample *sample = &entry->samples[entry->n_samples - 1];
    g_autofree char *title = ov_notice_title(notice);
    g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, entry->count);
    add(environment, "ID", notice->id);
    add(environment, "NODE", settings->node);
    add(environment, "TITLE", title);
    add(environment, "KIND", ov_alert_kind_name(entry->kind));
    add(environment, "SUBJECT", entry->subject);
    add(environment, "COUNT", count);
    add(environment, "REASON", sample->reason);
    add(environment, "QUEUE_ID", sample->queue_id ? sample->queue_id : "");
    add(environment, "ADVICE", entry->advice ? entry->advice : "");
    g_ptr_array_add(environment, NULL);
    return environment;
}

static gboolean run(const OvNotice *notice, const OvSettings *settings, const guint8 *key,
                    GError **error) {
    (void)key;
    g_autofree char *json = ov_notice_json_text(notice, settings->node);
    g_autoptr(GPtrArray) environment = environment_of(notice, settings);
    OvProgram program = {.argv = settings->alert_command,
                         .input = json,
                         .environment = (const char *const *)environment->pdata,
                         .own_group = TRUE,
                         .max_output = SAID_LIMIT,
                         .time_limit = RUN_SECONDS * G_USEC_PER_SEC};
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) trouble = NULL;
    if (ov_run_program(&program, &ran, &trouble) && ov_ran_well(&ran, program.argv[0], &trouble))
        return TRUE;
    /* Whatever else it ended with, it may have told somebody already. */
    gboolean later = WIFEXITED(ran.status) && WEXITSTATUS(ran.status) == EX_TEMPFAIL;
    g_set_error_literal(error, OV_ALERT_ERROR, later ? OV_ALERT_ERROR_LATER : OV_ALERT_ERROR_NEVER,
                        trouble->message);
    return FALSE;
}

const OvAlertChannel ov_alert_channel_command = {"command", is_set, run};
