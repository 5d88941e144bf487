#include "policy/delivery/log_search.h"

#include "policy/delivery/log_reader.h"
#include "policy/delivery/log_scan.h"
#include "policy/delivery/log_trail.h"
#include "rules/hash.h"

enum {
    MAX_THREADS = 8,
    SAMPLE = 64 /* of so many lines, the time of one is looked at */
};

static const gint64 PART = G_GINT64_CONSTANT(32) * 1024 * 1024; /* octets of a plain file */
static const gint64 HOUR = G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;

/* A place where a Message-ID is named. */
typedef struct {
    gint64 time;
    OvSlice host, queue_id, process; /* in one piece of memory, at host.data */
} Hit;

typedef struct {
    OvSlice id;
    GArray *hits;        /* Hit, the newest, in no order; NULL for none */
    GPtrArray *messages; /* OvLoggedMessage, in the caller's arena; NULL for none */
    guint64 n_seen;
} Wanted;

/* What one thread reads at a time: a packed file, or a part of a plain one. */
typedef struct {
    guint file;
    gint64 from, to, octets;
    guint64 device, identity;
    guint64 lines;         /* found by the first pass */
    guint64 lines_before;  /* in the file's parts before it */
    gint64 earliest, last; /* times of its lines, as far as they were looked at */
} Item;

typedef struct Search Search;
struct Search {
    const char *const *files;
    guint n_files;
    GArray *items;       /* Item */
    GHashTable *wanted;  /* set of Wanted */
    OvLogTrails *trails; /* of the second pass */
    GArray *times;       /* gint64, of the hits, ascending */
    OvArena *arena;      /* the caller's */
    GMutex lock;         /* of hits, troubles and octets */
    char **troubles;     /* by file; NULL for none */
    guint64 octets;
    void (*read)(Search *search, Item *item);
    gint next; /* item; atomic */
};

static OvSlice bare(OvSlice id) {
    id = ov_slice_trim(id);
    if (id.length >= 2 && id.data[0] == '<' && id.data[id.length - 1] == '>')
        id = ov_slice_trim((OvSlice){id.data + 1, id.length - 2});
    return id;
}

static guint hash_wanted(gconstpointer key) {
    return (guint)ov_hash_nocase(((const Wanted *)key)->id, 0);
}

static gboolean equal_wanted(gconstpointer a, gconstpointer b) {
    return ov_slice_equal_nocase(((const Wanted *)a)->id, ((const Wanted *)b)->id);
}

static Wanted *find_wanted(const Search *search, OvSlice id) {
    const Wanted key = {.id = bare(id)};
    return key.id.length > 0 ? g_hash_table_lookup(search->wanted, &key) : NULL;
}

static void clear_hit(gpointer data) {
    g_free((char *)((Hit *)data)->host.data);
}

static void free_wanted(gpointer data) {
    Wanted *wanted = data;
    g_clear_pointer(&wanted->hits, g_array_unref);
    g_clear_pointer(&wanted->messages, g_ptr_array_unref);
    g_free(wanted);
}

/* The first trouble of each file is told. */
static void take_trouble(Search *search, guint file, const char *text) {
    g_mutex_lock(&search->lock);
    if (!search->troubles[file])
        search->troubles[file] = g_strdup(text);
    g_mutex_unlock(&search->lock);
}

/* Files and their parts. */

/* The file that this one is told a second time; its own number where it is not. */
static gboolean is_told_again(const Search *search, guint64 device, guint64 identity) {
    for (guint i = 0; i < search->items->len; i++) {
        const Item *item = &g_array_index(search->items, Item, i);
        if (item->device == device && item->identity == identity)
            return TRUE;
    }
    return FALSE;
}

static void add_file(Search *search, guint file) {
    g_autoptr(GError) error = NULL;
    if (g_str_equal(search->files[file], "-")) {
        take_trouble(search, file, "- is no file: logs are read twice; tell them by their names");
        return;
    }
    g_autoptr(OvLogReader) reader = ov_log_reader_open(search->files[file], &error);
    if (!reader) {
        take_trouble(search, file, error->message);
        return;
    }
    Item item = {.file = file, .earliest = G_MAXINT64, .last = G_MININT64};
    ov_log_reader_identity(reader, &item.device, &item.identity);
    if (is_told_again(search, item.device, item.identity))
        return;
    gint64 size = ov_log_reader_size(reader);
    /* The last part has no end: a log may grow. */
    do {
        item.to = size - item.from > PART ? item.from + PART : G_MAXINT64;
        g_array_append_val(search->items, item);
        item.from = item.to;
    } while (item.to != G_MAXINT64);
}

