/* Plans: [plan NAME], what the subjects of one kind may send, and what is done beyond that. */
#pragma once

#include "policy/limits/bound.h"
#include "policy/limits/subject.h"

/* What is done with mail beyond a bound, the mildest first. */
typedef enum { OV_OVER_TAG, OV_OVER_HOLD, OV_OVER_DEFER, OV_OVER_REJECT, OV_OVER_SUSPEND } OvOver;

/* "tag", "hold", "defer", "reject", "suspend" */
const char *ov_over_name(OvOver over);

enum { OV_PLAN_MAX_BOUNDS = 24 };

typedef struct {
    const char *name;
    OvSubjectKind of;
    const char *const *names;  /* patterns (rules/glob.h), NULL-terminated; NULL: all */
    const char *const *groups; /* of Unix, as written; NULL: none is asked for */
    GHashTable *members;       /* of these: names of users; NULL where there are no groups */
    OvBound bounds[OV_PLAN_MAX_BOUNDS];
    guint n_bounds;
    OvOver over;
    gint64 suspend_for; /* microseconds; of over = suspend */
    gint64 until;       /* microseconds since the epoch: the plan ends; 0 never */
    gboolean shadow;    /* told, and nothing done */
} OvPlan;

/* One that bounds nothing: of accounts, over = defer, suspend_for = 1 h. */
OvPlan ov_plan_new(const char *name);
void ov_plan_clear(OvPlan *plan);

/* The names of the keys, NULL-terminated; outvet.conf(5) explains them. */
extern const char *const ov_plan_keys[];

/* Reads one key's value; what is kept lives in the arena. On failure what is wrong, in words that
 * the caller frees; there is such a key. */
char *ov_plan_read(OvPlan *plan, const char *key, const char *value, OvArena *arena);
/* Once all keys are read: what is wrong with the plan as a whole, likewise; finds the members of
 * its groups. */
char *ov_plan_settle(OvPlan *plan);

typedef struct {
    const OvPlan *plans; /* in order of the file */
    guint n_plans;
} OvPlans;

/* It has not ended. */
gboolean ov_plan_holds(const OvPlan *plan, gint64 now);
/* The plan of a subject: the first of its kind that takes its name and has not ended; or NULL. */
const OvPlan *ov_plan_find(const OvPlans *plans, const OvSubject *subject, gint64 now);
/* There is a plan of that kind. */
gboolean ov_plans_bound(const OvPlans *plans, OvSubjectKind kind);
