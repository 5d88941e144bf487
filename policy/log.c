#include "policy/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

enum { VALUE_LIMIT = 1024 };

typedef enum { SINK_STDERR, SINK_JOURNAL, SINK_SYSLOG } Sink;

/* Written once by ov_log_open before there is a second thread. */
static struct {
    Sink sink;
    char program[64];
} target = {SINK_STDERR, "outvet"};

/* TRUE when systemd connected standard error to the journal (systemd.exec(5), JOURNAL_STREAM). */
static gboolean stderr_is_journal(void) {
    const char *stream = g_getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat status;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

gboolean ov_log_open(const char *name, gboolean foreground, const char *program) {
    Sink sink;

    if (g_str_equal(name, "journal"))
        sink = SINK_JOURNAL;
    else if (g_str_equal(name, "syslog"))
        sink = SINK_SYSLOG;
    else if (g_str_equal(name, "stderr"))
        sink = SINK_STDERR;
    else if (!g_str_equal(name, "auto"))
        return FALSE;
    else if (stderr_is_journal())
        sink = SINK_JOURNAL;
    else
        sink = foreground || isatty(STDERR_FILENO) ? SINK_STDERR : SINK_SYSLOG;

    target.sink = sink;
    g_strlcpy(target.program, program, sizeof target.program);
    if (sink == SINK_SYSLOG)
        openlog(target.program, LOG_PID, LOG_MAIL);
    return TRUE;
}

/* Characters that people can't see, or that reorder what they see, are escaped. */
static gboolean is_plain(gunichar c) {
    if (c < 0x80)
        return c > 0x20 && c != 0x7F;
    return g_unichar_isgraph(c) && g_unichar_type(c) != G_UNICODE_FORMAT;
}

static gboolean needs_quotes(const char *value, gsize length) {
    if (length == 0)
        return TRUE;
    for (const char *p = value; p < value + length;) {
        gunichar c = g_utf8_get_char_validated(p, value + length - p);
        if (c == (gunichar)-1 || c == (gunichar)-2 || !is_plain(c) || c == '"' || c == '\\')
            return TRUE;
        p += g_utf8_skip[(guchar)*p];
    }
    return FALSE;
}

static void append_value(GString *line, const char *value) {
    gsize length = strlen(value);
    gboolean cut = length > VALUE_LIMIT;

    if (cut) {
        length = VALUE_LIMIT;
        while (length > VALUE_LIMIT - 4 && ((guchar)value[length] & 0xC0) == 0x80)
            length--;
    }
    if (!needs_quotes(value, length) && !cut) {
        g_string_append_len(line, value, (gssize)length);
        return;
    }
    g_string_append_c(line, '"');
    for (const char *p = value; p < value + length;) {
        gunichar c = g_utf8_get_char_validated(p, value + length - p);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(line, "\\x%02X", (guint)(guchar)*p++);
            continue;
        }
        if (c == '"' || c == '\\')
            g_string_append_printf(line, "\\%c", (int)c);
        else if (c == ' ' || is_plain(c))
            g_string_append_unichar(line, c);
        else
            g_string_append_printf(line, "\\u{%X}", (guint)c);
        p += g_utf8_skip[(guchar)*p];
    }
    g_string_append(line, cut ? "\"..." : "\"");
}

static char *format(const char *queue_id, va_list pairs) {
    GString *line = g_string_sized_new(256);
    const char *key;

    if (queue_id) {
        append_value(line, queue_id);
        g_string_append_c(line, ':');
    }
    while ((key = va_arg(pairs, const char *))) {
        const char *value = va_arg(pairs, const char *);
        if (!value)
            continue;
        if (line->len > 0)
            g_string_append_c(line, ' ');
        g_string_append(line, key);
        g_string_append_c(line, '=');
        append_value(line, value);
    }
    return g_string_free(line, FALSE);
}

char *ov_log_format(const char *queue_id, ...) {
    va_list pairs;

    va_start(pairs, queue_id);
    char *line = format(queue_id, pairs);
    va_end(pairs);
    return line;
}

static void to_stderr(OvLogLevel level, const char *line) {
    static const char *const mark[] = {"error: ", "warning: ", ""};
    g_autofree char *text = g_strdup_printf("%s: %s%s\n", target.program, mark[level], line);

    /* One write, so that lines of several threads do not mix. Nowhere is left to tell a failure. */
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return;
}

static void to_journal(int priority, const char *line) {
    char level[] = "PRIORITY=0";
    g_autofree char *message = g_strconcat("MESSAGE=", line, NULL);
    g_autofree char *name = g_strconcat("SYSLOG_IDENTIFIER=", target.program, NULL);

    level[sizeof level - 2] = (char)('0' + priority);
    struct iovec fields[] = {
        {message, strlen(message)},
        {name, strlen(name)},
        {level, sizeof level - 1},
    };
    sd_journal_sendv(fields, G_N_ELEMENTS(fields));
}

void ov_log(OvLogLevel level, const char *queue_id, ...) {
    static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO};
    va_list pairs;

    va_start(pairs, queue_id);
    g_autofree char *line = format(queue_id, pairs);
    va_end(pairs);

    switch (target.sink) {
    case SINK_STDERR:
        to_stderr(level, line);
        break;
    case SINK_JOURNAL:
        to_journal(priorities[level], line);
        break;
    case SINK_SYSLOG:
        syslog(priorities[level], "%s", line);
        break;
    }
}
