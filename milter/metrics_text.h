/* What `outvet status` tells, in Prometheus's text format (version 0.0.4). Pure. */
#pragma once

#include <jansson.h>

#define OV_METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* status: as ov_status_json gives it. Of what is off there is nothing but that it is off; the order
 * is that of metrics_table.def. Free with g_free. */
char *ov_metrics_text(const json_t *status);
