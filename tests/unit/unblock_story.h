/* What the tests of the unblock share: an incident whose provider is a script, and its steps. One
 * test program includes it once. */
#pragma once

#include "tests/unit/ledger_place.h"

#include "policy/ledger/allowance.h"
#include "policy/ledger/suspension.h"
#include "policy/provider/unblock.h"
#include "rules/init.h"

#define SHOP "account:shop"

static const gint64 SECOND = G_USEC_PER_SEC;

/* An incident of 192.0.2.1 for account shop, suspended; the time of the block is over and nothing
 * stands in the way. The provider is a script: the file of a verb's name is its answer, NAME.code
 * what it ends with, and the file asked has all that it was asked. */
typedef struct {
    Place *place;
    OvResponder responder;
    OvHosting *hosting;
    gint64 id;
} Story;

static inline char *file_of(const Story *story, const char *name, const char *suffix) {
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    return g_build_filename(story->place->directory, file, NULL);
}

static inline void put(const Story *story, const char *name, const char *suffix, const char *text) {
    g_autofree char *path = file_of(story, name, suffix);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* What the provider answers to a verb from now on. */
static inline void answer(const Story *story, const char *verb, const char *body, int code) {
    g_autofree char *number = g_strdup_printf("%d", code);
    put(story, verb, "", body);
    put(story, verb, ".code", number);
}

static inline guint asked(const Story *story, const char *verb) {
    g_autofree char *path = file_of(story, "asked", ""), *text = NULL;
    g_autofree char *line = g_strdup_printf("%s 192.0.2.0/28 192.0.2.1", verb);
    guint n = 0;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **each = lines; *each; each++)
        n += strcmp(*each, line) == 0;
    return n;
}

static inline void write_script(const Story *story) {
    g_autofree char *path = file_of(story, "ask", "");
    g_autofree char *script = g_strdup_printf("#!/bin/sh\ncd %s || exit 1\necho \"$*\" >>asked\n"
                                              "cat \"$1\" || exit 1\nexit \"$(cat \"$1.code\")\"\n",
                                              story->place->directory);
    assert_true(
        g_file_set_contents_full(path, script, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0700, NULL));
}

