/* From what the provider took for spam to messages of the ledger. */
#include "tests/unit/ledger_place.h"

#include "policy/provider/correlate.h"

static const char *const BLOCKED = "192.0.2.1";  /* the address that the provider blocks */
static const char *const THERE = "198.51.100.7"; /* a destination that it tells */
static const gint64 SECOND = G_USEC_PER_SEC;
static const gint64 MINUTE = G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
static const gint64 DAY = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

typedef struct {
    const Place *place;
    OvLedger *ledger;
    gint64 now; /* a full minute, an hour ago */
    guint n;    /* messages so far */
} Scene;

static Scene begin(const Place *place) {
    return (Scene){.place = place,
                   .ledger = open_ledger(place),
                   .now = g_get_real_time() / MINUTE * MINUTE - 60 * MINUTE};
}

typedef struct {
    const char *message_id, *account, *verdict, *queue_id;
    const char *egress; /* NULL: not known */
    const char *to;     /* where it went at once, NULL: no log tells */
    gint64 after;       /* taken so long after the scene's now */
    gint64 waited;      /* before it went */
} Mail;

static gint64 put(Scene *scene, const Mail *mail) {
    OvLedgerRecord record = example(scene->place);
    char queue_id[16];
    g_snprintf(queue_id, sizeof queue_id, "4T%06uabcd", ++scene->n);
    record.time = scene->now + mail->after;
    record.id = ov_id_first_at(record.time) + scene->n;
    record.queue_id = mail->queue_id ? mail->queue_id : queue_id;
    record.message_id = mail->message_id;
    record.account = mail->account ? mail->account : "shop";
    record.verdict = mail->verdict ? mail->verdict : "accept";
    record.auth.spf_address = mail->egress;
    add(scene->ledger, &record);
    g_autofree char *relay = g_strdup_printf("mx.example.net[%s]:25", mail->to);
    OvDelivery delivery = {.kind = OV_DELIVERY_OUTCOME,
                           .time = record.time + mail->waited + SECOND,
                           .queue_id = record.queue_id,
                           .outcome = OV_OUTCOME_DELIVERED,
                           .recipient = "ann@one.example",
                           .relay = relay};
    if (mail->to)
        assert_true(ov_ledger_add_deliveries(scene->ledger, "mx1", &delivery, 1, NULL,
                                             scene->place->arena, NULL));
    return record.id;
}

static OvDetection detection(const char *message_id, const char *destination, gint64 time) {
    return (OvDetection){
        .message_id = message_id, .destination = destination, .time = time, .score = 500};
}

/* One detection as it is found among thousands. */
static OvDetection explain(const Scene *scene, OvDetection told) {
    g_autoptr(GError) error = NULL;
    if (!ov_correlate_all(scene->ledger, BLOCKED, &told, 1, scene->place->arena, &error))
        fail_msg("%s", error->message);
    return told;
}

static const OvCandidate *candidates(const Scene *scene, OvDetection told, guint *n) {
    g_autoptr(GError) error = NULL;
    const OvCandidate *found =
        ov_correlate(scene->ledger, BLOCKED, &told, scene->place->arena, n, &error);
    if (!found)
        fail_msg("%s", error->message);
    return found;
}

#define assert_found(scene, told, id)                                                              \
    do {                                                                                           \
        OvDetection found_ = explain(scene, told);                                                 \
        assert_int_equal(found_.finding, OV_DETECTION_FOUND);                                      \
        assert_int_equal(found_.message, id);                                                      \
        assert_string_equal(found_.account, "shop");                                               \
    } while (0)

static void assert_unknown(const Scene *scene, OvDetection told) {
    OvDetection found = explain(scene, told);
    assert_int_equal(found.finding, OV_DETECTION_UNKNOWN);
    assert_int_equal(found.message, 0);
    assert_null(found.account);
}

static void test_a_message_is_found_and_told_whole(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>", .egress = BLOCKED, .to = THERE});
    OvDetection told = detection("a@x.example", THERE, scene.now);
    assert_found(&scene, told, id);
    guint n;
    const OvCandidate *found = candidates(&scene, told, &n);
    assert_int_equal(n, 1);
    assert_int_equal(found->record->id, id);
    assert_int_equal(found->record->n_hits, G_N_ELEMENTS(HITS));
    assert_int_equal(found->sent, scene.now + SECOND);
    assert_int_equal(found->likelihood, 100);
    assert_string_equal(found->why, "went to 198.51.100.7 from 192.0.2.1 at the time told");
    ov_ledger_close(scene.ledger);
}

