/* outvet check: judges messages that lie in files, several at a time, and prints in order. */
#include <stdio.h>

#include "policy/ownership.h"
#include "policy/review/check_message.h"
#include "policy/review/command.h"
#include "policy/review/envelope.h"
#include "policy/review/ledger_command.h"
#include "policy/review/ordered.h"
#include "policy/review/output.h"
#include "policy/traps.h"

/* With DNS, most threads wait for answers most of the time. */
enum { WAITING_THREADS = 16 };

enum { MAX_UNDER_WAY = 256, MAX_OCTETS_UNDER_WAY = 64 * 1024 * 1024 };

/* What all messages of a run share; read-only once the workers run. */
typedef struct {
    OvChecker checker;
    OvEnvelopeWish wish;
    const OvOwnerText *traps; /* NULL: none is known */
    gboolean json, html, colour;
    gboolean alone; /* there is but one message */
} Run;

/* One message on its way. */
typedef struct {
    OvStored *stored;
    GString *report;
    OvVerdictKind verdict;
} Item;

typedef struct {
    guint n_messages, n_unreadable;
    guint by_verdict[OV_VERDICT_REJECT + 1];
} Tally;

static void item_free(Item *item) {
    ov_stored_free(item->stored);
    g_string_free(item->report, TRUE);
    g_free(item);
}

static void judge_item(gpointer data, gpointer user_data) {
    Item *item = data;
    const Run *run = user_data;
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice raw = {item->stored->data, item->stored->length};
    OvEnvelope envelope;
    ov_envelope_complete(&envelope, &run->wish, raw, arena);
    ov_traps_count(run->traps, &envelope);
    OvCheckReport report;
    ov_checker_judge(&run->checker, item->stored, &envelope, arena, &report);
    item->verdict = report.verdict.computed;
    if (run->json)
        ov_check_report_json(item->report, &report);
    else if (run->html)
        ov_check_report_html(item->report, &report);
    else if (run->alone)
        ov_check_report_text(item->report, &report, run->colour);
    else
        ov_check_report_short(item->report, &report, run->colour);
    ov_checker_done(&envelope, &report);
    /* What waits to be printed needs no message any more. */
    g_clear_pointer(&item->stored->data, g_free);
}

/* Prints what is done, oldest first: all of it where all is TRUE, else what need not be waited for,
 * and one item more where there is no room for the next. */
static void print_done(OvOrdered *ordered, gboolean all, Tally *tally) {
    Item *item;
    while ((item = ov_ordered_take(ordered, all || ov_ordered_full(ordered)))) {
        fwrite(item->report->str, 1, item->report->len, stdout);
        tally->n_messages++;
        tally->by_verdict[item->verdict]++;
        item_free(item);
    }
}

/* The next message that can be read; NULL at the end. */
static OvStored *next_readable(OvReading *reading, Tally *tally) {
    for (;;) {
        g_autoptr(GError) error = NULL;
        OvStored *stored = NULL;
        switch (ov_reading_next(reading, &stored, &error)) {
        case OV_READING_MESSAGE:
            return stored;
        case OV_READING_TROUBLE:
            ov_complain("%s", error->message);
            tally->n_unreadable++;
            break;
        case OV_READING_END:
            return NULL;
        }
    }
}

/* FALSE where there are more messages than the answer can tell of. */
static gboolean judge_all(Run *run, OvReading *reading, Tally *tally) {
    OvStored *stored = next_readable(reading, tally);
    OvStored *following = stored ? next_readable(reading, tally) : NULL;
    run->alone = !following;
    if (run->html && following) {
        ov_complain("--html makes a page of one message, and there are more");
        ov_stored_free(stored);
        ov_stored_free(following);
        return FALSE;
    }
    g_autoptr(OvOrdered) ordered =
        ov_ordered_new(run->checker.resolver ? WAITING_THREADS : 0, MAX_UNDER_WAY,
                       MAX_OCTETS_UNDER_WAY, judge_item, run);
    while (stored) {
        Item *item = g_new0(Item, 1);
        item->stored = stored;
        item->report = g_string_sized_new(1024);
        ov_ordered_put(ordered, item, stored->length);
        print_done(ordered, FALSE, tally);
        stored = following;
        following = stored ? next_readable(reading, tally) : NULL;
    }
    print_done(ordered, TRUE, tally);
    return TRUE;
}

