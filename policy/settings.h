/* Settings: outvet.conf, `[section]` and `name = value`. ONE table (policy/settings_table.def:
 * section, name, type, default, unit, text) drives the reader, `outvet config show`, `outvet config
 * check` and outvet.conf(5). Immutable once read; shared by reference; reload makes a new one. */
#pragma once

#include "policy/egress.h"
#include "policy/limits/plan.h"
#include "policy/limits/redis_place.h"
#include "policy/network.h"
#include "rules/auth/resolver.h"
#include "rules/ruleset.h"

typedef enum { OV_ON_ERROR_TEMPFAIL, OV_ON_ERROR_ACCEPT } OvOnError;
typedef enum {
    OV_FOREIGN_SENDER_REJECT,
    OV_FOREIGN_SENDER_DEFER,
    OV_FOREIGN_SENDER_PASS
} OvForeignSender;
/* What mail gets whose sending is suspended; in the order of OvVerdictKind. */
typedef enum {
    OV_SUSPENDED_HOLD,
    OV_SUSPENDED_DEFER,
    OV_SUSPENDED_REJECT,
} OvSuspendedAnswer;
/* Who is suspended when the provider blocks an address. */
typedef enum {
    OV_PROVIDER_ACT_NOTHING,
    OV_PROVIDER_ACT_ACCOUNTS,
    OV_PROVIDER_ACT_ADDRESS,
    OV_PROVIDER_ACT_EVERYTHING,
} OvProviderAct;
typedef enum {
    OV_ACCOUNT_LOGIN,
    OV_ACCOUNT_SCRIPT,
    OV_ACCOUNT_SENDER,
    OV_ACCOUNT_CLIENT,
    OV_ACCOUNT_NONE /* nothing in the order applied; not for settings */
} OvAccountSource;

/* Scores from which a verdict is given; G_MAXDOUBLE is "off". In an override, NAN is "not set". */
typedef struct {
    double tag, hold, reject;
} OvThresholds;

/* [account PATTERN], [domain PATTERN] (sender's domain), [class NAME]: overrides of [verdict].
 * Patterns as in rules/glob.h. */
typedef struct {
    const char *pattern;
    OvThresholds thresholds;
    gint shadow; /* -1 not set, 0, 1 */
} OvOverride;

typedef struct OvSettings OvSettings;
struct OvSettings {
    /* [node] */
    const char *node; /* name; default: the host's name */
    /* [milter] */
    const char *milter_socket;       /* as libmilter takes it: unix:/path, inet:port@host */
    guint64 scan_limit;              /* octets */
    gint64 time_limit;               /* microseconds a message */
    OvOnError on_error;              /* internal trouble */
    gboolean hold_by_tempfail;       /* MTA without quarantine: TRUE tempfail, FALSE tag */
    const char *milter_socket_group; /* group that may use the Unix socket; "" leaves it */
    /* [policy] */
    const char *policy_socket; /* "" for none; as milter_socket */
    const char *policy_socket_group;
    OvForeignSender foreign_sender;
    /* [suspension] */
    OvSuspendedAnswer suspended;
    gboolean suspended_queue; /* those by Outvet itself: its queue is held, too */
    /* [verdict] */
    OvThresholds thresholds;
    gboolean shadow;
    const OvOverride *accounts,
        *domains; /* n_... of them, in order of the file; first match wins */
    guint n_accounts, n_domains;
    OvOverride classes[OV_N_CLASSES];
    /* [exempt]: NULL-terminated patterns; networks are those of clients, in the same order */
    const char *const *exempt_accounts;
    const char *const *exempt_domains;
    const char *const *exempt_recipient_domains;
    const char *const *exempt_clients;
    const OvNetwork *exempt_networks;
    guint n_exempt_networks;
    /* [accounts] */
    OvAccountSource account_order[OV_ACCOUNT_NONE];
    guint n_account_order;
    const char *const *sender_login_maps; /* NULL-terminated; as policy/ownership_maps.h has them */
    gboolean unlisted_is_owned;           /* an address that no map lists is everybody's */
    gint64 owner_time_limit;              /* microseconds a message; of plan_maps, too */
    const char *const *plan_maps; /* NULL-terminated; as policy/limits/plan_maps.h has them */
    /* [recipients] */
    const char *trap_file; /* path; "" for none */
    /* [rules] */
    const char *const *rules_directories; /* NULL-terminated: shipped, then rules.d */
    /* [ledger] */
    const char *ledger_path;
    const char *ledger_key_path; /* key of the recipients' hash */
    gint64 retention;            /* microseconds; 0 keeps for ever */
    gboolean keep_recipients;
    guint64 history_memory; /* octets */
    /* [counters] */
    OvRedisPlace counters_redis; /* neither host nor path: they are local */
    gint64 counters_time_limit;  /* microseconds */
    /* [dns] */
    gboolean probe_mailboxes; /* [dns] */
    gboolean dns;
    const char *const *dns_servers; /* NULL-terminated; as OvResolverSettings.servers */
    gint64 dns_time_limit;          /* microseconds a message */
    gboolean dnssec;
    const char *dns_trust_anchor;
    guint64 dns_cache;              /* octets */
    const char *const *block_lists; /* NULL-terminated zones, OV_STANDING_MAX_LISTS at most */
    const char *const *domain_block_lists; /* likewise */
    /* [egress], [egress NAME] */
    OvEgressRoutes egress;
    /* [plan NAME] */
    OvPlans plans;
    /* [delivery] */
    const char *delivery_log; /* "auto", "off", "journal", or a path */
    /* [samples] */
    const char *samples_directory; /* "" for none */
    gint64 samples_keep;           /* microseconds; 0 keeps them */
    guint64 samples_most;          /* octets on disk */
    /* [alert] */
    const char *const *alert_mail_to; /* NULL-terminated plain addresses */
    const char *alert_from;           /* plain address; "" only where no mail is to be sent */
    gint64 alert_quiet;               /* microseconds */
    guint alert_hourly;
    const char *alert_webhook;             /* as policy/alert/webhook.h takes it; "" for none */
    const char *alert_webhook_key;         /* path; "" for none */
    const char *const *alert_command;      /* NULL-terminated words, the first a path; or none */
    const char *const *alert_tell_senders; /* NULL-terminated patterns, with @ of addresses, else of
                                              domains */
    /* [provider] */
    const char *provider;                /* "none", "ovh", "command" */
    const char *provider_credentials;    /* path */
    const char *const *provider_command; /* NULL-terminated words, the first a path; or none */
    guint provider_calls;                /* a minute */
    gint64 provider_time_limit;          /* microseconds a call */
    gint64 provider_interval, provider_settle, provider_quiet; /* microseconds */
    OvProviderAct provider_act;
    guint provider_ease; /* recipients an hour */
    /* [metrics] */
    const char *metrics_listen; /* as policy/listen_address.h has it; "" for none */
    /* [control] */
    const char *control_socket;
    /* [log] */
    const char *log_target; /* "auto", "journal", "syslog", "stderr" */
    /* [mta] */
    const char *mta;                      /* "auto", "postfix", "sendmail" */
    const char *postfix_config_directory; /* "" for Postfix's own default; passed as -c */
    const char *command_directory; /* where postqueue, postcat, postsuper or Sendmail's sendmail
                                      are; "" for PATH */
    const char *sendmail_config_file;
    const char *queue_socket; /* outvet-queue's */
    const char *queue_group;  /* who may use it; "" for root's own group */
};

