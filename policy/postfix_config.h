/* What Postfix's main.cf and master.cf say, as postconf(1) prints it. Pure. */
#pragma once

#include <glib.h>

/* A line of master.cf. */
typedef struct {
    char *name;    /* "smtp", "127.0.0.1:10025" */
    char *type;    /* "unix", "inet" ... */
    char *program; /* the command's first word: "smtp", "smtpd" ... */
} OvPostfixService;

enum { OV_POSTFIX_MAX_SERVICES = 1000 }; /* what is more is left out */

typedef struct OvPostfixConfig OvPostfixConfig;

/* Of lines `name = value` (postconf), `service/type/command = value` (postconf
 * -F) and `service/type/name = value` (postconf -P), in any order; other lines
 * are passed over. */
OvPostfixConfig *ov_postfix_config_parse(const char *output);
void ov_postfix_config_free(OvPostfixConfig *config);

/* In order of master.cf. */
guint ov_postfix_config_n_services(const OvPostfixConfig *config);
const OvPostfixService *ov_postfix_config_service(const OvPostfixConfig *config, guint i);
/* The service of type unix or inet with that name; NULL where there is none. */
const OvPostfixService *ov_postfix_config_find(const OvPostfixConfig *config, const char *type,
                                               const char *name);

/* What a service goes by: its own -o name=value, else main.cf. service NULL:
 * main.cf. "" where nothing is said. */
const char *ov_postfix_config_value(const OvPostfixConfig *config, const OvPostfixService *service,
                                    const char *name);
/* TRUE where it is the service's own. */
gboolean ov_postfix_config_is_own(const OvPostfixConfig *config, const OvPostfixService *service,
                                  const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvPostfixConfig, ov_postfix_config_free)
