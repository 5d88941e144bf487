#include "policy/limits/plan.h"

#include "rules/glob.h"
#include "rules/keyfile.h"

#include <grp.h>
#include <pwd.h>

enum {
    LEAST_HELD = 20,         /* messages, before a share of them says anything */
    LEAST_BOUNCED = 100,     /* tries (rule catalogue 3.9, VOL_BOUNCE_RATE) */
    LEAST_COMPLAINED = 1000, /* deliveries (likewise, VOL_COMPLAINT_RATE) */
    HUNDREDTHS = 100,        /* of a per cent */
    GROUP_BUFFER = 1024 * 1024,
};

static const guint64 LARGEST = G_GUINT64_CONSTANT(1) << 50;

static const char *const OVERS[] = {
    [OV_OVER_TAG] = "tag",       [OV_OVER_HOLD] = "hold",       [OV_OVER_DEFER] = "defer",
    [OV_OVER_REJECT] = "reject", [OV_OVER_SUSPEND] = "suspend",
};

const char *ov_over_name(OvOver over) {
    g_assert((guint)over < G_N_ELEMENTS(OVERS));
    return OVERS[over];
}

OvPlan ov_plan_new(const char *name) {
    return (OvPlan){
        .name = name,
        .of = OV_SUBJECT_ACCOUNT,
        .over = OV_OVER_DEFER,
        .suspend_for = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC,
    };
}

void ov_plan_clear(OvPlan *plan) {
    g_clear_pointer(&plan->members, g_hash_table_unref);
}

static char *add_bound(OvPlan *plan, const OvBound *bound) {
    if (plan->n_bounds == OV_PLAN_MAX_BOUNDS)
        return g_strdup_printf("a plan has at most %d bounds", OV_PLAN_MAX_BOUNDS);
    plan->bounds[plan->n_bounds++] = *bound;
    return NULL;
}

/* "500", and "2G" where it is of octets. *rest: what follows. */
static gboolean read_count(const char *text, gboolean octets, guint64 *count, const char **rest) {
    static const char UNITS[] = "KMGT";
    char *end;
    if (!g_ascii_isdigit(*text))
        return FALSE;
    *count = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(UNITS, g_ascii_toupper(*end)) : NULL;
    guint shift = octets && unit ? 10 * (guint)(unit - UNITS + 1) : 0;
    *rest = shift > 0 ? end + 1 : end;
    if (*count > LARGEST >> shift)
        return FALSE;
    *count <<= shift;
    return TRUE;
}

/* "20%", "0.3%", in hundredths of a per cent. *rest: what follows. FALSE where it is no share. */
static gboolean read_share(const char *text, guint64 *share, const char **rest) {
    char *end;
    if (!g_ascii_isdigit(*text))
        return FALSE;
    *share = g_ascii_strtoull(text, &end, 10);
    if (*share > 100)
        return FALSE;
    *share *= HUNDREDTHS;
    guint64 part = HUNDREDTHS / 10;
    if (*end == '.')
        for (end++; part > 0 && g_ascii_isdigit(*end); end++, part /= 10)
            *share += part * (guint64)g_ascii_digit_value(*end);
    *rest = end + 1;
    return *end == '%' && *share <= 100 * HUNDREDTHS;
}

/* "500/hour"; with least > 0 also "20%/day". */
static char *read_bound(OvPlan *plan, const char *word, OvAmount amount, guint64 least) {
    OvBound bound = {.form = OV_BOUND_MOST, .amount = amount};
    const char *rest;
    gboolean read = least > 0 && read_share(word, &bound.most, &rest);
    if (read) {
        bound.form = OV_BOUND_SHARE;
        bound.least = least;
    } else {
        read = read_count(word, amount == OV_AMOUNT_OCTETS, &bound.most, &rest);
    }
    if (!read || *rest != '/' || !ov_span_from_name(rest + 1, &bound.span))
        return g_strdup_printf(
            "%s is no bound; write %s/hour, with minute, 10min, hour, day, week or "
            "month",
            word,
            amount == OV_AMOUNT_OCTETS ? "500M"
            : least > 0                ? "20 or 10%"
                                       : "500");
    return add_bound(plan, &bound);
}

