#include "policy/queue/sendmail_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/queue/request.h"

enum { MAX_CONTROL = 16 * 1024 * 1024 /* octets of a control file: some 100,000 recipients */ };

static const char usual_directory[] = "/var/spool/mqueue";

/* Where the files of a message lie: in directories of their own below a queue directory, if it has
 * them. */
typedef struct {
    char *path, *control, *data, *transcript;
} Place;

struct OvSendmailQueue {
    GPtrArray *places;    /* Place */
    GHashTable *messages; /* id, which is the key, to OvSendmailMessage */
};

static void place_free(gpointer data) {
    Place *place = data;
    g_free(place->path);
    g_free(place->control);
    g_free(place->data);
    g_free(place->transcript);
    g_free(place);
}

void ov_sendmail_queue_free(OvSendmailQueue *queue) {
    g_hash_table_unref(queue->messages);
    g_ptr_array_unref(queue->places);
    g_free(queue);
}

/* --- sendmail.cf --- */

/* "QueueDirectory=/var/spool/mqueue" of a line "O QueueDirectory=..."; NULL for other lines. */
static char *directory_option(const char *line) {
    static const char name[] = "QueueDirectory";
    if (line[0] != 'O' || !g_ascii_isspace(line[1]))
        return NULL;
    while (g_ascii_isspace(*++line))
        continue;
    if (g_ascii_strncasecmp(line, name, sizeof name - 1) != 0)
        return NULL;
    const char *sign = line + sizeof name - 1 + strspn(line + sizeof name - 1, " \t");
    return *sign == '=' ? g_strstrip(g_strdup(sign + 1)) : NULL;
}

/* Of a queue group: "Qlocal, P=/var/spool/mqueue/local, R=2". NULL where it names none. */
static char *group_directory(const char *line) {
    if (line[0] != 'Q')
        return NULL;
    g_auto(GStrv) fields = g_strsplit(line, ",", -1);
    for (guint i = 1; fields[0] && fields[i]; i++) {
        const char *field = g_strstrip(fields[i]), *sign = strchr(field, '=');
        if (field[0] == 'P' && sign)
            return g_strstrip(g_strdup(sign + 1));
    }
    return NULL;
}

/* The queue directories that it names, also with "*" at the end. */
static GPtrArray *read_configuration(const char *path, GError **error) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    g_autofree char *general = g_strdup(usual_directory);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        char *option = directory_option(lines[i]);
        char *group = option ? NULL : group_directory(lines[i]);
        if (option) {
            g_free(general);
            general = option;
        } else if (group) {
            g_ptr_array_add(names, group);
        }
    }
    g_ptr_array_add(names, g_steal_pointer(&general));
    return names;
}

/* --- The directories --- */

static char *own_directory(const char *path, const char *name) {
    g_autofree char *own = g_build_filename(path, name, NULL);
    return g_file_test(own, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&own) : g_strdup(path);
}

static void add_place(OvSendmailQueue *queue, const char *path) {
    for (guint i = 0; i < queue->places->len; i++)
        if (strcmp(((Place *)queue->places->pdata[i])->path, path) == 0)
            return;
    Place *place = g_new(Place, 1);
    *place = (Place){
        .path = g_strdup(path),
        .control = own_directory(path, "qf"),
        .data = own_directory(path, "df"),
        .transcript = own_directory(path, "xf"),
    };
    g_ptr_array_add(queue->places, place);
}

static GDir *open_directory(const char *path, GError **error) {
    g_autoptr(GError) inner = NULL;
    GDir *directory = g_dir_open(path, 0, &inner);
    if (!directory && g_error_matches(inner, G_FILE_ERROR, G_FILE_ERROR_ACCES))
        g_set_error(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_PERMISSION,
                    "Sendmail's queue %s is open to root alone: use sudo, or run outvet-queue",
                    path);
    else if (!directory)
        g_set_error_literal(error, OV_QUEUE_ERROR, OV_QUEUE_ERROR_MTA, inner->message);
    return directory;
}

static gboolean add_places(OvSendmailQueue *queue, const char *name, GError **error) {
    if (!g_str_has_suffix(name, "*")) {
        add_place(queue, name);
        return TRUE;
    }
    g_autofree char *above = g_path_get_dirname(name), *start = g_path_get_basename(name);
    start[strlen(start) - 1] = '\0';
    g_autoptr(GDir) directory = open_directory(above, error);
    const char *entry;
    while (directory && (entry = g_dir_read_name(directory))) {
        g_autofree char *path = g_build_filename(above, entry, NULL);
        if (g_str_has_prefix(entry, start) && g_file_test(path, G_FILE_TEST_IS_DIR))
            add_place(queue, path);
    }
    return directory != NULL;
}

static void add_message(OvSendmailQueue *queue, guint place, const char *name) {
    gboolean held = g_str_has_prefix(name, "hf");
    if ((!held && !g_str_has_prefix(name, "qf")) || !ov_queue_id_is_sendmail(name + 2))
        return;
    char *id = g_strdup(name + 2);
    OvSendmailMessage *message = g_new(OvSendmailMessage, 1);
    *message = (OvSendmailMessage){id, held, place};
    g_hash_table_replace(queue->messages, id, message);
}

static gboolean look_into(OvSendmailQueue *queue, guint place, GError **error) {
    g_autoptr(GDir) directory =
        open_directory(((Place *)queue->places->pdata[place])->control, error);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)))
        add_message(queue, place, name);
    return directory != NULL;
}

