/* outvet suppress: who has unsubscribed, so that no more mailings go to him. */
#include <stdio.h>
#include <string.h>

#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/ledger_command.h"
#include "policy/review/operator.h"
#include "policy/review/output.h"
#include "policy/review/when.h"
#include "rules/address.h"
#include "rules/init.h"

enum { MAX_IMPORT = 256 * 1024 * 1024 /* octets of a file */ };

/* What is to be recorded. */
typedef struct {
    OvArena *arena;
    GArray *suppressions; /* OvSuppression */
    const char *operator_name;
    gint64 now;
} Wishes;

/* The organisational domain, in the form that mail is compared in; NULL where text is none. */
static const char *read_sender(OvArena *arena, const char *text) {
    if (strcmp(text, "*") == 0)
        return "*";
    guint faults = 0;
    OvSlice domain = ov_domain_canonical(arena, ov_slice(text), &faults);
    if (faults || !memchr(text, '.', strlen(text)))
        return NULL;
    OvSlice organisation = ov_organisational_domain(domain);
    return organisation.length > 0 ? ov_arena_strndup(arena, organisation.data, organisation.length)
                                   : NULL;
}

/* The address without the <> that people copy along; NULL where text is none. */
static const char *read_address(OvArena *arena, const char *text) {
    gsize length = strlen(text);
    if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
        text = ov_arena_strndup(arena, text + 1, length - 2);
    OvMailbox mailbox;
    ov_address_parse(arena, ov_slice(text), &mailbox);
    return mailbox.faults & OV_ADDRESS_INVALID ? NULL : text;
}

/* Each may be NULL: sender for all, since for now. What is wrong, or NULL when it was added. */
static const char *add_wish(Wishes *wishes, const char *address, const char *sender,
                            const char *since) {
    OvSuppression wish = {
        .sender = read_sender(wishes->arena, sender ? sender : "*"),
        .recipient = read_address(wishes->arena, address),
        .since = since ? ov_when_parse(since, wishes->now) : wishes->now,
        .operator_name = wishes->operator_name,
    };
    if (!wish.recipient)
        return "not a mail address";
    if (!wish.sender)
        return "not a domain, nor * for all";
    if (!wish.since)
        return "not a day or time that is past, such as 2026-11-23 or 2026-11-23T20:02:53Z";
    g_array_append_val(wishes->suppressions, wish);
    return NULL;
}

/* ADDRESS [SINCE [SENDER]] */
static const char *add_line(Wishes *wishes, const char *line, const char *sender) {
    g_auto(GStrv) words = g_strsplit_set(line, " \t\r", -1);
    const char *found[4] = {NULL};
    guint n = 0;
    for (guint i = 0; words[i] && n < G_N_ELEMENTS(found); i++)
        if (words[i][0])
            found[n++] = words[i];
    if (n == 0 || found[0][0] == '#')
        return NULL;
    if (n > 3)
        return "more than an address, a time and a sender's domain";
    /* The words go with this call. */
    const char *address = ov_arena_strndup(wishes->arena, found[0], strlen(found[0]));
    return add_wish(wishes, address, found[2] ? found[2] : sender, found[1]);
}

static OvExit add_file(Wishes *wishes, const char *path, const char *sender) {
    gboolean standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        ov_complain("%s: %m", path);
        return OV_EXIT_NO_INPUT;
    }
    char *line = NULL;
    size_t room = 0, octets = 0;
    guint number = 0;
    OvExit code = OV_EXIT_OK;
    for (ssize_t length; code == OV_EXIT_OK && (length = getline(&line, &room, file)) >= 0;) {
        number++;
        octets += (size_t)length;
        line[strcspn(line, "\n")] = '\0';
        const char *trouble =
            octets > MAX_IMPORT ? "the file is too large" : add_line(wishes, line, sender);
        if (trouble) {
            ov_complain("%s:%u: %s; nothing was recorded", path, number, trouble);
            code = OV_EXIT_NO_INPUT;
        }
    }
    if (code == OV_EXIT_OK && ferror(file)) {
        ov_complain("%s: %m", path);
        code = OV_EXIT_NO_INPUT;
    }
    free(line);
    if (!standard)
        fclose(file);
    return code;
}

static OvExit record(const OvArguments *arguments, OvLedger *ledger, const Wishes *wishes,
                     gboolean remove) {
    g_autoptr(GError) error = NULL;
    guint n = wishes->suppressions->len, changed = 0;
    if (!ov_ledger_suppress(ledger, (const OvSuppression *)(void *)wishes->suppressions->data, n,
                            &changed, &error)) {
        return ov_ledger_complain(error);
    }
    if (ov_arguments_has(arguments, "json"))
        ov_json_print(json_pack("{s:i, s:i}", remove ? "removed" : "added", (int)changed,
                                "unchanged", (int)(n - changed)));
    else
        printf("%u %s, %u %s.\n", changed, remove ? "removed" : "added", n - changed,
               remove ? "were not suppressed" : "were suppressed already");
    return OV_EXIT_OK;
}

