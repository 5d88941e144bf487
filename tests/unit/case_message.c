#include "tests/unit/case_message.h"

#include <stdlib.h>

/* 2026-11-23 12:00:00 UTC, the base's Date. */
static const gint64 base_date = G_GINT64_CONSTANT(1795435200) * G_USEC_PER_SEC;

static const char boundary[] = "case-boundary-4711";

static void fact_clear(gpointer data) {
    CaseFact *fact = data;
    g_free(fact->name);
    g_free(fact->value);
}

static void string_free(gpointer data) {
    g_string_free(data, TRUE);
}

static void case_free(gpointer data) {
    Case *c = data;
    g_free(c->rule);
    g_free(c->name);
    g_ptr_array_unref(c->fields);
    g_ptr_array_unref(c->body);
    g_ptr_array_unref(c->parts);
    g_ptr_array_unref(c->strings);
    g_array_unref(c->facts);
    g_free((gpointer)c->envelope.recipients);
    case_dns_free(c->dns);
    g_free(c);
}

static Case *case_new(guint line, const Case *base) {
    Case *c = g_new0(Case, 1);
    c->dns = case_dns_new(base ? base->dns : NULL);
    c->line = line;
    c->score = -1;
    c->fields = g_ptr_array_new_with_free_func(string_free);
    c->body = g_ptr_array_new_with_free_func(string_free);
    c->parts = g_ptr_array_new_with_free_func(string_free);
    c->strings = g_ptr_array_new_with_free_func(g_free);
    c->facts = g_array_new(FALSE, TRUE, sizeof(CaseFact));
    g_array_set_clear_func(c->facts, fact_clear);
    c->envelope.now = base_date;
    return c;
}

static char *keep(Case *c, char *text) {
    g_ptr_array_add(c->strings, text);
    return text;
}

static void set_recipients(Case *c, char **words, guint n) {
    g_free((gpointer)c->envelope.recipients);
    const char **recipients = g_new0(const char *, n + 1);
    for (guint i = 0; i < n; i++)
        recipients[i] = keep(c, words ? g_strdup(words[i])
                                      : g_strdup_printf("person%u@otherhouse-test.org", i));
    c->envelope.recipients = recipients;
    c->envelope.n_recipients = n;
}

/* Undoes \xNN, \\ and \<N text>. */
static GString *unescape(const char *text) {
    GString *plain = g_string_new(NULL);
    while (*text) {
        if (text[0] == '\\' && text[1] == 'x') {
            char digits[3] = {text[2], text[3], '\0'};
            g_string_append_c(plain, (char)strtoul(digits, NULL, 16));
            text += 4;
        } else if (text[0] == '\\' && text[1] == '<') {
            char *after;
            gulong turns = strtoul(text + 2, &after, 10);
            const char *end = strchr(after, '>');
            g_autofree char *again = g_strndup(after + 1, (gsize)(end - after - 1));
            g_autoptr(GString) turn = unescape(again);
            for (gulong i = 0; i < turns; i++)
                for (gsize at = 0; at < turn->len; at++)
                    if (turn->str[at] == '#')
                        g_string_append_printf(plain, "%lu", i);
                    else
                        g_string_append_c(plain, turn->str[at]);
            text = end + 1;
        } else if (text[0] == '\\' && text[1] == '\\') {
            g_string_append_c(plain, '\\');
            text += 2;
        } else {
            g_string_append_c(plain, *text++);
        }
    }
    return plain;
}

/* Takes out the field of line's name with its folds; its place, or the end. */
static guint remove_field(Case *c, const char *line) {
    gsize length = strcspn(line, ":");
    for (guint i = 0; i < c->fields->len; i++) {
        const GString *field = g_ptr_array_index(c->fields, i);
        if (g_ascii_strncasecmp(field->str, line, length) != 0 || field->str[length] != ':')
            continue;
        do
            g_ptr_array_remove_index(c->fields, i);
        while (i < c->fields->len &&
               g_ascii_isspace(((GString *)g_ptr_array_index(c->fields, i))->str[0]));
        return i;
    }
    return c->fields->len;
}

