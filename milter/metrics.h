/* The figures of `outvet status` for Prometheus: GET /metrics over HTTP, and nothing else. One
 * thread serves it; few connections at a time, one request on each, and each ends within seconds,
 * however slowly its client reads or writes. The mail path never waits for it. */
#pragma once

#include <glib.h>

typedef struct OvDaemon OvDaemon;
typedef struct OvMetrics OvMetrics;

enum {
    OV_METRICS_MAX_CONNECTIONS = 16, /* further ones wait until one of these ends */
    OV_METRICS_SECONDS = 5,          /* of one connection */
};

#define OV_METRICS_ERROR (ov_metrics_error_quark())
GQuark ov_metrics_error_quark(void);
typedef enum { OV_METRICS_ERROR_SOCKET } OvMetricsError;

/* listen: as policy/listen_address.h has it; logs a warning where others than this machine reach
 * it. NULL with error where it can't be had. Borrows the daemon, whose parts are all there. */
OvMetrics *ov_metrics_start(const char *listen, OvDaemon *daemon, GError **error);
/* Closes all connections and ends the thread. NULL does nothing. */
void ov_metrics_stop(OvMetrics *metrics);