static void test_brackets_case_white_space_and_folding_do_not_matter(void **state) {
    static const char *const IDS[] = {
        "Abc.1@Shop.example",      "<abc.1@shop.example>",     " <ABC.1@SHOP.EXAMPLE> \r\n",
        "Abc.1@\r\n Shop.example", "<Abc.1@Shop.\n\texample>", "<<Abc.1@Shop.example>>",
    };
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<Abc.1@Shop.example>"});
    for (guint i = 0; i < G_N_ELEMENTS(IDS); i++)
        assert_found(&scene, detection(IDS[i], THERE, scene.now), id);
    id = put(&scene, &(Mail){.message_id = "<with space@x.example>"});
    assert_found(&scene, detection("With Space@x.example", THERE, scene.now), id);
    assert_unknown(&scene, detection("Abc.1@Shop.exampl", THERE, scene.now));
    assert_unknown(&scene, detection("%@Shop.example", THERE, scene.now));
    ov_ledger_close(scene.ledger);
}

static void test_what_is_not_ours_is_unknown(void **state) {
    Scene scene = begin(*state);
    put(&scene, &(Mail){.message_id = "<a@x.example>"});
    assert_unknown(&scene, detection("b@x.example", THERE, scene.now));
    guint n = 1;
    candidates(&scene, detection("b@x.example", THERE, scene.now), &n);
    assert_int_equal(n, 0);
    ov_ledger_close(scene.ledger);
}

static void test_what_is_explained_stays(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>"});
    OvDetection marked = detection("a@x.example", THERE, scene.now);
    marked.finding = OV_DETECTION_MARKED;
    marked.account = "blog";
    marked = explain(&scene, marked);
    assert_int_equal(marked.finding, OV_DETECTION_MARKED);
    assert_int_equal(marked.message, 0);
    assert_string_equal(marked.account, "blog");
    OvDetection logs = detection("b@x.example", THERE, scene.now);
    logs.finding = OV_DETECTION_LOGS;
    logs.account = "blog";
    logs = explain(&scene, logs);
    assert_int_equal(logs.finding, OV_DETECTION_LOGS);
    assert_string_equal(logs.account, "blog");
    logs.message_id = "a@x.example";
    assert_found(&scene, logs, id);
    OvDetection gone = detection("c@x.example", THERE, scene.now); /* has left the ledger since */
    gone.finding = OV_DETECTION_FOUND;
    gone.message = 77;
    gone.account = "shop";
    assert_found(&scene, gone, 77);
    ov_ledger_close(scene.ledger);
}

/* Of two that share an id each detection means the one that went there, or then. */
static void test_of_several_the_log_tells_which(void **state) {
    static const char *const OTHER = "203.0.113.9";
    Scene scene = begin(*state);
    gint64 one = put(&scene, &(Mail){.message_id = "<a@x.example>", .to = THERE});
    gint64 other = put(&scene, &(Mail){.message_id = "<a@x.example>", .to = OTHER});
    assert_found(&scene, detection("a@x.example", THERE, scene.now), one);
    assert_found(&scene, detection("a@x.example", OTHER, scene.now), other);
    guint n;
    const OvCandidate *found = candidates(&scene, detection("a@x.example", OTHER, scene.now), &n);
    assert_int_equal(n, 2);
    assert_int_equal(found[0].record->id, other);
    assert_true(found[0].likelihood > found[1].likelihood);
    assert_string_equal(
        found[1].why,
        "went elsewhere than to 203.0.113.9, as far as the log tells, at the time told");
    ov_ledger_close(scene.ledger);
}

static void test_what_is_known_to_have_gone_elsewhere_is_less_likely(void **state) {
    Scene scene = begin(*state);
    put(&scene, &(Mail){.message_id = "<a@x.example>", .account = "blog", .to = "203.0.113.9"});
    gint64 untold = put(&scene, &(Mail){.message_id = "<a@x.example>"});
    assert_found(&scene, detection("a@x.example", THERE, scene.now), untold);
    ov_ledger_close(scene.ledger);
}