/* "200/hour" different ones. */
static char *read_things(OvPlan *plan, const char *word, OvThing thing) {
    OvBound bound = {.form = OV_BOUND_THINGS, .thing = thing};
    const char *rest = "";
    if (!read_count(word, FALSE, &bound.most, &rest) || *rest != '/' ||
        !ov_span_from_name(rest + 1, &bound.span) || bound.most >= ov_thing_most(thing))
        return g_strdup_printf("%s is no bound; write 200/hour, with less than %u", word,
                               ov_thing_most(thing));
    return add_bound(plan, &bound);
}

static char *read_domains(OvPlan *plan, const char *value) {
    g_auto(GStrv) words = ov_key_words(value);
    char *trouble = words[0] ? NULL : g_strdup("one bound at least must be given");
    for (char **word = words; *word && !trouble; word++)
        trouble = read_things(plan, *word, OV_THING_DOMAINS);
    return trouble;
}

static char *read_bounds(OvPlan *plan, const char *value, OvAmount amount, guint64 least) {
    g_auto(GStrv) words = ov_key_words(value);
    char *trouble = words[0] ? NULL : g_strdup("one bound at least must be given");
    for (char **word = words; *word && !trouble; word++)
        trouble = amount == OV_AMOUNT_BOUNCED && !strchr(*word, '%')
                      ? read_things(plan, *word, OV_THING_FAILED)
                      : read_bound(plan, *word, amount, least);
    return trouble;
}

static gboolean read_factor(const char *text, double *factor) {
    char *end;
    gsize plain = strspn(text, "0123456789.");
    *factor = g_ascii_strtod(text, &end);
    return plain > 0 && !text[plain] && !*end && *factor >= 1 && *factor <= 1000;
}

/* "5 above 50": five times the usual; 50 are always allowed. */
static char *read_usual(OvPlan *plan, const char *value) {
    OvBound bound = {.form = OV_BOUND_USUAL, .amount = OV_AMOUNT_RECIPIENTS, .span = OV_SPAN_DAY};
    g_auto(GStrv) words = ov_key_words(value);
    const char *rest = "";
    guint n = g_strv_length(words);
    if ((n != 1 && n != 3) || !read_factor(words[0], &bound.factor) ||
        (n == 3 && (!g_str_equal(words[1], "above") ||
                    !read_count(words[2], FALSE, &bound.least, &rest) || *rest)))
        return g_strdup("it is a factor, and a number that is always allowed: 5 above 50");
    char *trouble = add_bound(plan, &bound);
    bound.span = OV_SPAN_HOUR;
    return trouble ? trouble : add_bound(plan, &bound);
}

/* "50 x2": 50 recipients on the first day, on each day twice as many. */
static char *read_warm_up(OvPlan *plan, const char *value) {
    OvBound bound = {.form = OV_BOUND_WARM_UP, .amount = OV_AMOUNT_RECIPIENTS, .span = OV_SPAN_DAY};
    g_auto(GStrv) words = ov_key_words(value);
    const char *rest = "";
    if (g_strv_length(words) != 2 || !read_count(words[0], FALSE, &bound.most, &rest) || *rest ||
        bound.most == 0 || words[1][0] != 'x' || !read_factor(words[1] + 1, &bound.factor))
        return g_strdup("it is the recipients of the first day, and by what they grow a day: "
                        "200 x1.5");
    return add_bound(plan, &bound);
}

static char *read_of(OvPlan *plan, const char *value) {
    if (ov_subject_kind_from_name(value, &plan->of) && plan->of != OV_SUBJECT_EVERYTHING)
        return NULL;
    return g_strdup("it is one of account, sender_domain, script, client, egress, provider");
}

static char *read_over(OvPlan *plan, const char *value) {
    for (guint i = 0; i < G_N_ELEMENTS(OVERS); i++)
        if (g_ascii_strcasecmp(value, OVERS[i]) == 0) {
            plan->over = (OvOver)i;
            return NULL;
        }
    return g_strdup("it is one of tag, hold, defer, reject, suspend");
}

