#include "policy/alert/message.h"

#include "policy/alert/channel.h"
#include "policy/mta_program.h"
#include "policy/run.h"

#include <string.h>

enum {
    LINE_LIMIT = 76,     /* of quoted-printable (RFC 2045 6.7) */
    SUBJECT_LIMIT = 200, /* octets */
    HOST_LIMIT = 255,
    SEND_SECONDS = 10,
    SAID_LIMIT = 64 * 1024,
};

/* Printable ASCII, anything else as `?`. */
static char *plain(const char *text, gsize limit) {
    g_autofree char *ascii = g_str_to_ascii(text, "C");
    char *result = g_strndup(ascii, limit);
    for (char *p = result; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    return result;
}

/* Letters, digits, `-` and `.` of a name; "localhost" where that leaves nothing. */
static char *host_name(const char *name) {
    GString *host = g_string_new(NULL);
    for (; *name && host->len < HOST_LIMIT; name++)
        if (g_ascii_isalnum(*name) || *name == '-' || *name == '.')
            g_string_append_c(host, *name);
    if (host->len == 0)
        g_string_append(host, "localhost");
    return g_string_free(host, FALSE);
}

/* A full stop at the start of a line is escaped too: some sendmail(1) take it for the end. */
static gboolean is_literal(char c, gsize column) {
    return c >= ' ' && c <= '~' && c != '=' && (c != '.' || column > 0);
}

static void append_quoted(GString *out, const char *text) {
    static const char HEX[] = "0123456789ABCDEF";
    gsize column = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\n') {
            g_string_append_c(out, '\n');
            column = 0;
            continue;
        }
        /* White space at the end of a line would be lost; so would "From " at its start be. */
        gboolean literal = is_literal(*p, column) && !(*p == ' ' && (p[1] == '\n' || !p[1])) &&
                           !(column == 0 && g_str_has_prefix(p, "From "));
        gsize width = literal ? 1 : 3;
        if (column + width > LINE_LIMIT - 1) {
            g_string_append(out, "=\n");
            column = 0;
            p--;
            continue;
        }
        if (literal)
            g_string_append_c(out, *p);
        else
            g_string_append_printf(out, "=%c%c", HEX[(guchar)*p >> 4], HEX[(guchar)*p & 15]);
        column += width;
    }
    if (column > 0)
        g_string_append_c(out, '\n');
}

static void append_date(GString *out, gint64 time) {
    static const char DAYS[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char MONTHS[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);
    g_string_append_printf(
        out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n",
        DAYS[g_date_time_get_day_of_week(date) - 1], g_date_time_get_day_of_month(date),
        MONTHS[g_date_time_get_month(date) - 1], g_date_time_get_year(date),
        g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
}

char *ov_own_message(const OvOwnMessage *message, const guint8 key[OV_ALERT_KEY_SIZE]) {
    GString *out = g_string_sized_new(2048);
    g_autofree char *host = host_name(message->host);
    g_autofree char *id = ov_seal_message_id(host, message->time);
    g_autofree char *subject = plain(message->subject, SUBJECT_LIMIT);
    char seal[OV_SEAL_SIZE];
    ov_seal_make(key, id, seal);

    g_string_append_printf(out, "From: Outvet <%s>\nTo: ", message->from);
    for (const char *const *to = message->to; *to; to++)
        g_string_append_printf(out, "%s%s", to == message->to ? "" : ",\n ", *to);
    g_string_append_printf(out, "\nSubject: %s\n", subject);
    append_date(out, message->time);
    g_string_append_printf(out,
                           "Message-ID: %s\nAuto-Submitted: %s\n" OV_ALERT_FIELD_NAME ": %s\n"
                           "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                           "Content-Transfer-Encoding: quoted-printable\n\n",
                           id, message->auto_submitted, seal);
    append_quoted(out, message->text);
    return g_string_free(out, FALSE);
}

/* sendmail(1) by the words that all of them know. */
static GPtrArray *sendmail_words(const OvSettings *settings, const char *program, const char *from,
                                 const char *const *to) {
    GPtrArray *words = g_ptr_array_new();
    g_ptr_array_add(words, (gpointer)(guintptr)program);
    if (*settings->postfix_config_directory) {
        g_ptr_array_add(words, (gpointer)(guintptr) "-C");
        g_ptr_array_add(words, (gpointer)(guintptr)settings->postfix_config_directory);
    }
    g_ptr_array_add(words, (gpointer)(guintptr) "-i");
    g_ptr_array_add(words, (gpointer)(guintptr) "-f");
    g_ptr_array_add(words, (gpointer)(guintptr)(*from ? from : "<>"));
    g_ptr_array_add(words, (gpointer)(guintptr) "--");
    for (; *to; to++)
        g_ptr_array_add(words, (gpointer)(guintptr)*to);
    g_ptr_array_add(words, NULL);
    return words;
}

gboolean ov_own_message_send(const OvSettings *settings, const char *from, const char *const *to,
                             const char *text, GError **error) {
    g_autofree char *program = ov_mta_program(settings, "sendmail");
    if (!program) {
        g_set_error_literal(error, OV_ALERT_ERROR, OV_ALERT_ERROR_NEVER,
                            "there is no sendmail; [mta] command_directory says where it is");
        return FALSE;
    }
    g_autoptr(GPtrArray) words = sendmail_words(settings, program, from, to);
    OvProgram run = {.argv = (const char *const *)words->pdata,
                     .input = text,
                     .own_group = TRUE,
                     .max_output = SAID_LIMIT,
                     .time_limit = SEND_SECONDS * G_USEC_PER_SEC};
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) trouble = NULL;
    if (ov_run_program(&run, &ran, &trouble) && ov_ran_well(&ran, program, &trouble))
        return TRUE;
    g_set_error(error, OV_ALERT_ERROR, OV_ALERT_ERROR_LATER, "%s: %s", program, trouble->message);
    return FALSE;
}