static void test_of_one_resent_the_time_tells_which(void **state) {
    Scene scene = begin(*state);
    gint64 ids[3];
    for (guint i = 0; i < 3; i++)
        ids[i] = put(&scene, &(Mail){.message_id = "<a@x.example>",
                                     .to = i < 2 ? THERE : NULL,
                                     .after = i * 10 * MINUTE});
    for (guint i = 0; i < 2; i++)
        assert_found(&scene, detection("a@x.example", THERE, scene.now + i * 10 * MINUTE), ids[i]);
    OvDetection untimed = explain(&scene, detection("a@x.example", THERE, 0));
    assert_int_equal(untimed.finding, OV_DETECTION_SEVERAL);
    assert_string_equal(untimed.account, "shop"); /* whichever it is */
    ov_ledger_close(scene.ledger);
}

/* A try may be days after the message was taken. */
static void test_mail_that_waited_is_found_by_its_delivery(void **state) {
    Scene scene = begin(*state);
    gint64 waited = put(
        &scene,
        &(Mail){.message_id = "<a@x.example>", .to = THERE, .after = -2 * DAY, .waited = 2 * DAY});
    put(&scene, &(Mail){.message_id = "<a@x.example>", .to = THERE, .after = -20 * MINUTE});
    assert_found(&scene, detection("a@x.example", THERE, scene.now), waited);
    ov_ledger_close(scene.ledger);
}

static void test_of_an_id_that_two_accounts_share_nobody_is_blamed_by_chance(void **state) {
    Scene scene = begin(*state);
    gint64 shop = put(&scene, &(Mail){.message_id = "<a@x.example>", .to = THERE});
    gint64 blog =
        put(&scene, &(Mail){.message_id = "<a@x.example>", .account = "blog", .to = THERE});
    OvDetection told = explain(&scene, detection("a@x.example", THERE, scene.now));
    assert_int_equal(told.finding, OV_DETECTION_SEVERAL);
    assert_true(told.message == shop || told.message == blog);
    assert_null(told.account);
    ov_ledger_close(scene.ledger);
}

static void test_an_account_that_reuses_an_id_elsewhere_incriminates_nobody(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>", .egress = BLOCKED, .to = THERE});
    put(&scene, &(Mail){.message_id = "<a@x.example>",
                        .account = "blog",
                        .egress = "192.0.2.99",
                        .to = "203.0.113.9"});
    OvDetection told = detection("a@x.example", THERE, scene.now);
    assert_found(&scene, told, id);
    guint n;
    assert_string_equal(candidates(&scene, told, &n)[1].why,
                        "went elsewhere than to 198.51.100.7, as far as the log tells, at the time "
                        "told; SPF was looked up for another address than 192.0.2.1");
    ov_ledger_close(scene.ledger);
}

static void test_mail_that_never_left_is_not_it(void **state) {
    static const char *const VERDICTS[] = {"hold", "reject", "defer"};
    Scene scene = begin(*state);
    for (guint i = 0; i < G_N_ELEMENTS(VERDICTS); i++)
        put(&scene, &(Mail){.message_id = "<a@x.example>", .verdict = VERDICTS[i]});
    OvDetection told = detection("a@x.example", THERE, scene.now);
    assert_unknown(&scene, told);
    guint n;
    const OvCandidate *found = candidates(&scene, told, &n);
    assert_int_equal(n, 3);
    for (guint i = 0; i < n; i++) {
        assert_int_equal(found[i].likelihood, 0);
        assert_true(g_str_has_prefix(found[i].why, "was "));
    }
    gint64 sent = put(&scene, &(Mail){.message_id = "<a@x.example>", .verdict = "tag"});
    assert_found(&scene, told, sent);
    ov_ledger_close(scene.ledger);
}

static void test_held_mail_that_was_released_may_be_it(void **state) {
    Scene scene = begin(*state);
    OvDetection told = detection("a@x.example", NULL, scene.now);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>", .verdict = "hold"});
    assert_unknown(&scene, told);
    assert_true(ov_ledger_add_action(scene.ledger, id, "delete", "ann", NULL, NULL));
    assert_unknown(&scene, told);
    assert_true(ov_ledger_add_action(scene.ledger, id, "release", "ann", NULL, NULL));
    assert_found(&scene, told, id);
    told.message_id = "b@x.example";
    id = put(&scene, &(Mail){.message_id = "<b@x.example>", .verdict = "hold", .to = THERE});
    assert_found(&scene, told, id);
    ov_ledger_close(scene.ledger);
}