static OvLogReader *open_item(Search *search, const Item *item) {
    g_autoptr(GError) error = NULL;
    guint64 device = 0, identity = 0;
    const char *path = search->files[item->file];
    g_autoptr(OvLogReader) reader = ov_log_reader_open_part(path, item->from, item->to, &error);
    if (!reader) {
        take_trouble(search, item->file, error->message);
        return NULL;
    }
    ov_log_reader_identity(reader, &device, &identity);
    if (device == item->device && identity == item->identity)
        return g_steal_pointer(&reader);
    g_autofree char *text =
        g_strdup_printf("%s: another file has this name now: was it rotated? Search again", path);
    take_trouble(search, item->file, text);
    return NULL;
}

typedef struct {
    Search *search;
    Item *item;
    OvLogClock clock;
    guint64 line; /* number in the item, from 1 */
} Reading;

/* Calls look for each line of the item. */
static void read_item(Search *search, Item *item, void (*look)(Reading *reading, OvSlice line)) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvLogReader) reader = open_item(search, item);
    Reading reading = {.search = search, .item = item};
    OvSlice lines;
    if (!reader)
        return;
    ov_log_clock_set(&reading.clock, ov_log_reader_changed(reader));
    item->octets = 0;
    while (ov_log_reader_lines(reader, &lines, &error)) {
        item->octets += (gint64)lines.length;
        for (const char *at = lines.data, *end = at + lines.length; at < end;) {
            const char *feed = memchr(at, '\n', (gsize)(end - at));
            const char *stop = feed ? feed : end;
            reading.line++;
            look(&reading, (OvSlice){at, (gsize)(stop - at)});
            at = stop + 1;
        }
    }
    item->lines = reading.line;
    if (error)
        take_trouble(search, item->file, error->message);
}

/* The first pass: from Message-IDs to queue ids. */

static void set_hit(Hit *hit, gint64 time, const OvLogLine *line, OvSlice queue_id) {
    gsize host = line->host.length, queue = queue_id.length, process = line->process.length;
    char *text = g_malloc(host + queue + process + 1);
    memcpy(text, line->host.data, host);
    memcpy(text + host, queue_id.data, queue);
    if (process > 0)
        memcpy(text + host + queue, line->process.data, process);
    *hit = (Hit){time, {text, host}, {text + host, queue}, {text + host + queue, process}};
}

/* A sender may use one Message-ID for a million messages: the newest are kept. */
static void add_hit(Search *search, Wanted *wanted, const OvLogLine *line, OvSlice queue_id) {
    g_mutex_lock(&search->lock);
    Hit hit;
    wanted->n_seen++;
    if (!wanted->hits) {
        wanted->hits = g_array_new(FALSE, FALSE, sizeof(Hit));
        g_array_set_clear_func(wanted->hits, clear_hit);
    }
    Hit *oldest = NULL;
    if (wanted->hits->len < OV_LOG_SEARCH_MAX_MESSAGES) {
        set_hit(&hit, line->time, line, queue_id);
        g_array_append_val(wanted->hits, hit);
    } else {
        for (guint i = 0; i < wanted->hits->len; i++) {
            Hit *one = &g_array_index(wanted->hits, Hit, i);
            if (!oldest || one->time < oldest->time)
                oldest = one;
        }
        if (oldest->time < line->time) {
            clear_hit(oldest);
            set_hit(oldest, line->time, line, queue_id);
        }
    }
    g_mutex_unlock(&search->lock);
}

static gboolean is_postfix(const OvLogLine *line) {
    return memchr(line->program.data, '/', line->program.length) != NULL;
}

/* Widens the time of the item's lines by that of this one. */
static gboolean look_at_time(Reading *reading, OvSlice line, OvLogLine *parsed) {
    Item *item = reading->item;
    if (!ov_log_line_parse(line, &reading->clock, parsed))
        return FALSE;
    item->earliest = MIN(item->earliest, parsed->time);
    item->last = MAX(item->last, parsed->time);
    return TRUE;
}

static void look_for_id(Reading *reading, OvSlice line) {
    OvLogLine parsed;
    OvLogEvent event;
    if (reading->line % SAMPLE == 1)
        look_at_time(reading, line, &parsed);
    if (!ov_log_line_split(line, &parsed))
        return;
    OvSlice text = parsed.text, queue_id;
    gboolean postfix = is_postfix(&parsed);
    if (!ov_scan_queue_id(&text, &queue_id) ||
        !(postfix ? OV_SCAN(&text, "message-id=") : OV_SCAN(&text, "from=")) ||
        !ov_log_event_parse(parsed.program, parsed.text, &event))
        return;
    Wanted *wanted = find_wanted(reading->search, event.message_id);
    if (!wanted || !look_at_time(reading, line, &parsed))
        return;
    if (postfix)
        parsed.process = (OvSlice){NULL, 0};
    add_hit(reading->search, wanted, &parsed, event.queue_id);
}

