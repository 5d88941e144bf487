#include "policy/delivery/source_internal.h"

G_DEFINE_QUARK(ov_source_error, ov_source_error)

void ov_source_free(OvLogSource *source) {
    if (source)
        source->kind->free(source);
}

gboolean ov_source_read(OvLogSource *source, OvIntake *intake, gboolean *more, GError **error) {
    *more = FALSE;
    return source->kind->read(source, intake, more, error);
}

char *ov_source_position(const OvLogSource *source) {
    return source->kind->position(source);
}

int ov_source_descriptor(const OvLogSource *source) {
    return source->kind->descriptor(source);
}

void ov_source_woken(OvLogSource *source) {
    source->kind->woken(source);
}