static void test_what_the_queue_did_counts(void **state) {
    static const struct {
        OvDeliveryKind kind;
        gboolean stays;
    } CASES[] = {
        {OV_DELIVERY_HELD, TRUE}, {OV_DELIVERY_RELEASED, FALSE}, {OV_DELIVERY_DELETED, TRUE}};
    Scene scene = begin(*state);
    OvDetection told = detection("a@x.example", THERE, scene.now);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>", .queue_id = "4Tqueueabcd"});
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        OvDelivery event = {
            .kind = CASES[i].kind, .time = scene.now + (i + 1) * SECOND, .queue_id = "4Tqueueabcd"};
        assert_true(ov_ledger_add_deliveries(scene.ledger, "mx1", &event, 1, NULL,
                                             scene.place->arena, NULL));
        if (CASES[i].stays)
            assert_unknown(&scene, told);
        else
            assert_found(&scene, told, id);
    }
    ov_ledger_close(scene.ledger);
}

static void test_mail_that_was_taken_later_is_not_it(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>"});
    put(&scene, &(Mail){.message_id = "<a@x.example>", .after = 30 * MINUTE});
    assert_found(&scene, detection("a@x.example", THERE, scene.now), id);
    assert_found(&scene, detection("a@x.example", THERE, scene.now - 5 * MINUTE), id); /* clocks */
    assert_unknown(&scene, detection("a@x.example", THERE, scene.now - 20 * MINUTE));
    ov_ledger_close(scene.ledger);
}

/* A program that gives all its mail one id. */
static void test_of_thousands_with_one_id_those_of_the_time_are_weighed(void **state) {
    Scene scene = begin(*state);
    gint64 meant = 0;
    for (guint i = 0; i < 200; i++) {
        gint64 id = put(&scene, &(Mail){.message_id = "<same@localhost>",
                                        .to = i == 100 ? THERE : "203.0.113.9",
                                        .after = i * 10 * SECOND});
        meant = i == 100 ? id : meant;
    }
    OvDetection told = detection("same@localhost", THERE, scene.now + 1000 * SECOND);
    assert_found(&scene, told, meant);
    guint n;
    candidates(&scene, told, &n);
    assert_int_equal(n, 20);
    ov_ledger_close(scene.ledger);
}

static void test_a_message_for_many_recipients_is_one(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>", .queue_id = "4Tqueueabcd"});
    for (guint i = 1; i <= 50; i++) {
        char recipient[32], relay[48];
        g_snprintf(recipient, sizeof recipient, "u@d%u.example", i);
        g_snprintf(relay, sizeof relay, "mx.d%u.example[198.51.100.%u]:25", i, i);
        OvDelivery delivery = {.kind = OV_DELIVERY_OUTCOME,
                               .time = scene.now + i * SECOND,
                               .queue_id = "4Tqueueabcd",
                               .outcome = OV_OUTCOME_BOUNCED,
                               .recipient = recipient,
                               .relay = relay};
        assert_true(ov_ledger_add_deliveries(scene.ledger, "mx1", &delivery, 1, NULL,
                                             scene.place->arena, NULL));
    }
    OvDetection told[50];
    for (guint i = 0; i < 50; i++)
        told[i] = detection("a@x.example",
                            ov_arena_printf(scene.place->arena, "198.51.100.%u", i + 1), scene.now);
    assert_true(ov_correlate_all(scene.ledger, BLOCKED, told, 50, scene.place->arena, NULL));
    for (guint i = 0; i < 50; i++) {
        assert_int_equal(told[i].finding, OV_DETECTION_FOUND);
        assert_int_equal(told[i].message, id);
    }
    guint n;
    const OvCandidate *found = candidates(&scene, told[29], &n);
    assert_int_equal(found->sent, scene.now + 30 * SECOND); /* to that one */
    ov_ledger_close(scene.ledger);
}

/* The log of a smart host or content filter of one's own says nothing of the way out. */
static void test_a_relay_of_ones_own_is_no_destination(void **state) {
    Scene scene = begin(*state);
    put(&scene, &(Mail){.message_id = "<a@x.example>", .to = "10.0.0.25"});
    guint n;
    const OvCandidate *found = candidates(&scene, detection("a@x.example", THERE, scene.now), &n);
    assert_string_equal(found->why, "was taken at the time told");
    assert_int_equal(found->sent, 0);
    ov_ledger_close(scene.ledger);
}