static OvExit exit_code(const Tally *tally) {
    if (tally->n_unreadable > 0)
        return OV_EXIT_NO_INPUT;
    if (tally->n_messages == 0) {
        ov_complain("there is no message in what was given");
        return OV_EXIT_NO_INPUT;
    }
    if (tally->by_verdict[OV_VERDICT_REJECT] > 0)
        return OV_EXIT_REJECT;
    if (tally->by_verdict[OV_VERDICT_HOLD] > 0 || tally->by_verdict[OV_VERDICT_DEFER] > 0)
        return OV_EXIT_HOLD;
    return tally->by_verdict[OV_VERDICT_TAG] > 0 ? OV_EXIT_TAG : OV_EXIT_OK;
}

static void print_tally(const Tally *tally) {
    printf("%u messages:", tally->n_messages);
    const char *separator = "";
    for (guint verdict = 0; verdict < G_N_ELEMENTS(tally->by_verdict); verdict++) {
        if (tally->by_verdict[verdict] == 0)
            continue;
        printf("%s %u %s", separator, tally->by_verdict[verdict],
               ov_verdict_name((OvVerdictKind)verdict));
        separator = ",";
    }
    putchar('\n');
}

/* --date: an RFC 3339 time with its zone, or "message". */
static gboolean take_date(const char *text, OvEnvelopeWish *wish) {
    wish->known.now = g_get_real_time();
    if (!text)
        return TRUE;
    wish->now_is_date = g_strcmp0(text, "message") == 0;
    if (wish->now_is_date)
        return TRUE;
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (!time) {
        ov_complain("--date %s: not a time with its zone such as 2026-11-23T20:02:53Z, nor the "
                    "word message",
                    text);
        return FALSE;
    }
    wish->known.now =
        g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    return TRUE;
}

/* The address without the <> that people copy along. */
static const char *bare(const char *address, OvArena *arena) {
    gsize length = strlen(address);
    if (length >= 2 && address[0] == '<' && address[length - 1] == '>')
        return ov_arena_strndup(arena, address + 1, length - 2);
    return address;
}

static gboolean take_envelope(const OvArguments *arguments, OvEnvelopeWish *wish, OvArena *arena) {
    OvEnvelope *known = &wish->known;
    const char *sender = ov_arguments_value(arguments, "sender");
    known->sender = sender ? bare(sender, arena) : NULL;
    const char *const *recipients =
        ov_arguments_values(arguments, "recipient", &known->n_recipients);
    const char **copy = OV_ARENA_NEW(arena, const char *, known->n_recipients + 1);
    for (guint i = 0; i < known->n_recipients; i++)
        copy[i] = bare(recipients[i], arena);
    known->recipients = copy;
    known->login = ov_arguments_value(arguments, "login");
    known->client_address = ov_arguments_value(arguments, "client");
    /* Without a login or a client it is as if the file were given to sendmail(1) here. */
    known->local = !known->login && !known->client_address;
    if (known->client_address && !g_hostname_is_ip_address(known->client_address)) {
        ov_complain("--client %s: not an IP address", known->client_address);
        return FALSE;
    }
    return take_date(ov_arguments_value(arguments, "date"), wish);
}

/* The name that the settings have for an address, else that of [egress]. */
static const char *helo_of(const OvEgressRoutes *egress, const OvIpAddress *address) {
    for (guint i = 0; i < egress->all.n_points; i++)
        if (ov_ip_address_in(address, &egress->all.points[i].address, address->length * 8U))
            return egress->all.points[i].helo;
    return egress->common.helo;
}

/* --egress: in place of the settings' addresses. */
static gboolean take_egress(const OvArguments *arguments, Run *run, OvArena *arena) {
    guint n;
    const char *const *words = ov_arguments_values(arguments, "egress", &n);
    if (n == 0)
        return TRUE;
    OvEgressPoint *points = OV_ARENA_NEW(arena, OvEgressPoint, n);
    for (guint i = 0; i < n; i++) {
        if (!ov_ip_address_parse(ov_slice(words[i]), &points[i].address)) {
            ov_complain("--egress %s: not an IP address", words[i]);
            return FALSE;
        }
        points[i].helo = helo_of(&run->checker.settings->egress, &points[i].address);
    }
    OvEgress *egress = OV_ARENA_NEW(arena, OvEgress, 1);
    *egress = (OvEgress){points, n, run->checker.settings->egress.common.out.signing,
                         run->checker.settings->egress.common.out.tls};
    run->checker.egress = egress;
    return TRUE;
}