static void attach(Case *c, const char *type, const char *name, const char *data, gsize length) {
    g_autofree char *encoded = g_base64_encode((const guchar *)data, length);
    GString *part = g_string_new(NULL);
    g_string_append_printf(part,
                           "Content-Type: %s\nContent-Transfer-Encoding: base64\n"
                           "Content-Disposition: attachment; filename=\"%s\"\n\n",
                           type, name);
    for (gsize at = 0, end = strlen(encoded); at < end; at += 76)
        g_string_append_printf(part, "%.76s\n", encoded + at);
    g_ptr_array_add(c->parts, part);
}

static void append_number(GString *archive, guint32 number, guint octets) {
    for (guint i = 0; i < octets; i++, number >>= 8)
        g_string_append_c(archive, (char)(number & 0xff));
}

/* What a local header and an entry of the central directory have in common. */
static void append_entry(GString *archive, const char *name, gboolean encrypted) {
    append_number(archive, 20, 2);
    append_number(archive, encrypted ? 1 : 0, 2);
    append_number(archive, 0, 16); /* method, time, checksum, lengths: an empty file */
    append_number(archive, 0, 2);
    append_number(archive, (guint32)strlen(name), 2);
    append_number(archive, 0, 2);
}

static void attach_zip(Case *c, const char *name, const char *files, gboolean encrypted) {
    g_autoptr(GString) archive = g_string_new(NULL);
    g_autoptr(GString) directory = g_string_new(NULL);
    g_auto(GStrv) names = g_strsplit(files, " ", -1);
    guint n = g_strv_length(names);
    for (guint i = 0; i < n; i++) {
        g_string_append_len(directory, "PK\x01\x02\x14\x00", 6);
        append_entry(directory, names[i], encrypted);
        append_number(directory, 0, 10); /* comment, disk, attributes */
        append_number(directory, (guint32)archive->len, 4);
        g_string_append(directory, names[i]);
        g_string_append_len(archive, "PK\x03\x04", 4);
        append_entry(archive, names[i], encrypted);
        g_string_append(archive, names[i]);
    }
    gsize start = archive->len;
    g_string_append_len(archive, directory->str, (gssize)directory->len);
    g_string_append_len(archive, "PK\x05\x06\0\0\0\0", 8);
    append_number(archive, n, 2);
    append_number(archive, n, 2);
    append_number(archive, (guint32)directory->len, 4);
    append_number(archive, (guint32)start, 4);
    append_number(archive, 0, 2);
    attach(c, "application/octet-stream", name, archive->str, archive->len);
}

/* `word rest`: TRUE when line starts with word; rest gets what follows the space. */
static gboolean is_directive(const char *line, const char *word, const char **rest) {
    gsize length = strlen(word);
    if (strncmp(line, word, length) != 0 || (line[length] != ' ' && line[length] != '\0'))
        return FALSE;
    *rest = line[length] ? line + length + 1 : line + length;
    return TRUE;
}

static void take_attachment(Case *c, const char *rest) {
    const char *colon = strstr(rest, ": ");
    g_autofree char *head = g_strndup(rest, (gsize)(colon - rest));
    char *name = strchr(head, ' ');
    *name++ = '\0';
    g_autoptr(GString) content = unescape(colon + 2);
    g_autoptr(GString) plain = unescape(name);
    attach(c, head, plain->str, content->str, content->len);
}

static void take_archive(Case *c, const char *rest, gboolean encrypted) {
    const char *colon = strstr(rest, ": ");
    g_autofree char *name = g_strndup(rest, (gsize)(colon - rest));
    attach_zip(c, name, colon + 2, encrypted);
}

static void take_fact(Case *c, const char *rest) {
    const char *space = strchr(rest, ' ');
    CaseFact fact = {g_strndup(rest, (gsize)(space - rest)), g_strdup(space + 1)};
    g_array_append_val(c->facts, fact);
}