static void test_an_id_that_the_mta_made_is_found_by_its_queue_id(void **state) {
    Scene scene = begin(*state);
    g_autoptr(GDateTime) taken = g_date_time_new_from_unix_utc(scene.now / SECOND);
    g_autofree char *long_form =
        g_date_time_format(taken, "<%Y%m%d%H%M%S.4Tqueueabcd@mx1.example>");
    g_autofree char *short_form =
        g_date_time_format(taken, "%Y%m%d%H%M.5ANC0abc012345@mx1.example");
    gint64 postfix = put(&scene, &(Mail){.message_id = "", .queue_id = "4Tqueueabcd"});
    gint64 sendmail = put(&scene, &(Mail){.message_id = NULL, .queue_id = "5ANC0abc012345"});
    assert_found(&scene, detection(long_form, THERE, scene.now), postfix);
    assert_found(&scene, detection(short_form, THERE, scene.now), sendmail);
    /* Mail that has an id of its own can't be blamed by its queue id. */
    put(&scene, &(Mail){.message_id = "<own@x.example>", .queue_id = "4Tvictimabcd"});
    g_autofree char *forged = g_date_time_format(taken, "%Y%m%d%H%M%S.4Tvictimabcd@mx1.example");
    assert_unknown(&scene, detection(forged, THERE, scene.now));
    /* Queue ids come again. */
    assert_unknown(&scene, detection("20200101000000.4Tqueueabcd@mx1.example", THERE, scene.now));
    assert_unknown(&scene, detection("20209999999999.4Tqueueabcd@mx1.example", THERE, scene.now));
    ov_ledger_close(scene.ledger);
}

static void test_without_an_id_the_log_must_tell(void **state) {
    Scene scene = begin(*state);
    put(&scene, &(Mail){.message_id = "<a@x.example>", .to = THERE}); /* has one */
    put(&scene, &(Mail){.message_id = "", .to = "203.0.113.9"});
    put(&scene, &(Mail){.message_id = ""});
    assert_unknown(&scene, detection("", THERE, scene.now));
    guint n;
    candidates(&scene, detection("<>", THERE, scene.now), &n);
    assert_int_equal(n, 2);
    gint64 id = put(&scene, &(Mail){.message_id = "", .to = THERE, .after = 40 * SECOND});
    assert_found(&scene, detection("", THERE, scene.now), id);
    assert_found(&scene, detection(" <> ", THERE, scene.now), id);
    assert_unknown(&scene, detection("", THERE, scene.now + 40 * MINUTE));
    assert_unknown(&scene, detection("", THERE, scene.now - 10 * MINUTE));
    assert_unknown(&scene, detection("", THERE, 0));
    assert_unknown(&scene, detection("", NULL, scene.now));
    put(&scene, &(Mail){.message_id = NULL, .account = "blog", .to = THERE});
    OvDetection told = explain(&scene, detection("", THERE, scene.now));
    assert_int_equal(told.finding, OV_DETECTION_SEVERAL);
    assert_null(told.account);
    ov_ledger_close(scene.ledger);
}

static void test_hostile_ids_and_destinations_do_no_harm(void **state) {
    Scene scene = begin(*state);
    gint64 id = put(&scene, &(Mail){.message_id = "<a@x.example>"});
    g_autofree char *huge = g_strnfill(10000, 'a');
    g_autofree char *digits = g_strnfill(10000, '1');
    const char *const TEXTS[] = {
        huge,
        digits,
        "'; DROP TABLE message_rows; --",
        "\" OR 1=1 --",
        "<script>alert(1)</script>",
        "a@x.example\x01\x1b[31m",
        "\xff\xfe@x.example",
        "%s%n%d",
        "20261123120000.'@x",
        "20261123120000.",
        "<",
        ">><<",
        "\r\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        for (guint j = 0; j < G_N_ELEMENTS(TEXTS); j++) {
            OvDetection told = detection(TEXTS[i], TEXTS[j], j % 2 ? scene.now : G_MAXINT64);
            assert_unknown(&scene, told);
            told.time = G_MININT64;
            assert_unknown(&scene, told);
            assert_found(&scene, detection("a@x.example", TEXTS[j], G_MININT64), id);
            assert_found(&scene, detection("a@x.example", TEXTS[j], G_MAXINT64), id);
            /* The id is found whatever the destination is, and why says nothing of it. */
            told = detection("a@x.example", TEXTS[j], scene.now);
            assert_found(&scene, told, id);
            guint n;
            assert_string_equal(candidates(&scene, told, &n)->why, "was taken at the time told");
        }
    ov_ledger_close(scene.ledger);
}