/* --history: what this server knows beside the message. */
static OvExit take_history(Run *run, OvLedger **ledger, OvOwnerText **traps) {
    g_autoptr(GError) error = NULL;
    OvExit code = OV_EXIT_OK;
    *ledger = ov_command_ledger(run->checker.settings, &code);
    if (!*ledger)
        return code;
    run->wish.known.history = ov_ledger_history(*ledger, &error);
    if (!run->wish.known.history)
        code = OV_EXIT_UNAVAILABLE;
    else if (!ov_traps_load(run->checker.settings, traps, &error))
        code = OV_EXIT_SETTINGS;
    if (error)
        ov_complain("%s", error->message);
    return code;
}

/* Mail whose sender, signature or links could not be looked up must not pass for mail that was. */
static void tell_of_failed_questions(OvResolver *resolver) {
    OvResolverStatus status;
    ov_resolver_status(resolver, &status);
    if (status.failed > 0)
        ov_complain("questions to the DNS without an answer: %" G_GUINT64_FORMAT
                    "; what stands on them was not judged (--no-dns asks none)",
                    status.failed);
}

static void tell_of_maps(const char *trouble, gpointer data) {
    (void)data;
    if (trouble)
        ov_complain("a map of logins: %s; whose the addresses are was not judged", trouble);
}

OvExit ov_command_check(const OvArguments *arguments) {
    g_autoptr(OvArena) arena = ov_arena_new();
    Run run = {
        .json = ov_arguments_has(arguments, "json"),
        .html = ov_arguments_has(arguments, "html"),
        .checker.facts = ov_arguments_has(arguments, "facts"),
        .colour = ov_output_colour(),
    };
    if (run.json && run.html) {
        ov_complain("--json and --html exclude each other");
        return OV_EXIT_USAGE;
    }
    if (!take_envelope(arguments, &run.wish, arena))
        return OV_EXIT_USAGE;
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvRuleset) ruleset = ov_command_ruleset(settings);
    if (!ruleset)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvJudge) judge = ov_judge_new(ruleset);
    g_autoptr(OvResolver) resolver = NULL;
    g_autoptr(GError) error = NULL;
    if (!ov_arguments_has(arguments, "no-dns") &&
        !ov_settings_resolver(settings, NULL, NULL, &resolver, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_SETTINGS;
    }
    run.checker.resolver = resolver;
    run.checker.settings = settings;
    g_autoptr(OvOwners) owners = NULL;
    if (run.wish.known.login && !ov_owners_new(settings, tell_of_maps, NULL, &owners, &error)) {
        ov_complain("%s", error->message);
        return OV_EXIT_SETTINGS;
    }
    run.wish.known.ownership = owners ? ov_owners_ownership(owners) : NULL;
    if (!take_egress(arguments, &run, arena))
        return OV_EXIT_USAGE;
    run.checker.judge = judge;
    g_autoptr(OvStanding) standing = ov_checker_ask_standing(&run.checker, run.wish.known.now);
    run.checker.standing = standing;
    g_autoptr(OvLedger) ledger = NULL;
    g_autoptr(OvOwnerText) traps = NULL;
    OvExit known =
        ov_arguments_has(arguments, "history") ? take_history(&run, &ledger, &traps) : OV_EXIT_OK;
    if (known != OV_EXIT_OK)
        return known;
    run.traps = traps;

    guint n_paths = 0;
    const char *const *paths = ov_arguments_operands(arguments, &n_paths);
    g_autoptr(OvReading) reading = ov_reading_new(paths, n_paths, (gsize)settings->scan_limit);
    Tally tally = {0};
    if (!judge_all(&run, reading, &tally))
        return OV_EXIT_USAGE;
    if (resolver)
        tell_of_failed_questions(resolver);
    if (!run.json && tally.n_messages > 1)
        print_tally(&tally);
    return exit_code(&tally);
}