static void take_recipients(Case *c, const char *rest) {
    g_auto(GStrv) words = g_strsplit(rest, " ", -1);
    if (g_ascii_isdigit(rest[0]))
        set_recipients(c, NULL, (guint)strtoul(rest, NULL, 10));
    else
        set_recipients(c, words, g_strv_length(words));
}

static OvSeen answer_shape(gpointer data, guint64 sender, guint64 shape, gint64 now) {
    (void)sender, (void)shape, (void)now;
    return ((Case *)data)->earlier.shape;
}

static OvLogins answer_logins(gpointer data, const char *login, guint64 sender, guint64 shape,
                              gint64 now) {
    (void)login, (void)sender, (void)shape, (void)now;
    return ((Case *)data)->earlier.logins;
}

static OvSeen answer_unsubscribe(gpointer data, guint64 address, gint64 now) {
    (void)address, (void)now;
    return ((Case *)data)->earlier.unsubscribe;
}

static gboolean answer_other_body(gpointer data, guint64 message_id, guint64 body, gint64 now) {
    (void)message_id, (void)body, (void)now;
    return ((Case *)data)->earlier.other_body;
}

static guint answer_streams(gpointer data, guint64 from, gint64 now) {
    (void)from, (void)now;
    return ((Case *)data)->earlier.streams;
}

static gint64 answer_suppressed(gpointer data, OvSlice sender, const char *recipient) {
    const Case *c = data;
    (void)sender;
    return g_strcmp0(c->earlier.suppressed, recipient) == 0 ? c->earlier.suppressed_since : 0;
}

static OvVolume answer_volume(gpointer data, OvSlice sender, OvProvider provider, gint64 now) {
    (void)sender, (void)provider, (void)now;
    return ((Case *)data)->earlier.volume;
}

static OvEgressMail answer_egress(gpointer data, guint64 egress, guint64 sender, gint64 now) {
    (void)egress, (void)sender, (void)now;
    return ((Case *)data)->earlier.egress;
}

/* An address from which other mail leaves. */
static const OvEgressPoint OTHER_POINT = {.address = {.octets = {192, 0, 2, 250}, .length = 4}};
static const OvEgress OTHER_EGRESS = {.points = &OTHER_POINT, .n_points = 1};

static guint number_of(const char *word) {
    return (guint)strtoul(word, NULL, 10);
}

static OvSeen read_seen(char **words) {
    return (OvSeen){number_of(words[1]), number_of(words[2])};
}

static gboolean take_history(Case *c, const char *rest) {
    g_auto(GStrv) words = g_strsplit(rest, " ", -1);
    guint n = g_strv_length(words);
    c->history = (OvHistory){c,
                             answer_shape,
                             answer_logins,
                             answer_unsubscribe,
                             answer_other_body,
                             answer_streams,
                             answer_suppressed,
                             answer_volume,
                             answer_egress};
    c->envelope.history = &c->history;
    if (n == 3 && strcmp(words[0], "shape") == 0)
        c->earlier.shape = read_seen(words);
    else if (n == 3 && strcmp(words[0], "logins") == 0) {
        OvSeen numbers = read_seen(words);
        c->earlier.logins = (OvLogins){numbers.messages, numbers.recipients};
    } else if (n == 3 && strcmp(words[0], "unsubscribe") == 0)
        c->earlier.unsubscribe = read_seen(words);
    else if (n == 3 && strcmp(words[0], "suppressed") == 0) {
        c->earlier.suppressed = keep(c, g_strdup(words[1]));
        c->earlier.suppressed_since =
            c->envelope.now - g_ascii_strtoll(words[2], NULL, 10) * 3600 * G_USEC_PER_SEC;
    } else if (strcmp(rest, "other body") == 0)
        c->earlier.other_body = TRUE;
    else if (n == 2 && strcmp(words[0], "volume") == 0)
        c->earlier.volume = (OvVolume){number_of(words[1]), FALSE};
    else if (n == 5 && strcmp(words[0], "egress") == 0)
        c->earlier.egress = (OvEgressMail){number_of(words[1]), number_of(words[2]),
                                           number_of(words[3]), number_of(words[4])};
    else if (strcmp(rest, "bulk sender") == 0)
        c->earlier.volume.bulk = TRUE;
    else if (strcmp(rest, "bulk") == 0)
        c->earlier.streams |= OV_STREAM_BULK;
    else if (strcmp(rest, "transactional") == 0)
        c->earlier.streams |= OV_STREAM_TRANSACTIONAL;
    else
        return strcmp(rest, "empty") == 0;
    return TRUE;
}

