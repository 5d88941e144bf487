#include "policy/alert/alert.h"

static const struct {
    const char *name, *title;
} KINDS[OV_N_ALERT_KINDS] = {
    [OV_ALERT_TEST] = {"test", "Test alert"},
    [OV_ALERT_PROVIDER] = {"provider-block", "Address blocked by the provider"},
    [OV_ALERT_SUSPENDED] = {"suspended", "Suspended"},
    [OV_ALERT_BLOCK_LIST] = {"block-list", "Listed by a block list"},
    [OV_ALERT_TROUBLE] = {"trouble", "Trouble of Outvet"},
    [OV_ALERT_LIMIT] = {"limit", "Limit passed"},
    [OV_ALERT_BOUNCES] = {"bounces", "Too many bounces"},
    [OV_ALERT_HELD] = {"held", "First held message"},
};

const char *ov_alert_kind_name(OvAlertKind kind) {
    return KINDS[kind].name;
}

const char *ov_alert_kind_title(OvAlertKind kind) {
    return KINDS[kind].title;
}
