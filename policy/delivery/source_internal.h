/* A variant of a source of log lines; for source*.c. */
#pragma once

#include "policy/delivery/source.h"

typedef struct {
    void (*free)(OvLogSource *source);
    gboolean (*read)(OvLogSource *source, OvIntake *intake, gboolean *more, GError **error);
    char *(*position)(const OvLogSource *source);
    int (*descriptor)(const OvLogSource *source);
    void (*woken)(OvLogSource *source);
} OvSourceKind;

/* The start of every variant's own structure. */
struct OvLogSource {
    const OvSourceKind *kind;
};

enum { OV_SOURCE_AT_ONCE = 1000 /* lines of one read */ };