static gboolean has_address(const char *const *list, OvSlice address) {
    for (; *list; list++)
        if (ov_slice_equal(address, ov_slice(*list)))
            return TRUE;
    return FALSE;
}

static void ask_owner(gpointer data, const char *login, OvSlice address) {
    (void)data, (void)login, (void)address;
}

static OvOwned answer_owner(gpointer data, const char *login, OvSlice address, gint64 deadline) {
    const Case *c = data;
    (void)login, (void)deadline;
    if (has_address(c->owners.owned, address))
        return OV_OWNED_YES;
    return has_address(c->owners.foreign, address) ? OV_OWNED_NO : OV_OWNED_UNKNOWN;
}

static void take_owners(Case *c, const char **list, const char *rest) {
    g_auto(GStrv) words = g_strsplit(rest, " ", G_N_ELEMENTS(c->owners.owned) - 1);
    for (guint i = 0; words[i]; i++)
        list[i] = keep(c, g_strdup(words[i]));
    c->ownership = (OvOwnership){.data = c, .ask = ask_owner, .answer = answer_owner};
    c->envelope.ownership = &c->ownership;
}

static gboolean take_submission(Case *c, const char *line) {
    const char *rest;
    if (is_directive(line, "login", &rest))
        c->envelope.login = keep(c, g_strdup(rest));
    else if (is_directive(line, "client", &rest))
        c->envelope.client_address = keep(c, g_strdup(rest));
    else if (is_directive(line, "tls", &rest))
        c->envelope.tls_version = keep(c, g_strdup(strcmp(rest, "none") == 0 ? "" : rest));
    else if (is_directive(line, "owned", &rest))
        take_owners(c, c->owners.owned, rest);
    else if (is_directive(line, "foreign", &rest))
        take_owners(c, c->owners.foreign, rest);
    else
        return FALSE;
    return TRUE;
}

/* "hour 60": a member of OvRecent. */
static gboolean take_recent(Case *c, const char *rest) {
    OvRecent *recent = &c->recent;
    const struct {
        const char *name;
        guint64 *number;
    } members[] = {
        {"hour", &recent->hour},
        {"day", &recent->day},
        {"usual", &recent->usual},
        {"messages", &recent->messages},
        {"held", &recent->held},
        {"delivered", &recent->delivered},
        {"bounced", &recent->bounced},
        {"domain-day", &recent->domain_day},
        {"domain-before", &recent->domain_before},
        {"domain-messages", &recent->domain_messages},
        {"domain-held", &recent->domain_held},
        {"domain-delivered", &recent->domain_delivered},
        {"domain-bounced", &recent->domain_bounced},
        {"domain-complained", &recent->domain_complained},
        {"clients", &recent->clients},
        {"script-burst", &recent->script_burst},
        {"gmail-delivered", &recent->provider[OV_PROVIDER_GMAIL].delivered},
        {"gmail-bounced", &recent->provider[OV_PROVIDER_GMAIL].bounced},
        {"yahoo-delivered", &recent->provider[OV_PROVIDER_YAHOO].delivered},
        {"yahoo-bounced", &recent->provider[OV_PROVIDER_YAHOO].bounced},
    };
    c->envelope.recent = recent;
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        gsize length = strlen(members[i].name);
        if (strncmp(rest, members[i].name, length) != 0 || rest[length] != ' ')
            continue;
        *members[i].number = g_ascii_strtoull(rest + length + 1, NULL, 10);
        return TRUE;
    }
    return strcmp(rest, "nothing") == 0;
}

