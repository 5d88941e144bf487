#include "policy/limits/top.h"

static const char *const ORDERS[] = {[OV_TOP_BY_RATE] = "rate",
                                     [OV_TOP_BY_SCORE] = "score",
                                     [OV_TOP_BY_HELD] = "held",
                                     [OV_TOP_BY_BOUNCED] = "bounced"};

typedef struct {
    char *name;
    double order; /* the greatest first, and then: */
    guint64 day;
    OvActivity activity;
} Row;

typedef struct {
    GArray *rows; /* of Row */
    OvTopOrder order;
    guint most;
} Top;

gboolean ov_top_order_from_name(const char *name, OvTopOrder *order) {
    for (guint i = 0; i < G_N_ELEMENTS(ORDERS); i++)
        if (g_str_equal(name, ORDERS[i])) {
            *order = (OvTopOrder)i;
            return TRUE;
        }
    return FALSE;
}

static double share(guint64 part, guint64 whole) {
    return whole > 0 ? (double)part / (double)whole : 0;
}

static double mean_score(const OvAmounts *day) {
    return share(day->of[OV_AMOUNT_SCORE], day->of[OV_AMOUNT_MESSAGES]) / 100;
}

static double order_of(const OvActivity *activity, OvTopOrder order) {
    const OvAmounts *day = &activity->sums[OV_SPAN_DAY];
    switch (order) {
    case OV_TOP_BY_SCORE:
        return mean_score(day);
    case OV_TOP_BY_HELD:
        return (double)day->of[OV_AMOUNT_HELD];
    case OV_TOP_BY_BOUNCED:
        return (double)day->of[OV_AMOUNT_BOUNCED];
    default:
        return (double)activity->sums[OV_SPAN_HOUR].of[OV_AMOUNT_RECIPIENTS];
    }
}

static int compare_rows(gconstpointer one, gconstpointer other) {
    const Row *a = one, *b = other;
    if (a->order != b->order)
        return a->order > b->order ? -1 : 1;
    if (a->day != b->day)
        return a->day > b->day ? -1 : 1;
    return g_strcmp0(a->name, b->name);
}

static void clear_row(gpointer row) {
    g_free(((Row *)row)->name);
}

/* Keeps at most twice what is wanted, so that a million subjects take no more. */
static void shorten(Top *top, guint most) {
    if (top->rows->len < most)
        return;
    g_array_sort(top->rows, compare_rows);
    if (top->rows->len > top->most)
        g_array_set_size(top->rows, top->most);
}

static void take(const OvSubject *subject, const OvActivity *activity, gpointer data) {
    Top *top = data;
    const OvAmounts *day = &activity->sums[OV_SPAN_DAY];
    if (day->of[OV_AMOUNT_MESSAGES] == 0)
        return;
    Row row = {.name = g_strdup(subject->name),
               .order = order_of(activity, top->order),
               .day = day->of[OV_AMOUNT_RECIPIENTS],
               .activity = *activity};
    g_array_append_val(top->rows, row);
    shorten(top, 2 * top->most);
}

static json_t *row_json(const Row *row) {
    const OvAmounts *sums = row->activity.sums, *day = &sums[OV_SPAN_DAY];
    guint64 usual = row->activity.usual;
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:o}", "name", row->name,
                     "minute", (json_int_t)sums[OV_SPAN_MINUTE].of[OV_AMOUNT_RECIPIENTS], "hour",
                     (json_int_t)sums[OV_SPAN_HOUR].of[OV_AMOUNT_RECIPIENTS], "day",
                     (json_int_t)day->of[OV_AMOUNT_RECIPIENTS], "messages",
                     (json_int_t)day->of[OV_AMOUNT_MESSAGES], "score", mean_score(day), "held",
                     (json_int_t)day->of[OV_AMOUNT_HELD], "delivered",
                     (json_int_t)day->of[OV_AMOUNT_DELIVERED], "bounced",
                     (json_int_t)day->of[OV_AMOUNT_BOUNCED], "blocked",
                     (json_int_t)day->of[OV_AMOUNT_BLOCKED], "usual",
                     usual > 0 ? json_integer((json_int_t)usual) : json_null());
}

json_t *ov_top_json(OvCounters *counters, OvSubjectKind kind, OvTopOrder order, guint most,
                    gint64 now) {
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(rows, clear_row);
    Top top = {rows, order, MAX(most, 1)};
    ov_counters_each(counters, kind, now, take, &top);
    shorten(&top, 0);
    json_t *array = json_array();
    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(array, row_json(&g_array_index(rows, Row, i)));
    return array;
}