typedef enum { ADD, REMOVE, IMPORT } Verb;

static OvExit take_operands(const OvArguments *arguments, Wishes *wishes, Verb verb) {
    const char *sender = ov_arguments_value(arguments, "sender");
    const char *since = verb == ADD ? ov_arguments_value(arguments, "since") : NULL;
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    if (verb == IMPORT)
        return add_file(wishes, operands[0], sender);
    for (guint i = 0; i < n; i++) {
        const char *trouble = add_wish(wishes, operands[i], sender, since);
        if (trouble) {
            ov_complain("%s%s%s%s%s: %s", operands[i], sender ? ", --sender " : "",
                        sender ? sender : "", since ? ", --since " : "", since ? since : "",
                        trouble);
            return OV_EXIT_USAGE;
        }
    }
    if (verb == REMOVE)
        for (guint i = 0; i < wishes->suppressions->len; i++)
            g_array_index(wishes->suppressions, OvSuppression, i).since = 0;
    return OV_EXIT_OK;
}

static OvExit change(const OvArguments *arguments, Verb verb) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    ov_rules_init();
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GArray) suppressions = g_array_new(FALSE, FALSE, sizeof(OvSuppression));
    g_autofree char *operator_name = ov_operator_name();
    Wishes wishes = {arena, suppressions, operator_name, g_get_real_time()};
    OvExit code = take_operands(arguments, &wishes, verb);
    if (code != OV_EXIT_OK)
        return code;
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &code);
    return ledger ? record(arguments, ledger, &wishes, verb == REMOVE) : code;
}

OvExit ov_command_suppress_add(const OvArguments *arguments) {
    return change(arguments, ADD);
}

OvExit ov_command_suppress_remove(const OvArguments *arguments) {
    return change(arguments, REMOVE);
}

OvExit ov_command_suppress_import(const OvArguments *arguments) {
    return change(arguments, IMPORT);
}

static void print_json(const OvSuppression *suppression) {
    json_t *object = json_object();
    json_object_set_new(object, "since", ov_json_time(suppression->since));
    json_object_set_new(object, "sender", ov_json_text(suppression->sender));
    json_object_set_new(object, "recipient_hash", ov_json_text(suppression->recipient));
    json_object_set_new(object, "operator", ov_json_text(suppression->operator_name));
    json_object_set_new(object, "complaint",
                        suppression->complaint ? json_integer(suppression->complaint)
                                               : json_null());
    json_object_set_new(object, "recorded", ov_json_time(suppression->time));
    ov_json_print(object);
}

static void print_table(const OvSuppression *suppressions, guint n) {
    g_autoptr(OvTable) table =
        ov_table_new(6, "SINCE", "SENDER", "RECIPIENT'S HASH", "RECORDED", "BY", "COMPLAINT");
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_autofree char *since = ov_time_for_people(suppressions[i].since);
        g_autofree char *recorded = ov_time_for_people(suppressions[i].time);
        g_autofree char *complaint =
            suppressions[i].complaint
                ? g_strdup_printf("%" G_GINT64_FORMAT, suppressions[i].complaint)
                : NULL;
        ov_table_add(table, since, suppressions[i].sender, suppressions[i].recipient, recorded,
                     suppressions[i].operator_name, complaint);
    }
    if (n > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, "Nobody is suppressed.\n");
    fwrite(out->str, 1, out->len, stdout);
}

OvExit ov_command_suppress_list(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    g_autoptr(OvArena) arena = ov_arena_new();
    guint n = 0;
    const char *const *operands = ov_arguments_operands(arguments, &n);
    const char *recipient = n > 0 ? read_address(arena, operands[0]) : NULL;
    if (n > 0 && !recipient) {
        ov_complain("%s: not a mail address", operands[0]);
        return OV_EXIT_USAGE;
    }
    OvExit code = OV_EXIT_OK;
    g_autoptr(OvLedger) ledger = ov_command_ledger(settings, &code);
    if (!ledger)
        return code;
    g_autoptr(GError) error = NULL;
    const OvSuppression *found = ov_ledger_suppressions(ledger, recipient, arena, &n, &error);
    if (!found) {
        return ov_ledger_complain(error);
    }
    if (!ov_arguments_has(arguments, "json"))
        print_table(found, n);
    else
        for (guint i = 0; i < n; i++)
            print_json(&found[i]);
    return OV_EXIT_OK;
}