static gboolean take_directive(Case *c, const char *line) {
    const char *rest;
    if (is_directive(line, "attach", &rest))
        take_attachment(c, rest);
    else if (is_directive(line, "zip", &rest))
        take_archive(c, rest, FALSE);
    else if (is_directive(line, "zip-with-password", &rest))
        take_archive(c, rest, TRUE);
    else if (is_directive(line, "fact", &rest))
        take_fact(c, rest);
    else if (is_directive(line, "score", &rest))
        c->score = g_ascii_strtod(rest, NULL);
    else if (is_directive(line, "sender", &rest))
        c->envelope.sender = keep(c, g_strdup(strcmp(rest, "<>") == 0 ? "" : rest));
    else if (is_directive(line, "recipients", &rest))
        take_recipients(c, rest);
    else if (is_directive(line, "traps", &rest)) {
        c->envelope.traps_known = TRUE;
        c->envelope.trap_recipients = (guint)strtoul(rest, NULL, 10);
    } else if (is_directive(line, "now", &rest))
        c->envelope.now = base_date + g_ascii_strtoll(rest, NULL, 10) * G_USEC_PER_SEC;
    else if (is_directive(line, "completed-later", &rest))
        c->envelope.completed_later = TRUE;
    else if (is_directive(line, "local", &rest))
        c->envelope.local = TRUE;
    else if (is_directive(line, "smtputf8", &rest)) {
        c->envelope.smtputf8_known = TRUE;
        c->envelope.smtputf8 = strcmp(rest, "yes") == 0;
    } else if (is_directive(line, "recent", &rest))
        return take_recent(c, rest);
    else if (is_directive(line, "history", &rest))
        return take_history(c, rest);
    else if (is_directive(line, "dns", &rest))
        return case_dns_take(c->dns, rest);
    else if (is_directive(line, "egress", &rest))
        return case_dns_take_egress(c->dns, rest);
    else if (is_directive(line, "helo", &rest))
        case_dns_take_helo(c->dns, rest);
    else if (is_directive(line, "signing", &rest))
        return case_dns_take_signing(c->dns, rest);
    else if (is_directive(line, "tls out", &rest))
        return case_dns_take_tls(c->dns, rest);
    else if (is_directive(line, "other egress", &rest))
        c->envelope.egress_all = &OTHER_EGRESS;
    else if (is_directive(line, "doubtful egress", &rest))
        c->envelope.egress_doubtful = TRUE;
    else if (is_directive(line, "watched", &rest))
        case_dns_take_lists(c->dns, rest);
    else if (is_directive(line, "domain-lists", &rest))
        case_dns_take_domain_lists(c->dns, rest);
    else if (is_directive(line, "mailbox", &rest))
        case_dns_take_mailbox(c->dns, rest);
    else if (is_directive(line, "watched-before", &rest))
        c->watched_before = g_ascii_strtoll(rest, NULL, 10) * G_USEC_PER_SEC;
    else if (is_directive(line, "mixed line ends", &rest))
        c->mixed_line_ends = TRUE;
    else
        return take_submission(c, line);
    return TRUE;
}

static gboolean take_line(Case *c, const char *line, gboolean *own_body) {
    const char *text = line[0] && line[1] ? line + 2 : "";
    if (line[0] == '+') {
        g_ptr_array_add(c->fields, unescape(text));
    } else if (line[0] == '=') {
        guint at = remove_field(c, text);
        g_ptr_array_insert(c->fields, (gint)at, unescape(text));
    } else if (line[0] == '-') {
        remove_field(c, text);
    } else if (line[0] == '|') {
        if (!*own_body)
            g_ptr_array_set_size(c->body, 0);
        *own_body = TRUE;
        g_ptr_array_add(c->body, unescape(text));
    } else {
        return take_directive(c, line);
    }
    return TRUE;
}

