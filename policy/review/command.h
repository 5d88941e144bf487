/* The `outvet` command's frame: one table of commands (commands.c), its options, the exit codes. */
#pragma once

#include "policy/review/arguments.h"
#include "policy/settings.h"

/* What a run tells its caller; the numbers from 64 on are those of sysexits(3). */
typedef enum {
    OV_EXIT_OK = 0, /* check: every message is accepted */
    OV_EXIT_TAG = 1,
    OV_EXIT_HOLD = 2,
    OV_EXIT_REJECT = 3,
    OV_EXIT_REFUSED = 4, /* incident unblock: it is not safe, or was not done */
    OV_EXIT_USAGE = 64,
    OV_EXIT_NO_INPUT = 66,      /* what was asked for is not there or can't be read */
    OV_EXIT_UNAVAILABLE = 69,   /* the daemon, the MTA or the ledger does not answer */
    OV_EXIT_INTERNAL = 70,      /* something failed that should not */
    OV_EXIT_TRY_AGAIN = 75,     /* feedback import: the ledger can't be written now */
    OV_EXIT_NO_PERMISSION = 77, /* the rights of root are needed */
    OV_EXIT_SETTINGS = 78,      /* faulty settings or rules */
} OvExit;

typedef struct {
    const char *name;     /* "check", "held list": one word, or a group and a word */
    const char *operands; /* as in the usage line: "PATH...", "" for none */
    guint min_operands;
    guint max_operands;
    const char *text;        /* what it does, one line */
    const OvOption *options; /* own ones, up to a row without name; NULL for none */
    OvExit (*run)(const OvArguments *arguments);
} OvCommand;

/* Up to a row without name. --json, --config and --help belong to every command. */
extern const OvCommand ov_commands[];

OvExit ov_command_check(const OvArguments *arguments);
OvExit ov_command_held_list(const OvArguments *arguments);
OvExit ov_command_held_show(const OvArguments *arguments);
OvExit ov_command_held_why(const OvArguments *arguments);
OvExit ov_command_held_release(const OvArguments *arguments);
OvExit ov_command_held_delete(const OvArguments *arguments);
OvExit ov_command_trace(const OvArguments *arguments);
OvExit ov_command_incident_import(const OvArguments *arguments);
OvExit ov_command_incident_logs(const OvArguments *arguments);
OvExit ov_command_delivery_summary(const OvArguments *arguments);
OvExit ov_command_delivery_import(const OvArguments *arguments);
OvExit ov_command_suppress_add(const OvArguments *arguments);
OvExit ov_command_suppress_remove(const OvArguments *arguments);
OvExit ov_command_suppress_list(const OvArguments *arguments);
OvExit ov_command_suppress_import(const OvArguments *arguments);
OvExit ov_command_suspend(const OvArguments *arguments);
OvExit ov_command_resume(const OvArguments *arguments);
OvExit ov_command_suspensions(const OvArguments *arguments);
OvExit ov_command_announce(const OvArguments *arguments);
OvExit ov_command_announcements(const OvArguments *arguments);
OvExit ov_command_incident_sample(const OvArguments *arguments);
OvExit ov_command_account(const OvArguments *arguments);
OvExit ov_command_top(const OvArguments *arguments);
OvExit ov_command_incident_list(const OvArguments *arguments);
OvExit ov_command_incident_show(const OvArguments *arguments);
OvExit ov_command_incident_explain(const OvArguments *arguments);
OvExit ov_command_incident_note(const OvArguments *arguments);
OvExit ov_command_incident_mark(const OvArguments *arguments);
OvExit ov_command_incident_unblock(const OvArguments *arguments);
OvExit ov_command_incident_close(const OvArguments *arguments);
OvExit ov_command_feedback_import(const OvArguments *arguments);
OvExit ov_command_feedback_list(const OvArguments *arguments);
OvExit ov_command_compliance(const OvArguments *arguments);
OvExit ov_command_dns(const OvArguments *arguments);
OvExit ov_command_provider_check(const OvArguments *arguments);
OvExit ov_command_provider_login(const OvArguments *arguments);
OvExit ov_command_provider_networks(const OvArguments *arguments);
OvExit ov_command_provider_blocks(const OvArguments *arguments);
OvExit ov_command_provider_report(const OvArguments *arguments);
OvExit ov_command_alert_test(const OvArguments *arguments);
OvExit ov_command_rules_list(const OvArguments *arguments);
OvExit ov_command_rules_show(const OvArguments *arguments);
OvExit ov_command_rules_facts(const OvArguments *arguments);
OvExit ov_command_rules_check(const OvArguments *arguments);
OvExit ov_command_config_show(const OvArguments *arguments);
OvExit ov_command_config_check(const OvArguments *arguments);
OvExit ov_command_config_reload(const OvArguments *arguments);
OvExit ov_command_config_detect(const OvArguments *arguments);
OvExit ov_command_status(const OvArguments *arguments);

/* The settings that --config names, or the default ones. NULL after telling why on standard error;
 * the command then exits with OV_EXIT_SETTINGS. */
OvSettings *ov_command_settings(const OvArguments *arguments);
/* The ruleset of the settings, likewise. */
OvRuleset *ov_command_ruleset(const OvSettings *settings);
