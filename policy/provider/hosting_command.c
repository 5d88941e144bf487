/* Any other provider: a program that asks it, and answers in JSON in our own words; its verbs,
 * answers and exit codes stand in outvet-provider(1). */
#include "policy/provider/answer.h"
#include "policy/provider/answer_json.h"
#include "policy/provider/hosting_variant.h"
#include "policy/run.h"
#include "policy/time_text.h"

#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

typedef struct {
    const char *const *command;
    gint64 time_limit;
    OvStop *stop;
    gint64 wait;
} Hosting;

static gpointer start(OvSettings *settings, OvStop *stop, GError **error) {
    if (!settings->provider_command[0]) {
        g_set_error_literal(error, OV_HOSTING_ERROR, OV_HOSTING_ERROR_SETUP,
                            "[provider] kind is command, but [provider] command names no program");
        return NULL;
    }
    Hosting *hosting = g_new0(Hosting, 1);
    hosting->command = settings->provider_command;
    hosting->time_limit = settings->provider_time_limit;
    hosting->stop = stop;
    return hosting;
}

static gboolean gives_up(gpointer stop) {
    return ov_stop_is_set(stop);
}

/* What an exit code says, for all verbs; TRUE for those that are known. */
static gboolean error_of(int status, OvHostingError *code) {
    static const struct {
        int status;
        OvHostingError code;
    } CODES[] = {
        {EX_CONFIG, OV_HOSTING_ERROR_SETUP},  {EX_NOPERM, OV_HOSTING_ERROR_DENIED},
        {EX_NOINPUT, OV_HOSTING_ERROR_GONE},  {EX_UNAVAILABLE, OV_HOSTING_ERROR_AWAY},
        {EX_TEMPFAIL, OV_HOSTING_ERROR_BUSY},
    };
    for (guint i = 0; WIFEXITED(status) && i < G_N_ELEMENTS(CODES); i++)
        if (WEXITSTATUS(status) == CODES[i].status) {
            *code = CODES[i].code;
            return TRUE;
        }
    return FALSE;
}

/* {"wait": 129}, seconds. */
static gint64 wait_in(const OvRan *ran) {
    static const gint64 longest = G_GINT64_CONSTANT(366) * 86400;
    json_t *root = ov_answer_parse(ran->output, ran->length, NULL);
    gint64 wait = ov_answer_number(json_object_get(root, "wait"), 0, longest, 0);
    json_decref(root);
    return wait * G_USEC_PER_SEC;
}

static void set_error(GError **error, OvHostingError code, const char *verb, const char *words) {
    g_set_error(error, OV_HOSTING_ERROR, (gint)code, "[provider] command, %s: %s", verb, words);
}

/* NULL with error; unblock: what is not known to have failed is unsure. */
static json_t *read_answer(Hosting *hosting, const OvRan *ran, const char *verb, gboolean unblock,
                           GError **error) {
    g_autoptr(GError) inner = NULL;
    OvHostingError code = OV_HOSTING_ERROR_AWAY;
    if (ran->truncated) {
        set_error(error, unblock ? OV_HOSTING_ERROR_UNSURE : OV_HOSTING_ERROR_ANSWER, verb,
                  "its answer is longer than 8 MiB");
        return NULL;
    }
    if (!ov_ran_well(ran, hosting->command[0], &inner)) {
        if (!error_of(ran->status, &code) && unblock)
            code = OV_HOSTING_ERROR_UNSURE;
        if (code == OV_HOSTING_ERROR_BUSY) {
            hosting->wait = wait_in(ran);
            code = unblock ? OV_HOSTING_ERROR_STILL : code;
        }
        set_error(error, code, verb, inner->message);
        return NULL;
    }
    json_t *root = ov_answer_parse(ran->output, ran->length, &inner);
    if (!root && unblock)
        return json_null();
    if (!root)
        set_error(error, OV_HOSTING_ERROR_ANSWER, verb, inner->message);
    return root;
}

/* words: NULL-terminated, the verb first. */
static json_t *run(Hosting *hosting, const char *const *words, GError **error) {
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    gboolean unblock = strcmp(words[0], "unblock") == 0;
    for (const char *const *word = hosting->command; *word; word++)
        g_ptr_array_add(argv, (gpointer)*word);
    for (const char *const *word = words; *word; word++)
        g_ptr_array_add(argv, (gpointer)*word);
    g_ptr_array_add(argv, NULL);
    OvProgram program = {
        .argv = (const char *const *)argv->pdata,
        .own_group = TRUE,
        .max_output = OV_ANSWER_MAX_SIZE,
        .time_limit = hosting->time_limit,
        .give_up = gives_up,
        .data = hosting->stop,
    };
    g_auto(OvRan) ran = {.output = NULL};
    g_autoptr(GError) inner = NULL;
    hosting->wait = 0;
    if (ov_run_program(&program, &ran, &inner))
        return read_answer(hosting, &ran, words[0], unblock, error);
    OvHostingError code = inner->code == OV_RUN_ERROR_START ? OV_HOSTING_ERROR_SETUP
                          : unblock                         ? OV_HOSTING_ERROR_UNSURE
                                                            : OV_HOSTING_ERROR_AWAY;
    set_error(error, code, words[0],
              ov_stop_is_set(hosting->stop) ? "it was ended because Outvet ends" : inner->message);
    return NULL;
}

