/* The journal's entries of the mail facility, as Postfix and Sendmail write them by syslog(3). */
#include "policy/delivery/source_internal.h"

#include <errno.h>
#include <stdio.h>
#include <systemd/sd-journal.h>

static const gint64 FIRST_TIME = G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC;

typedef struct {
    OvLogSource source;
    char *position; /* cursor of the entry read last */
    sd_journal *journal;
    gboolean unread; /* it stands at an entry that was not handed over */
} JournalSource;

static gboolean fail(int reason, GError **error) {
    g_set_error(error, OV_SOURCE_ERROR,
                reason == -EACCES || reason == -EPERM ? OV_SOURCE_ERROR_DENIED
                                                      : OV_SOURCE_ERROR_READ,
                "the journal can't be read: %s", g_strerror(-reason));
    return FALSE;
}

/* A user without the right to read the journal's files gets an empty journal. */
static gboolean is_there(const JournalSource *source, GError **error) {
    if (sd_journal_has_persistent_files(source->journal) > 0 ||
        sd_journal_has_runtime_files(source->journal) > 0)
        return TRUE;
    g_set_error(error, OV_SOURCE_ERROR, OV_SOURCE_ERROR_DENIED,
                "there is no journal that outvetd may read");
    return FALSE;
}

/* Behind the position, or a day back. */
static int seek(JournalSource *source) {
    if (!source->position)
        return sd_journal_seek_realtime_usec(source->journal,
                                             (guint64)(g_get_real_time() - FIRST_TIME));
    int result = sd_journal_seek_cursor(source->journal, source->position);
    if (result >= 0)
        result = sd_journal_next(source->journal);
    /* Where that entry is gone the next one stands here. One can't step back from the first. */
    source->unread = result > 0 && sd_journal_test_cursor(source->journal, source->position) <= 0;
    return result;
}

static void close_journal(JournalSource *source) {
    if (source->journal)
        sd_journal_close(source->journal);
    source->journal = NULL;
    source->unread = FALSE;
}

static gboolean open_journal(JournalSource *source, GError **error) {
    int result = sd_journal_open(&source->journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
    if (result < 0) {
        source->journal = NULL;
        return fail(result, error);
    }
    if (is_there(source, error)) {
        if ((result = sd_journal_add_match(source->journal, "SYSLOG_FACILITY=2", 0)) >= 0 &&
            (result = seek(source)) >= 0)
            return TRUE;
        fail(result, error);
    }
    close_journal(source);
    return FALSE;
}

/* The value of a field; empty where the entry has none. */
static OvSlice field(sd_journal *journal, const char *name) {
    const void *data;
    size_t length, skip = strlen(name) + 1;
    if (sd_journal_get_data(journal, name, &data, &length) < 0 || length < skip)
        return (OvSlice){NULL, 0};
    return (OvSlice){(const char *)data + skip, length - skip};
}

static void hand_over(JournalSource *source, OvIntake *intake) {
    guint64 time;
    if (sd_journal_get_realtime_usec(source->journal, &time) < 0)
        return;
    /* The next field's data may stand in the place of this one's. */
    OvSlice program = field(source->journal, "SYSLOG_IDENTIFIER");
    g_autofree char *kept = g_strndup(program.data ? program.data : "", program.length);
    ov_intake_entry(intake, (gint64)time, ov_slice(kept), field(source->journal, "MESSAGE"));
}

/* Goes to the next entry to hand over; as sd_journal_next. */
static int advance(JournalSource *source) {
    if (!source->unread)
        return sd_journal_next(source->journal);
    source->unread = FALSE;
    return 1;
}

static void keep_position(JournalSource *source) {
    char *cursor;
    if (sd_journal_get_cursor(source->journal, &cursor) < 0)
        return;
    g_free(source->position);
    source->position = g_strdup(cursor);
    free(cursor);
}

static gboolean read_journal(OvLogSource *base, OvIntake *intake, gboolean *more, GError **error) {
    JournalSource *source = (JournalSource *)base;
    if (!source->journal && !open_journal(source, error))
        return FALSE;
    guint n = 0;
    int result = 0;
    while (n < OV_SOURCE_AT_ONCE && (result = advance(source)) > 0) {
        hand_over(source, intake);
        n++;
    }
    if (n > 0)
        keep_position(source);
    if (result < 0) {
        close_journal(source);
        return fail(result, error);
    }
    *more = n == OV_SOURCE_AT_ONCE;
    return TRUE;
}

static char *position_of(const OvLogSource *base) {
    return g_strdup(((const JournalSource *)base)->position);
}

static int descriptor_of(const OvLogSource *base) {
    const JournalSource *source = (const JournalSource *)base;
    return source->journal ? sd_journal_get_fd(source->journal) : -1;
}

static void take_notices(OvLogSource *base) {
    JournalSource *source = (JournalSource *)base;
    if (source->journal)
        sd_journal_process(source->journal);
}

static void free_journal(OvLogSource *base) {
    JournalSource *source = (JournalSource *)base;
    close_journal(source);
    g_free(source->position);
    g_free(source);
}

OvLogSource *ov_source_journal_new(const char *position) {
    static const OvSourceKind JOURNAL_SOURCE = {free_journal, read_journal, position_of,
                                                descriptor_of, take_notices};
    JournalSource *source = g_new0(JournalSource, 1);
    source->source.kind = &JOURNAL_SOURCE;
    source->position = g_strdup(position);
    return &source->source;
}