static char *read_suspend_for(OvPlan *plan, const char *value) {
    static const struct {
        char unit;
        gint64 seconds;
    } UNITS[] = {{'m', 60}, {'h', 3600}, {'d', 24 * 3600}};
    char *end = NULL;
    guint64 number = g_ascii_isdigit(*value) ? g_ascii_strtoull(value, &end, 10) : 0;
    for (guint i = 0; number > 0 && number < 100000 && i < G_N_ELEMENTS(UNITS); i++)
        if (end[0] == UNITS[i].unit && !end[1]) {
            plan->suspend_for = (gint64)number * UNITS[i].seconds * G_USEC_PER_SEC;
            return NULL;
        }
    return g_strdup("a time is a number with m, h or d: 2h");
}

/* A day alone is meant to its end. */
static char *read_until(OvPlan *plan, const char *value) {
    g_autoptr(GTimeZone) here = g_time_zone_new_local();
    g_autofree char *whole =
        strlen(value) == 10 ? g_strdup_printf("%sT23:59:59", value) : g_strdup(value);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, here);
    if (!time)
        return g_strdup("a time is 2026-12-24, or 2026-12-24T18:00:00Z");
    plan->until = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return NULL;
}

static const char *const *keep_words(const char *value, OvArena *arena) {
    g_auto(GStrv) words = ov_key_words(value);
    guint n = g_strv_length(words);
    const char **kept = OV_ARENA_NEW(arena, const char *, n + 1);
    for (guint i = 0; i < n; i++)
        kept[i] = ov_arena_strndup(arena, words[i], strlen(words[i]));
    kept[n] = NULL;
    return kept;
}

static char *read_names(OvPlan *plan, const char *value, OvArena *arena) {
    plan->names = keep_words(value, arena);
    return NULL;
}

static char *read_groups(OvPlan *plan, const char *value, OvArena *arena) {
    plan->groups = keep_words(value, arena);
    return NULL;
}

static char *read_shadow(OvPlan *plan, const char *value) {
    return ov_key_truth(value, &plan->shadow) ? NULL : g_strdup("it is yes or no");
}

/* Each key is read by the first of these that it has; a key without one is of bounds. */
static const struct {
    char *(*read)(OvPlan *plan, const char *value);
    char *(*keep)(OvPlan *plan, const char *value, OvArena *arena);
    OvAmount amount;
    guint64 least; /* more than 0: a share may be bounded, of at least so many */
} KEYS[] = {
    {.read = read_of},
    {.keep = read_names},
    {.keep = read_groups},
    {.amount = OV_AMOUNT_MESSAGES},
    {.amount = OV_AMOUNT_RECIPIENTS},
    {.amount = OV_AMOUNT_OCTETS},
    {.read = read_domains},
    {.amount = OV_AMOUNT_HELD, .least = LEAST_HELD},
    {.amount = OV_AMOUNT_BOUNCED, .least = LEAST_BOUNCED},
    {.amount = OV_AMOUNT_BLOCKED},
    {.amount = OV_AMOUNT_DETECTED},
    {.amount = OV_AMOUNT_COMPLAINED, .least = LEAST_COMPLAINED},
    {.read = read_usual},
    {.read = read_warm_up},
    {.read = read_over},
    {.read = read_suspend_for},
    {.read = read_until},
    {.read = read_shadow},
};

const char *const ov_plan_keys[] = {"of",          "for",        "groups", "messages", "recipients",
                                    "size",        "domains",    "held",   "bounced",  "blocked",
                                    "detections",  "complaints", "usual",  "warm_up",  "over",
                                    "suspend_for", "until",      "shadow", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(KEYS) + 1 == G_N_ELEMENTS(ov_plan_keys));

char *ov_plan_read(OvPlan *plan, const char *key, const char *value, OvArena *arena) {
    guint i = 0;
    while (!g_str_equal(key, ov_plan_keys[i]))
        i++;
    return KEYS[i].read   ? KEYS[i].read(plan, value)
           : KEYS[i].keep ? KEYS[i].keep(plan, value, arena)
                          : read_bounds(plan, value, KEYS[i].amount, KEYS[i].least);
}

/* Those that have it as their first group are not listed in it. */
static void add_primary_members(GHashTable *members, gid_t group) {
    struct passwd entry, *found;
    g_autofree char *buffer = g_malloc(GROUP_BUFFER);
    setpwent();
    while (getpwent_r(&entry, buffer, GROUP_BUFFER, &found) == 0)
        if (entry.pw_gid == group)
            g_hash_table_add(members, g_ascii_strdown(entry.pw_name, -1));
    endpwent();
}

