/* A range of octets in some text. */
#pragma once

#include <glib.h>

typedef struct {
    guint32 start;
    guint32 end;
} OvRange;