OvSendmailQueue *ov_sendmail_queue_look(const char *configuration, GError **error) {
    g_autoptr(GPtrArray) names = read_configuration(configuration, error);
    if (!names)
        return NULL;
    g_autoptr(OvSendmailQueue) queue = g_new(OvSendmailQueue, 1);
    queue->places = g_ptr_array_new_with_free_func(place_free);
    queue->messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < names->len; i++)
        if (!add_places(queue, names->pdata[i], error))
            return NULL;
    for (guint i = 0; i < queue->places->len; i++)
        if (!look_into(queue, i, error))
            return NULL;
    return g_steal_pointer(&queue);
}

GPtrArray *ov_sendmail_queue_all(const OvSendmailQueue *queue) {
    GPtrArray *all = g_ptr_array_sized_new(g_hash_table_size(queue->messages));
    GHashTableIter iter;
    gpointer message;
    g_hash_table_iter_init(&iter, queue->messages);
    while (g_hash_table_iter_next(&iter, NULL, &message))
        g_ptr_array_add(all, message);
    return all;
}

const OvSendmailMessage *ov_sendmail_queue_find(const OvSendmailQueue *queue, const char *id) {
    return g_hash_table_lookup(queue->messages, id);
}

/* --- The files --- */

static const Place *place_of(const OvSendmailQueue *queue, const OvSendmailMessage *message) {
    return queue->places->pdata[message->place];
}

static char *control_path(const OvSendmailQueue *queue, const OvSendmailMessage *message) {
    return g_strconcat(place_of(queue, message)->control, message->held ? "/hf" : "/qf",
                       message->id, NULL);
}

/* The control file names the queue directory by its path, or by the end of it. */
static gboolean is_named(const Place *place, const char *name) {
    g_autofree char *end = g_strconcat("/", name, NULL);
    return strcmp(place->path, name) == 0 || g_str_has_suffix(place->path, end);
}

static char *body_path(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                       const OvQueueFile *file) {
    const char *directory = place_of(queue, message)->data;
    for (guint i = 0; file->data_directory && i < queue->places->len; i++)
        if (is_named(queue->places->pdata[i], file->data_directory))
            directory = ((Place *)queue->places->pdata[i])->data;
    return g_strconcat(directory, "/df", message->id, NULL);
}

/* A file of the queue is never a link, a device or a pipe. -1 where it is not there. */
static int open_file(const char *path, guint64 *size) {
    struct stat state;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &state) == 0 && S_ISREG(state.st_mode))) {
        *size = fd < 0 ? 0 : (guint64)state.st_size;
        return fd;
    }
    close(fd);
    return -1;
}

/* Up to limit octets. */
static gboolean read_from(int fd, gsize limit, GString *text) {
    char buffer[64 * 1024];
    gsize start = text->len;
    while (text->len - start < limit) {
        ssize_t n = read(fd, buffer, MIN(sizeof buffer, limit - (text->len - start)));
        if (n < 0 && errno != EINTR)
            return FALSE;
        if (n == 0)
            break;
        if (n > 0)
            g_string_append_len(text, buffer, n);
    }
    return TRUE;
}

static gboolean read_control(int fd, guint64 size, OvQueueFile *file) {
    g_autoptr(GString) text = g_string_sized_new(MIN(size, MAX_CONTROL) + 1);
    return read_from(fd, MAX_CONTROL, text) && ov_queue_file_parse(file, text->str, text->len);
}

gboolean ov_sendmail_queue_read(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                                OvQueueFile *file, guint64 *size) {
    g_autofree char *path = control_path(queue, message);
    guint64 length;
    *file = (OvQueueFile){.sender = NULL};
    int fd = open_file(path, &length);
    if (fd < 0)
        return FALSE;
    gboolean done = read_control(fd, length, file);
    close(fd);
    if (!done || !size)
        return done;
    g_autofree char *body = body_path(queue, message, file);
    fd = open_file(body, size);
    if (fd >= 0)
        close(fd);
    return TRUE;
}

gboolean ov_sendmail_queue_body(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                                const OvQueueFile *file, gsize limit, GString *text,
                                gboolean *more) {
    g_autofree char *path = body_path(queue, message, file);
    guint64 size;
    int fd = open_file(path, &size);
    if (fd < 0)
        return FALSE;
    gboolean done = read_from(fd, limit, text);
    close(fd);
    *more = size > limit;
    return done;
}

/* TRUE while it is the file of that name: Sendmail replaces it as a whole. */
static gboolean is_current(int fd, const char *path) {
    struct stat open_one, named;
    return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
           open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

/* The control file goes first: a body without one is cleared away by Sendmail, and never sent. */
static gboolean take_away(const OvSendmailQueue *queue, const OvSendmailMessage *message,
                          const char *control, const OvQueueFile *file) {
    g_autofree char *body = body_path(queue, message, file);
    g_autofree char *transcript =
        g_strconcat(place_of(queue, message)->transcript, "/xf", message->id, NULL);
    if (unlink(control) != 0)
        return FALSE;
    unlink(body);
    unlink(transcript);
    return TRUE;
}

gboolean ov_sendmail_queue_delete(const OvSendmailQueue *queue, const OvSendmailMessage *message) {
    g_autofree char *path = control_path(queue, message);
    g_auto(OvQueueFile) file = {.sender = NULL};
    guint64 size;
    int fd = open_file(path, &size);
    if (fd < 0)
        return FALSE;
    gboolean done = flock(fd, LOCK_EX | LOCK_NB) == 0 && is_current(fd, path) &&
                    read_control(fd, size, &file) && take_away(queue, message, path, &file);
    close(fd);
    return done;
}