static char *add_members(OvPlan *plan, const char *group) {
    struct group entry, *found = NULL;
    g_autofree char *buffer = g_malloc(GROUP_BUFFER);
    if (getgrnam_r(group, &entry, buffer, GROUP_BUFFER, &found) != 0 || !found)
        return g_strdup_printf("groups: there is no group %s", group);
    for (char **member = entry.gr_mem; *member; member++)
        g_hash_table_add(plan->members, g_ascii_strdown(*member, -1));
    add_primary_members(plan->members, entry.gr_gid);
    return NULL;
}

/* Who it can be told of. */
static gboolean is_known_of(OvAmount amount, OvSubjectKind of) {
    switch (amount) {
    case OV_AMOUNT_BOUNCED:
    case OV_AMOUNT_BLOCKED:
        return of != OV_SUBJECT_SCRIPT && of != OV_SUBJECT_CLIENT;
    case OV_AMOUNT_DETECTED:
        return of == OV_SUBJECT_ACCOUNT;
    case OV_AMOUNT_COMPLAINED:
        return of == OV_SUBJECT_ACCOUNT || of == OV_SUBJECT_SENDER_DOMAIN;
    default:
        return TRUE;
    }
}

static OvAmount amount_of(const OvBound *bound) {
    if (bound->form != OV_BOUND_THINGS)
        return bound->amount;
    return bound->thing == OV_THING_FAILED ? OV_AMOUNT_BOUNCED : OV_AMOUNT_RECIPIENTS;
}

static const char *key_of(OvAmount amount) {
    guint i = 0;
    while (KEYS[i].read || KEYS[i].keep || KEYS[i].amount != amount)
        i++;
    return ov_plan_keys[i];
}

/* What is wrong with a bound that could never be passed; NULL for nothing. */
static char *idle_bound(const OvPlan *plan) {
    for (guint i = 0; i < plan->n_bounds; i++) {
        OvAmount amount = amount_of(&plan->bounds[i]);
        if (!is_known_of(amount, plan->of))
            return g_strdup_printf("%s is not known of %s %s; leave it out, or write another kind "
                                   "behind of =",
                                   key_of(amount), plan->of == OV_SUBJECT_EGRESS ? "an" : "a",
                                   ov_subject_kind_title(plan->of));
    }
    return NULL;
}

char *ov_plan_settle(OvPlan *plan) {
    char *idle = idle_bound(plan);
    if (idle)
        return idle;
    if (plan->groups && plan->of != OV_SUBJECT_ACCOUNT)
        return g_strdup("groups have accounts; without of = account they mean nothing");
    for (guint i = 0; i < plan->n_bounds; i++)
        plan->bounds[i].refuses =
            !plan->shadow && (plan->over == OV_OVER_DEFER || plan->over == OV_OVER_REJECT);
    if (!plan->groups)
        return NULL;
    plan->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *trouble = NULL;
    for (const char *const *group = plan->groups; *group && !trouble; group++)
        trouble = add_members(plan, *group);
    return trouble;
}

static gboolean takes(const OvPlan *plan, const char *name) {
    if (plan->members && g_hash_table_contains(plan->members, name))
        return TRUE;
    for (const char *const *pattern = plan->names; pattern && *pattern; pattern++)
        if (ov_glob_match(*pattern, name))
            return TRUE;
    return !plan->names && !plan->groups;
}

gboolean ov_plan_holds(const OvPlan *plan, gint64 now) {
    return plan->until == 0 || now < plan->until;
}

const OvPlan *ov_plan_find(const OvPlans *plans, const OvSubject *subject, gint64 now) {
    for (guint i = 0; i < plans->n_plans; i++) {
        const OvPlan *plan = &plans->plans[i];
        if (plan->of == subject->kind && ov_plan_holds(plan, now) && takes(plan, subject->name))
            return plan;
    }
    return NULL;
}

gboolean ov_plans_bound(const OvPlans *plans, OvSubjectKind kind) {
    for (guint i = 0; i < plans->n_plans; i++)
        if (plans->plans[i].of == kind)
            return TRUE;
    return FALSE;
}
