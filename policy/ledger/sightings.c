#include "policy/ledger/sightings.h"

#include <math.h>

enum {
    WINDOW = 24, /* hours */
    MESSAGES = 64,
    RECIPIENTS = 256,
    CYCLE = 255, /* hours after which a mark looks the same; 0 is no mark */
    FIRST_ROOM = 64,
};

static const guint32 NONE = G_MAXUINT32;

/* prev and next: subjects by when they were marked, the newest first. */
typedef struct {
    guint64 owner, name;
    gint64 hour; /* marks are of this hour and the 23 before it */
    guint32 prev, next;
    guint8 messages[MESSAGES];
    guint8 recipients[RECIPIENTS];
} Subject;

struct OvSightings {
    Subject *subjects;
    guint32 n, room, most;
    guint32 newest, oldest;
};

OvSightings *ov_sightings_new(gsize memory) {
    OvSightings *sightings = g_new0(OvSightings, 1);
    sightings->most = (guint32)CLAMP(memory / sizeof(Subject), FIRST_ROOM, G_MAXINT32);
    sightings->newest = sightings->oldest = NONE;
    return sightings;
}

void ov_sightings_free(OvSightings *sightings) {
    if (!sightings)
        return;
    g_free(sightings->subjects);
    g_free(sightings);
}

static void take_out(OvSightings *sightings, guint32 number) {
    Subject *subject = &sightings->subjects[number];
    if (subject->prev != NONE)
        sightings->subjects[subject->prev].next = subject->next;
    else
        sightings->newest = subject->next;
    if (subject->next != NONE)
        sightings->subjects[subject->next].prev = subject->prev;
    else
        sightings->oldest = subject->prev;
}

static void put_first(OvSightings *sightings, guint32 number) {
    Subject *subject = &sightings->subjects[number];
    subject->prev = NONE;
    subject->next = sightings->newest;
    if (subject->next != NONE)
        sightings->subjects[subject->next].prev = number;
    else
        sightings->oldest = number;
    sightings->newest = number;
}

static guint32 get_room(OvSightings *sightings) {
    if (sightings->n == sightings->most) {
        guint32 number = sightings->oldest;
        take_out(sightings, number);
        return number;
    }
    if (sightings->n == sightings->room) {
        sightings->room = MIN(MAX(2 * sightings->room, FIRST_ROOM), sightings->most);
        sightings->subjects = g_renew(Subject, sightings->subjects, sightings->room);
    }
    return sightings->n++;
}

guint32 ov_sightings_add(OvSightings *sightings, guint64 owner, guint64 name) {
    guint32 number = get_room(sightings);
    sightings->subjects[number] = (Subject){.owner = owner, .name = name};
    put_first(sightings, number);
    return number;
}

gboolean ov_sightings_is(const OvSightings *sightings, guint32 subject, guint64 owner,
                         guint64 *name) {
    if (subject >= sightings->n || sightings->subjects[subject].owner != owner)
        return FALSE;
    *name = sightings->subjects[subject].name;
    return TRUE;
}

static guint8 mark_of(gint64 hour) {
    return (guint8)(1 + hour % CYCLE);
}

/* Hours from a mark to hour. */
static guint age_of(guint8 mark, gint64 hour) {
    return (guint)(mark_of(hour) + CYCLE - mark) % CYCLE;
}

/* Takes away the marks that are too old at hour, before they look like new ones. */
static void sweep(guint8 *marks, guint n, gint64 hour) {
    for (guint i = 0; i < n; i++)
        if (marks[i] != 0 && age_of(marks[i], hour) >= WINDOW)
            marks[i] = 0;
}

static void advance(Subject *subject, gint64 hour) {
    if (hour - subject->hour >= WINDOW) {
        memset(subject->messages, 0, MESSAGES);
        memset(subject->recipients, 0, RECIPIENTS);
    } else {
        sweep(subject->messages, MESSAGES, hour);
        sweep(subject->recipients, RECIPIENTS, hour);
    }
    subject->hour = hour;
}

/* A mark keeps its latest hour. latest: that of the subject. */
static void set_mark(guint8 *mark, gint64 hour, gint64 latest) {
    if (*mark == 0 || age_of(*mark, latest) > (guint)(latest - hour))
        *mark = mark_of(hour);
}

void ov_sightings_mark(OvSightings *sightings, guint32 subject, gint64 hour, guint64 message,
                       const guint64 *recipients, guint n_recipients) {
    Subject *s = &sightings->subjects[subject];
    take_out(sightings, subject);
    put_first(sightings, subject);
    if (hour > s->hour)
        advance(s, hour);
    if (s->hour - hour >= WINDOW)
        return;
    set_mark(&s->messages[message % MESSAGES], hour, s->hour);
    for (guint i = 0; i < n_recipients; i++)
        set_mark(&s->recipients[recipients[i] % RECIPIENTS], hour, s->hour);
}

/* How many were there, when so many of n places are marked. */
static guint estimate(guint marked, guint n) {
    return (guint)lround(-(double)n * log(1.0 - (double)MIN(marked, n - 1) / n));
}

static guint count(const guint8 *marks, guint n, gint64 hour) {
    guint marked = 0;
    for (guint i = 0; i < n; i++)
        marked += marks[i] != 0 && age_of(marks[i], hour) < WINDOW;
    return estimate(marked, n);
}

OvSeen ov_sightings_seen(const OvSightings *sightings, guint32 subject, gint64 hour) {
    const Subject *s = &sightings->subjects[subject];
    hour = MAX(hour, s->hour); /* a clock that was set back */
    if (hour - s->hour >= WINDOW)
        return (OvSeen){0, 0};
    return (OvSeen){count(s->messages, MESSAGES, hour), count(s->recipients, RECIPIENTS, hour)};
}