static inline void run_sql(const Story *story, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(story->place->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static inline void suspend(const Story *story, const char *text) {
    OvSubject subject;
    OvSuspension suspension = {
        .until = G_MAXINT64, .operator_name = "outvet", .reason = "spam", .queue = TRUE};
    assert_true(ov_subject_parse(&subject, text, story->place->arena, NULL));
    suspension.subject = subject;
    assert_true(ov_suspensions_add(story->responder.suspensions, &suspension, NULL, NULL));
    assert_true(ov_ledger_put_incident_subject(story->responder.ledger, story->id, text, 0, NULL));
}

static inline gboolean is_suspended(const Story *story, const char *text) {
    g_autoptr(OvSuspensionList) list = ov_suspensions_list(story->responder.suspensions);
    OvSubject subject;
    assert_true(ov_subject_parse(&subject, text, story->place->arena, NULL));
    return ov_suspension_list_get(list, &subject) != NULL;
}

/* The one node has seen what is suspended, and its queue is still. */
static inline void report_node(const Story *story) {
    gint64 last;
    assert_true(ov_ledger_last_suspension(story->responder.ledger, &last, NULL));
    OvNodeReport node = {
        .node = "mx1",
        .seen = g_get_real_time(),
        .suspension = last,
        .egress = "192.0.2.1",
        .looked = g_get_real_time(),
        .trouble = "",
    };
    assert_true(ov_ledger_put_node(story->responder.ledger, &node, NULL));
}

static inline void detect(const Story *story) {
    guint n;
    OvDetection detection = {.message_id = "abc.1@shop.example", .score = 300, .origin = "api"};
    OvLedger *ledger = story->responder.ledger;
    assert_true(ov_ledger_add_detections(ledger, story->id, &detection, 1, NULL, NULL));
    OvDetection *all = ov_ledger_detections(ledger, story->id, OV_DETECTION_NEW, 0, 10,
                                            story->place->arena, &n, NULL);
    assert_int_equal(n, 1);
    all->finding = OV_DETECTION_FOUND;
    all->account = "shop";
    assert_true(ov_ledger_explain_detections(ledger, all, 1, NULL));
}

/* length: of the block, seconds; it began an hour ago. */
static inline Story begin_blocked(Place *place, gint64 length) {
    g_autofree char *settings =
        g_strdup_printf("[egress]\naddresses = 192.0.2.1\n[provider]\nkind "
                        "= command\ncommand = %s/ask\nquiet = 1h\nease = 7\n",
                        place->directory);
    gint64 now = g_get_real_time();
    gboolean opened;
    settle(place, settings);
    Story story = {.place = place, .responder.settings = place->settings};
    story.responder.ledger = open_ledger(place);
    story.responder.suspensions = ov_suspensions_start(story.responder.ledger);
    story.hosting = ov_hosting_new(place->settings, NULL);
    assert_non_null(story.hosting);
    OvIncident incident = {
        .hosting = "command",
        .network = "192.0.2.0/28",
        .address = "192.0.2.1",
        .since = now - 3600 * SECOND,
        .duration = length,
        .state = "blocked",
        .opened = now - 3500 * SECOND,
        .total = -1,
        .spams = -1,
        .average = -1,
    };
    assert_true(
        ov_ledger_open_incident(story.responder.ledger, &incident, &story.id, &opened, NULL));
    detect(&story);
    suspend(&story, SHOP);
    report_node(&story);
    write_script(&story);
    answer(&story, "block", "{\"state\": \"blocked\"}", 0);
    answer(&story, "unblock", "{\"state\": \"unblocking\"}", 0);
    return story;
}

static inline Story begin(Place *place) {
    return begin_blocked(place, 1800);
}

static inline void end(const Story *story) {
    ov_hosting_free(story->hosting);
    ov_suspensions_stop(story->responder.suspensions);
    ov_ledger_close(story->responder.ledger);
}

static const OvIncident *incident(const Story *story) {
    const OvIncident *found =
        ov_ledger_incident(story->responder.ledger, story->id, story->place->arena, NULL);
    assert_non_null(found);
    return found;
}

static inline gboolean ask_for_it(OvLedger *ledger, const OvIncident *seen, const char *who,
                                  gboolean forced) {
    g_autoptr(GError) error = NULL;
    gboolean done = FALSE;
    if (!ov_unblock_ask(ledger, seen, who, forced, "mended", &done, &error))
        fail_msg("%s", error->message);
    return done;
}

static inline void ask_unblock(const Story *story, gboolean forced) {
    assert_true(ask_for_it(story->responder.ledger, incident(story), "olga", forced));
}

static inline void step(const Story *story) {
    g_autoptr(GError) error = NULL;
    if (!ov_unblock_step(&story->responder, story->hosting, story->id, &error))
        fail_msg("%s", error ? error->message : "FALSE without error");
    assert_null(error);
}

/* The time that the phase waits for is there. */
static inline void wake(const Story *story) {
    run_sql(story, "UPDATE incidents SET wake = 0");
}

static inline void wake_and_step(const Story *story) {
    wake(story);
    step(story);
}

static inline guint count_events(const Story *story, const char *kind) {
    guint n, found = 0;
    const OvIncidentEvent *events = ov_ledger_incident_events(story->responder.ledger, story->id, 0,
                                                              story->place->arena, &n, NULL);
    assert_non_null(events);
    for (guint i = 0; i < n; i++)
        found += strcmp(events[i].kind, kind) == 0;
    return found;
}

static inline void assert_phase(const Story *story, OvIncidentPhase phase) {
    assert_string_equal(ov_incident_phase_name(incident(story)->phase),
                        ov_incident_phase_name(phase));
}