static void test_ids_that_the_ledger_cut_are_found(void **state) {
    Scene scene = begin(*state);
    g_autofree char *start = g_strnfill(1100, 'a');
    g_autofree char *whole = g_strdup_printf("<%s@x.example>", start);
    gint64 id = put(&scene, &(Mail){.message_id = whole});
    assert_found(&scene, detection(whole, THERE, scene.now), id);
    g_autofree char *cut = g_strnfill(1000, 'a'); /* as a detection is kept */
    assert_found(&scene, detection(cut, THERE, scene.now), id);
    ov_ledger_close(scene.ledger);
}

/* Each of many is found as it would be alone, in whatever order they come. */
static void test_many_at_once_are_found_as_each_alone(void **state) {
    Scene scene = begin(*state);
    OvDetection all[1200]; /* so many that the ledger is read ahead */
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        OvArena *arena = scene.place->arena;
        guint number = i * 37 % 120 + i / 120 * 1000;
        const char *bare = ov_arena_printf(arena, "%u@x.example", number / 2 * 2);
        const char *to = number % 2 ? THERE : "203.0.113.9";
        if (number % 5 != 0)
            put(&scene, &(Mail){.message_id = ov_arena_printf(arena, "<%s>", bare),
                                .account = number % 3 ? "shop" : "blog",
                                .to = number % 7 ? to : NULL,
                                .after = number % 4 * 10 * MINUTE});
        all[i] = detection(number % 11 ? bare : "", to, scene.now + number % 4 * 10 * MINUTE);
    }
    OvDetection alone[G_N_ELEMENTS(all)];
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        alone[i] = explain(&scene, all[i]);
    assert_true(
        ov_correlate_all(scene.ledger, BLOCKED, all, G_N_ELEMENTS(all), scene.place->arena, NULL));
    guint findings[OV_N_DETECTION_FINDINGS] = {0};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        assert_int_equal(all[i].finding, alone[i].finding);
        assert_int_equal(all[i].message, alone[i].message);
        assert_int_equal(g_strcmp0(all[i].account, alone[i].account), 0);
        findings[all[i].finding]++;
    }
    assert_true(findings[OV_DETECTION_FOUND] > 0 && findings[OV_DETECTION_UNKNOWN] > 0);
    assert_true(ov_correlate_all(scene.ledger, BLOCKED, NULL, 0, scene.place->arena, NULL));
    ov_ledger_close(scene.ledger);
}

static void test_a_ledger_that_can_not_be_read_is_an_error(void **state) {
    Scene scene = begin(*state);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(scene.place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE delivery_rows", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    put(&scene, &(Mail){.message_id = "<a@x.example>"});
    OvDetection told = detection("a@x.example", THERE, scene.now);
    g_autoptr(GError) error = NULL;
    assert_false(ov_correlate_all(scene.ledger, BLOCKED, &told, 1, scene.place->arena, &error));
    assert_non_null(error);
    g_clear_error(&error);
    guint n;
    assert_null(ov_correlate(scene.ledger, BLOCKED, &told, scene.place->arena, &n, &error));
    assert_non_null(error);
    ov_ledger_close(scene.ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_message_is_found_and_told_whole),
        TEST(test_brackets_case_white_space_and_folding_do_not_matter),
        TEST(test_what_is_not_ours_is_unknown),
        TEST(test_what_is_explained_stays),
        TEST(test_of_several_the_log_tells_which),
        TEST(test_what_is_known_to_have_gone_elsewhere_is_less_likely),
        TEST(test_of_one_resent_the_time_tells_which),
        TEST(test_mail_that_waited_is_found_by_its_delivery),
        TEST(test_of_an_id_that_two_accounts_share_nobody_is_blamed_by_chance),
        TEST(test_an_account_that_reuses_an_id_elsewhere_incriminates_nobody),
        TEST(test_mail_that_never_left_is_not_it),
        TEST(test_held_mail_that_was_released_may_be_it),
        TEST(test_what_the_queue_did_counts),
        TEST(test_mail_that_was_taken_later_is_not_it),
        TEST(test_of_thousands_with_one_id_those_of_the_time_are_weighed),
        TEST(test_a_message_for_many_recipients_is_one),
        TEST(test_a_relay_of_ones_own_is_no_destination),
        TEST(test_an_id_that_the_mta_made_is_found_by_its_queue_id),
        TEST(test_without_an_id_the_log_must_tell),
        TEST(test_hostile_ids_and_destinations_do_no_harm),
        TEST(test_ids_that_the_ledger_cut_are_found),
        TEST(test_many_at_once_are_found_as_each_alone),
        TEST(test_a_ledger_that_can_not_be_read_is_an_error),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