static void read_first(Search *search, Item *item) {
    read_item(search, item, look_for_id);
    g_mutex_lock(&search->lock);
    search->octets += (guint64)item->octets;
    g_mutex_unlock(&search->lock);
}

/* The second pass: from queue ids to their lines. */

static void look_for_queue_id(Reading *reading, OvSlice line) {
    const OvLogTrails *trails = reading->search->trails;
    OvLogLine parsed;
    OvLogEvent event;
    if (!ov_log_line_split(line, &parsed))
        return;
    OvSlice text = parsed.text, queue_id, client, login;
    gboolean has_id = ov_scan_queue_id(&text, &queue_id);
    gboolean has_login = !has_id && parsed.process.length > 0 && !is_postfix(&parsed) &&
                         ov_log_login_parse(parsed.text, &client, &login);
    if ((!has_login && !(has_id && ov_log_trails_may_follow(trails, queue_id))) ||
        !ov_log_line_parse(line, &reading->clock, &parsed))
        return;
    const OvLogPlace place = {
        .file = reading->item->file,
        .line = reading->item->lines_before + reading->line,
        .time = parsed.time,
        .host = parsed.host,
        .process = parsed.process,
    };
    if (has_login) {
        if (ov_log_trails_follows_process(trails, parsed.host, parsed.process, parsed.time))
            ov_log_trails_add_login(reading->search->trails, &place, client, login);
    } else if (ov_log_trails_follows(trails, parsed.host, queue_id, parsed.time) &&
               ov_log_event_parse(parsed.program, parsed.text, &event)) {
        ov_log_trails_add(reading->search->trails, &place, &event);
    }
}

/* Whether a followed message may have lines in the item: its clock may have stepped by an hour. */
static gboolean may_tell(const Search *search, const Item *item) {
    gint64 earliest = item->earliest - OV_LOG_TRAIL_AFTER - 2 * HOUR;
    gint64 last = item->last + OV_LOG_TRAIL_BEFORE + 2 * HOUR;
    guint low = 0, high = search->times->len;
    if (item->last < item->earliest)
        return FALSE;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(search->times, gint64, middle) < earliest)
            low = middle + 1;
        else
            high = middle;
    }
    return low < search->times->len && g_array_index(search->times, gint64, low) <= last;
}

static void read_second(Search *search, Item *item) {
    if (may_tell(search, item))
        read_item(search, item, look_for_queue_id);
}

/* Both passes. */

static gpointer work(gpointer data) {
    Search *search = data;
    for (;;) {
        guint next = (guint)g_atomic_int_add(&search->next, 1);
        if (next >= search->items->len)
            return NULL;
        search->read(search, &g_array_index(search->items, Item, next));
    }
}

static void run_pass(Search *search, void (*read)(Search *search, Item *item), guint n_threads) {
    GThread *threads[MAX_THREADS];
    n_threads = MIN(MIN(n_threads, search->items->len), MAX_THREADS);
    search->read = read;
    search->next = 0;
    for (guint i = 1; i < n_threads; i++)
        threads[i] = g_thread_new("log-search", work, search);
    work(search);
    for (guint i = 1; i < n_threads; i++)
        g_thread_join(threads[i]);
}

/* Each item's number of lines before it; items of one file stand in their order. */
static guint64 count_lines(Search *search) {
    guint64 all = 0, before = 0;
    for (guint i = 0; i < search->items->len; i++) {
        Item *item = &g_array_index(search->items, Item, i);
        if (item->from == 0)
            before = 0;
        item->lines_before = before;
        before += item->lines;
        all += item->lines;
    }
    return all;
}

static gint compare_times(gconstpointer a, gconstpointer b) {
    gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;
    return one < other ? -1 : one > other;
}

/* What the first pass found is followed by the second. */
static void follow_hits(Search *search) {
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, search->wanted);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        const Wanted *wanted = key;
        for (guint i = 0; wanted->hits && i < wanted->hits->len; i++) {
            const Hit *hit = &g_array_index(wanted->hits, Hit, i);
            ov_log_trails_follow(search->trails, hit->host, hit->queue_id, hit->process, hit->time);
            g_array_append_val(search->times, hit->time);
        }
    }
    g_array_sort(search->times, compare_times);
}