#define OV_SETTINGS_ERROR (ov_settings_error_quark())
GQuark ov_settings_error_quark(void);
typedef enum {
    OV_SETTINGS_ERROR_FILE,
    OV_SETTINGS_ERROR_SYNTAX,
    OV_SETTINGS_ERROR_NAME,
    OV_SETTINGS_ERROR_VALUE,
} OvSettingsError;

#define OV_SETTINGS_DEFAULT_FILE OV_SYSCONFDIR "/outvet/outvet.conf"

/* Reads file. NULL reads OV_SETTINGS_DEFAULT_FILE where it exists, else takes all defaults. The
 * error is one line: "outvet.conf:12: [verdict] hld = 6: there is no such name; did you mean hold?"
 */
OvSettings *ov_settings_load(const char *file, GError **error);
OvSettings *ov_settings_parse(const char *text, gsize length, const char *file, GError **error);
OvSettings *ov_settings_ref(OvSettings *settings);
void ov_settings_unref(OvSettings *settings);

/* The rules that the settings name, as ov_ruleset_load gives them. The compiled phrase lists are
 * read from phrases.hsdb beside the ledger, and where keep is TRUE written there. Never for root:
 * its memory is not to depend on a file of the daemon's user, nor a file of root's to stand in the
 * daemon's way. */
OvRuleset *ov_settings_ruleset(const OvSettings *settings, gboolean keep, GError **error);
/* That file. The caller frees it. */
char *ov_settings_phrase_cache(const OvSettings *settings);

/* The resolver of [dns]; *resolver is NULL where it is off. change and data as in
 * ov_resolver_new. */
gboolean ov_settings_resolver(const OvSettings *settings, OvResolverChange change, gpointer data,
                              OvResolver **resolver, GError **error);
/* TRUE when both would make the same resolver. */
gboolean ov_settings_same_dns(const OvSettings *one, const OvSettings *other);

/* One row of the table. */
typedef struct {
    const char *section, *name;
    const char *type;          /* "size", "yes or no", ... */
    const char *choices;       /* "tempfail, accept" where type is "one of"; else NULL */
    const char *unit, *text;   /* unit "" where none fits; text is a sentence */
    const char *default_value; /* as one would write it */
} OvSettingSpec;
guint ov_settings_n_specs(void);
const OvSettingSpec *ov_settings_spec(guint spec);
/* The value in force as one would write it, and its origin: "default" or "FILE:LINE". The caller
 * frees both. */
void ov_settings_value(const OvSettings *settings, guint spec, char **value, char **origin);
/* Every key of every [account PATTERN], [domain PATTERN], [class NAME], [egress NAME] and
 * [plan NAME], in order of the file; section is "account PATTERN". */
void ov_settings_each_override(const OvSettings *settings,
                               void (*each)(const char *section, const char *name,
                                            const char *value, const char *origin, gpointer data),
                               gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvSettings, ov_settings_unref)