static void copy_lines(const GPtrArray *from, GPtrArray *to) {
    for (guint i = 0; i < from->len; i++) {
        const GString *line = g_ptr_array_index(from, i);
        g_ptr_array_add(to, g_string_new_len(line->str, (gssize)line->len));
    }
}

/* `[RULE kind] title`, or `[base]`. */
static Case *start_case(const char *line, guint number, const Case *base) {
    Case *c = case_new(number, base);
    g_auto(GStrv) words = g_strsplit_set(line + 1, " ]", 3);
    if (strcmp(words[0], "base") == 0) {
        static char recipient[] = "bert@otherhouse-test.org";
        set_recipients(c, (char *[]){recipient}, 1);
        return c;
    }
    c->rule = g_strdup(words[0]);
    c->kind = strcmp(words[1], "hit") == 0    ? CASE_HIT
              : strcmp(words[1], "near") == 0 ? CASE_NEAR
                                              : CASE_HAZARD;
    c->name = g_strdup_printf("%s %s:%s", words[0], words[1], words[2]);
    copy_lines(base->fields, c->fields);
    copy_lines(base->body, c->body);
    c->envelope.sender = keep(c, g_strdup(base->envelope.sender));
    set_recipients(c, (char **)(gpointer)base->envelope.recipients, base->envelope.n_recipients);
    return c;
}

GPtrArray *cases_load(const char *file, GError **error) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, error))
        return NULL;
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(case_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Case *c = NULL;
    gboolean own_body = FALSE;
    for (guint i = 0; lines[i]; i++) {
        if (lines[i][0] == '\0' || lines[i][0] == '#')
            continue;
        if (lines[i][0] == '[') {
            c = start_case(lines[i], i + 1, cases->len > 0 ? g_ptr_array_index(cases, 0) : NULL);
            g_ptr_array_add(cases, c);
            own_body = FALSE;
        } else if (!take_line(c, lines[i], &own_body)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: no such line: %s", file,
                        i + 1, lines[i]);
            return NULL;
        }
    }
    for (guint i = 0; i < cases->len; i++) {
        Case *done = g_ptr_array_index(cases, i);
        done->envelope.dns = case_dns_book(done->dns);
        done->envelope.egress = case_dns_egress(done->dns);
        if (!done->envelope.egress_all)
            done->envelope.egress_all = done->envelope.egress;
        done->envelope.standing =
            case_dns_standing(done->dns, done->envelope.now - done->watched_before);
    }
    return g_steal_pointer(&cases);
}

static void append_line(GString *message, const GString *line, const char *end) {
    g_string_append_len(message, line->str, (gssize)line->len);
    g_string_append(message, end);
}

static void append_attachments(GString *message, const Case *c, const char *end) {
    for (guint i = 0; i < c->parts->len; i++) {
        const GString *part = g_ptr_array_index(c->parts, i);
        g_auto(GStrv) lines = g_strsplit(part->str, "\n", -1);
        g_autofree char *joined = g_strjoinv(end, lines);
        g_string_append_printf(message, "--%s%s%s", boundary, end, joined);
    }
    g_string_append_printf(message, "--%s--%s", boundary, end);
}

static gboolean is_content_type(const GString *field) {
    return g_ascii_strncasecmp(field->str, "Content-Type:", 13) == 0;
}

GString *case_message(const Case *c, const char *end) {
    GString *message = g_string_new(NULL);
    gboolean multipart = c->parts->len > 0;
    for (guint i = 0; i < c->fields->len; i++)
        if (!multipart || !is_content_type(g_ptr_array_index(c->fields, i)))
            append_line(message, g_ptr_array_index(c->fields, i), end);
    if (multipart)
        g_string_append_printf(message, "Content-Type: multipart/mixed; boundary=%s%s%s--%s%s",
                               boundary, end, end, boundary, end);
    g_string_append(message, end);
    for (guint i = 0; i < c->body->len; i++)
        append_line(message, g_ptr_array_index(c->body, i), end);
    if (multipart)
        append_attachments(message, c, end);
    return message;
}