static void take_message(const OvLoggedMessage *message, OvSlice message_id, gpointer data) {
    Search *search = data;
    Wanted *wanted = find_wanted(search, message_id);
    if (!wanted)
        return;
    if (!wanted->messages)
        wanted->messages = g_ptr_array_new();
    OvLoggedMessage *kept = OV_ARENA_NEW(search->arena, OvLoggedMessage, 1);
    *kept = *message;
    g_ptr_array_add(wanted->messages, kept);
}

static gint compare_messages(gconstpointer a, gconstpointer b) {
    const OvLoggedMessage *one = *(const OvLoggedMessage *const *)a;
    const OvLoggedMessage *other = *(const OvLoggedMessage *const *)b;
    if (one->time != other->time)
        return one->time > other->time ? -1 : 1;
    gint order = strcmp(one->file, other->file);
    return order != 0 ? order : one->line > other->line ? -1 : one->line < other->line;
}

static void fill_found(Search *search, OvLogFound *found, const char *id) {
    OvSlice wanted_id = bare(ov_slice(id));
    const Wanted *wanted = find_wanted(search, wanted_id);
    GPtrArray *messages = wanted ? wanted->messages : NULL;
    guint n = messages ? MIN(messages->len, OV_LOG_SEARCH_MAX_MESSAGES) : 0;
    OvLoggedMessage *newest = OV_ARENA_NEW(search->arena, OvLoggedMessage, n + 1);
    if (messages)
        g_ptr_array_sort(messages, compare_messages);
    for (guint i = 0; i < n; i++)
        newest[i] = *(const OvLoggedMessage *)messages->pdata[i];
    *found = (OvLogFound){
        .message_id = ov_arena_strndup(search->arena, wanted_id.data, wanted_id.length),
        .messages = newest,
        .n_messages = n,
        .n_seen = wanted ? wanted->n_seen : 0,
    };
}

static void fill_troubles(Search *search, OvLogSearch *result) {
    const char **troubles = OV_ARENA_NEW(search->arena, const char *, search->n_files + 1);
    for (guint i = 0; i < search->n_files; i++)
        if (search->troubles[i]) {
            troubles[result->n_troubles++] =
                ov_arena_strndup(search->arena, search->troubles[i], strlen(search->troubles[i]));
            g_free(search->troubles[i]);
        }
    result->troubles = troubles;
}

static void search_files(Search *search, guint threads, OvLogSearch *result) {
    for (guint i = 0; i < search->n_files; i++)
        add_file(search, i);
    run_pass(search, read_first, threads);
    result->lines = count_lines(search);
    result->octets = search->octets;
    follow_hits(search);
    if (search->times->len > 0)
        run_pass(search, read_second, threads);
    ov_log_trails_fold(search->trails, search->arena, take_message, search);
    result->left_out = ov_log_trails_left_out(search->trails);
}

OvLogSearch *ov_log_search(const char *const *message_ids, guint n_message_ids,
                           const char *const *files, guint n_files, guint threads, OvArena *arena) {
    g_assert(n_message_ids <= OV_LOG_SEARCH_MAX_IDS);
    OvLogSearch *result = OV_ARENA_NEW(arena, OvLogSearch, 1);
    OvLogFound *found = OV_ARENA_NEW(arena, OvLogFound, n_message_ids + 1);
    Search search = {
        .files = files,
        .n_files = n_files,
        .items = g_array_new(FALSE, FALSE, sizeof(Item)),
        .wanted = g_hash_table_new_full(hash_wanted, equal_wanted, free_wanted, NULL),
        .trails = ov_log_trails_new(files),
        .times = g_array_new(FALSE, FALSE, sizeof(gint64)),
        .arena = arena,
        .troubles = g_new0(char *, n_files + 1),
    };
    g_mutex_init(&search.lock);
    for (guint i = 0; i < n_message_ids; i++) {
        OvSlice id = bare(ov_slice(message_ids[i]));
        if (id.length == 0 || find_wanted(&search, id))
            continue;
        Wanted *wanted = g_new0(Wanted, 1);
        wanted->id = id;
        g_hash_table_add(search.wanted, wanted);
    }
    search_files(&search, threads > 0 ? threads : g_get_num_processors(), result);
    for (guint i = 0; i < n_message_ids; i++)
        fill_found(&search, &found[i], message_ids[i]);
    result->found = found;
    result->n_found = n_message_ids;
    fill_troubles(&search, result);
    g_mutex_clear(&search.lock);
    g_array_unref(search.items);
    g_hash_table_unref(search.wanted);
    ov_log_trails_free(search.trails);
    g_array_unref(search.times);
    g_free(search.troubles);
    return result;
}
