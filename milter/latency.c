#include "milter/latency.h"

static const struct {
    const char *name; /* in seconds */
    gint64 microseconds;
} BOUNDS[OV_LATENCY_BOUNDS] = {
    {"0.005", 5000},  {"0.01", 10000}, {"0.025", 25000}, {"0.05", 50000},  {"0.1", 100000},
    {"0.25", 250000}, {"0.5", 500000}, {"1", 1000000},   {"2.5", 2500000}, {"5", 5000000},
};

void ov_latency_count(OvLatency *latency, gint64 microseconds) {
    guint i = 0;
    while (i < OV_LATENCY_BOUNDS && microseconds > BOUNDS[i].microseconds)
        i++;
    latency->count[i]++;
    latency->sum += microseconds;
}

json_t *ov_latency_json(const OvLatency *latency) {
    json_t *within = json_object();
    guint64 messages = 0;
    for (guint i = 0; i < OV_LATENCY_BOUNDS; i++) {
        messages += latency->count[i];
        json_object_set_new(within, BOUNDS[i].name, json_integer((json_int_t)messages));
    }
    messages += latency->count[OV_LATENCY_BOUNDS];
    return json_pack("{s:I, s:f, s:o}", "messages", (json_int_t)messages, "seconds",
                     (double)latency->sum / G_USEC_PER_SEC, "within", within);
}
