/* Reading one setting's value. For policy/settings.c. */
#pragma once

#include "policy/settings.h"

typedef enum {
    OV_SETTING_TEXT,            /* const char * */
    OV_SETTING_NODE,            /* const char *; "" becomes the host's name */
    OV_SETTING_SOCKET,          /* const char *; as libmilter takes it */
    OV_SETTING_OPTIONAL_SOCKET, /* likewise, or "" */
    OV_SETTING_PATH,            /* const char *; absolute */
    OV_SETTING_OPTIONAL_PATH,   /* const char *; absolute or "" */
    OV_SETTING_SIZE,            /* guint64, octets, more than 0 */
    OV_SETTING_DURATION,        /* gint64, microseconds, more than 0 */
    OV_SETTING_AGE,             /* gint64, microseconds; 0 means for ever */
    OV_SETTING_THRESHOLD,       /* double; G_MAXDOUBLE means off */
    OV_SETTING_TRUTH,           /* gboolean */
    OV_SETTING_CHOICE,          /* int: which of the choices */
    OV_SETTING_WORD,            /* const char *: one of the choices */
    OV_SETTING_PATTERNS,        /* const char *const *, NULL-terminated */
    OV_SETTING_DIRECTORIES,  /* const char *const *, NULL-terminated, one or more absolute paths */
    OV_SETTING_NETWORKS,     /* exempt_clients, and exempt_networks with it */
    OV_SETTING_SERVERS,      /* const char *const *, NULL-terminated name servers */
    OV_SETTING_ADDRESSES,    /* const char *const *, NULL-terminated IP addresses */
    OV_SETTING_ZONES,        /* const char *const *, NULL-terminated zones of block lists */
    OV_SETTING_MAPS,         /* const char *const *, NULL-terminated maps of logins and addresses */
    OV_SETTING_PLAN_MAPS,    /* const char *const *, NULL-terminated maps of accounts and plans */
    OV_SETTING_SOURCES,      /* account_order and n_account_order */
    OV_SETTING_LOG_SOURCE,   /* const char *: auto, off, journal, or an absolute path */
    OV_SETTING_COUNT,        /* guint, from 1 to 1,000,000 */
    OV_SETTING_MAIL_ADDRESS, /* const char *: one plain mail address, or "" */
    OV_SETTING_WEBHOOK,      /* const char *: a URL that may be posted to, or "" */
    OV_SETTING_COMMAND, /* const char *const *, NULL-terminated: a path and arguments, or none */
    OV_SETTING_MAIL_ADDRESSES, /* const char *const *, NULL-terminated plain mail addresses */
    OV_SETTING_LISTEN,         /* const char *: an IP address and a port, or "" */
    OV_SETTING_STORE,          /* OvRedisPlace, without host and path for local */
    OV_N_SETTING_TYPES
} OvSettingType;

/* For people: "size", "yes or no"; "one of" where there are choices. */
extern const char ov_setting_type_names[OV_N_SETTING_TYPES][16];

/* Reads value into field, which belongs to settings; what is pointed to lives in the arena. On
 * failure returns what is wrong ("a size is a number and K, M or G"), which the caller frees; NULL
 * when all is well. */
char *ov_setting_read(OvSettings *settings, void *field, OvSettingType type, const char *choices,
                      const char *value, OvArena *arena);