static const char **networks(gpointer self, const char *type, OvArena *arena, guint *n,
                             GError **error) {
    json_t *root = run(self, (const char *const[]){"networks", type, NULL}, error);
    const char **found = root ? ov_answer_networks(root, arena, n, error) : NULL;
    json_decref(root);
    return found;
}

static const char **blocked(gpointer self, const char *network, gboolean past, OvArena *arena,
                            guint *n, GError **error) {
    const char *const words[] = {"blocked", network, past ? "past" : NULL, NULL};
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    json_t *root = run(self, words, error);
    gboolean done = root && ov_answer_addresses(root, network, arena, addresses, error);
    json_decref(root);
    return done ? ov_answer_list(addresses, arena, n) : NULL;
}

static gboolean block_of(gpointer self, const char *network, const char *address, OvBlock *block,
                         OvArena *arena, GError **error) {
    json_t *root = run(self, (const char *const[]){"block", network, address, NULL}, error);
    gboolean done =
        root && ov_answer_block(&ov_answer_of_command, root, network, address, block, arena, error);
    json_decref(root);
    return done;
}

static OvDetected *detected(gpointer self, const char *network, const char *address, gint64 from,
                            gint64 to, OvArena *arena, guint *n, OvReport **reports,
                            guint *n_reports, GError **error) {
    g_autofree char *first = ov_time_text(from), *last = ov_time_text(to);
    const char *const words[] = {"detected", network, address, first, last, NULL};
    json_t *root = run(self, words, error);
    OvDetected *found =
        root ? ov_answer_detected(&ov_answer_of_command, root, arena, n, reports, n_reports, error)
             : NULL;
    json_decref(root);
    return found;
}

static gboolean unblock(gpointer self, const char *network, const char *address, OvBlock *block,
                        OvArena *arena, GError **error) {
    json_t *root = run(self, (const char *const[]){"unblock", network, address, NULL}, error);
    if (!root)
        return FALSE;
    if (!ov_answer_block(&ov_answer_of_command, root, network, address, block, arena, NULL) &&
        !block_of(self, network, address, block, arena, NULL))
        *block = (OvBlock){
            .network = ov_arena_strndup(arena, network, strlen(network)),
            .address = ov_arena_strndup(arena, address, strlen(address)),
            .state = OV_BLOCK_UNBLOCKING,
        };
    json_decref(root);
    return TRUE;
}

static gint64 wait_of(gconstpointer self) {
    return ((const Hosting *)self)->wait;
}

static const char *query_id(gconstpointer self) {
    (void)self;
    return "";
}

static gint64 skew(gconstpointer self) {
    (void)self;
    return 0;
}

static OvHostingCheck check_row(const char *what, GError *trouble, OvArena *arena) {
    return (OvHostingCheck){
        .what = what,
        .ok = !trouble,
        .trouble = trouble ? ov_arena_printf(arena, "%s", trouble->message) : NULL,
    };
}

static OvHostingCheck *check(gpointer self, OvArena *arena, guint *n) {
    g_autoptr(GError) first = NULL, second = NULL;
    guint n_networks = 0, n_blocked = 0;
    OvHostingCheck *rows = OV_ARENA_NEW(arena, OvHostingCheck, 2);
    const char **found = networks(self, NULL, arena, &n_networks, &first);
    rows[0] = check_row("networks", first, arena);
    rows[0].note = found ? ov_arena_printf(arena, "%u found", n_networks) : NULL;
    *n = n_networks > 0 ? 2 : 1;
    if (n_networks > 0) {
        blocked(self, found[0], FALSE, arena, &n_blocked, &second);
        rows[1] = check_row("blocked", second, arena);
        rows[1].note = ov_arena_printf(arena, "asked of %s", found[0]);
    }
    return rows;
}

const OvHostingVariant ov_hosting_command = {
    "command", start,   g_free,  networks, blocked, block_of,
    detected,  unblock, wait_of, query_id, skew,    check,
};
