#include "policy/review/provider.h"

#include "policy/review/output.h"

OvExit ov_provider_complain(const GError *error) {
    ov_complain("%s", error->message);
    return error->code == OV_HOSTING_ERROR_SETUP || error->code == OV_HOSTING_ERROR_DENIED
               ? OV_EXIT_SETTINGS
               : OV_EXIT_UNAVAILABLE;
}

OvHosting *ov_provider_open(OvSettings *settings, OvExit *code) {
    g_autoptr(GError) error = NULL;
    OvHosting *hosting = ov_hosting_new(settings, &error);
    *code = OV_EXIT_SETTINGS;
    if (error)
        *code = ov_provider_complain(error);
    else if (!hosting)
        ov_complain("[provider] kind is none: outvet-provider(1) tells how to set one up");
    return hosting;
}
