#include "rules/ruleset.h"

static const char *const names[OV_N_CLASSES] = {
    [OV_CLASS_DSN] = "dsn",     [OV_CLASS_LIST] = "list",
    [OV_CLASS_BULK] = "bulk",   [OV_CLASS_TRANSACTIONAL] = "transactional",
    [OV_CLASS_AUTO] = "auto",   [OV_CLASS_PERSONAL] = "personal",
    [OV_CLASS_OTHER] = "other",
};

const char *ov_class_name(OvClass message_class) {
    return names[message_class];
}

gboolean ov_class_from_name(const char *name, OvClass *message_class) {
    for (guint i = 0; i < OV_N_CLASSES; i++)
        if (g_str_equal(names[i], name)) {
            *message_class = (OvClass)i;
            return TRUE;
        }
    return FALSE;
}
