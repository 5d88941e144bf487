/* outvet top: who sends most now, as the running outvetd counts; on a terminal a live screen. */
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "policy/control.h"
#include "policy/limits/top.h"
#include "policy/review/command.h"
#include "policy/review/json.h"
#include "policy/review/output.h"

enum {
    ANSWER_SECONDS = 10,
    PAUSE = 2000, /* milliseconds between two screens */
    ROWS = 20,    /* where no terminal says how many there are */
    MOST_ROWS = 200,
    FRAME = 4, /* lines of a screen that are no rows */
};

typedef struct {
    const char *socket, *kind, *by;
    gboolean json, live, colour;
    guint rows;
} Top;

static guint rows_of_terminal(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row <= FRAME)
        return ROWS;
    return MIN(size.ws_row - (guint)FRAME, MOST_ROWS);
}

static char *integer_cell(const json_t *row, const char *name) {
    const json_t *value = json_object_get(row, name);
    return json_is_integer(value)
               ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
               : g_strdup("-");
}

static void add_row(OvTable *table, const json_t *row) {
    static const char *const columns[] = {"minute", "hour",    "day",    "usual",
                                          "held",   "bounced", "blocked"};
    char *cells[G_N_ELEMENTS(columns)];
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        cells[i] = integer_cell(row, columns[i]);
    g_autofree char *score =
        g_strdup_printf("%.2f", json_number_value(json_object_get(row, "score")));
    ov_table_add(table, cells[0], cells[1], cells[2], cells[3], score, cells[4], cells[5], cells[6],
                 json_string_value(json_object_get(row, "name")));
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        g_free(cells[i]);
}

static void append_screen(GString *out, const Top *top, const json_t *rows) {
    g_autofree char *title = g_ascii_strup(top->kind, -1);
    g_autoptr(OvTable) table = ov_table_new(9, ">MINUTE", ">HOUR", ">DAY", ">USUAL", ">SCORE",
                                            ">HELD", ">BOUNCED", ">BLOCKED", title);
    gsize i;
    json_t *row;
    json_array_foreach(rows, i, row) add_row(table, row);
    ov_table_append(table, out, top->colour);
    if (json_array_size(rows) == 0)
        g_string_append(out, "Nothing was sent in the last 24 hours.\n");
}

/* The whole answer, or NULL after telling why on standard error. */
static json_t *ask(const Top *top, OvExit *code) {
    g_autoptr(GError) error = NULL;
    json_t *request = json_pack("{s:s, s:s, s:s, s:i}", "command", "top", "kind", top->kind, "by",
                                top->by, "most", (int)top->rows);
    json_t *answer = ov_control_request(top->socket, request, ANSWER_SECONDS, &error);
    json_decref(request);
    if (!answer) {
        ov_complain("%s", error->message);
        *code =
            error->code == OV_CONTROL_ERROR_DENIED ? OV_EXIT_NO_PERMISSION : OV_EXIT_UNAVAILABLE;
        return NULL;
    }
    if (json_is_array(json_object_get(answer, "top")))
        return answer;
    const char *fault = json_string_value(json_object_get(answer, "error"));
    ov_complain("outvetd: %s", fault ? fault : "its answer makes no sense");
    json_decref(answer);
    *code = OV_EXIT_INTERNAL;
    return NULL;
}

static OvExit show(const Top *top) {
    OvExit code = OV_EXIT_OK;
    json_t *answer = ask(top, &code);
    if (!answer)
        return code;
    json_t *rows = json_object_get(answer, "top");
    if (top->json) {
        gsize i;
        json_t *row;
        json_array_foreach(rows, i, row) ov_json_print(json_incref(row));
    } else {
        g_autoptr(GString) out = g_string_new(top->live ? "\033[H\033[2J" : NULL);
        append_screen(out, top, rows);
        if (top->live)
            g_string_append(out, "\nRecipients by minute, hour and day; held, bounced and blocked "
                                 "by day. Return ends it.\n");
        fwrite(out->str, 1, out->len, stdout);
        fflush(stdout);
    }
    json_decref(answer);
    return OV_EXIT_OK;
}

OvExit ov_command_top(const OvArguments *arguments) {
    g_autoptr(OvSettings) settings = ov_command_settings(arguments);
    if (!settings)
        return OV_EXIT_SETTINGS;
    const char *of = ov_arguments_value(arguments, "of"), *by = ov_arguments_value(arguments, "by");
    gboolean json = ov_arguments_has(arguments, "json");
    Top top = {.socket = settings->control_socket,
               .kind = of ? of : ov_subject_kind_name(OV_SUBJECT_ACCOUNT),
               .by = by ? by : "rate",
               .json = json,
               .live = !json && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO),
               .colour = ov_output_colour(),
               .rows = rows_of_terminal()};
    OvSubjectKind kind;
    if (!ov_subject_kind_from_name(top.kind, &kind) || kind == OV_SUBJECT_EVERYTHING) {
        ov_complain("--of takes account, sender_domain, script, client, egress or provider");
        return OV_EXIT_USAGE;
    }
    if (!ov_top_order_from_name(top.by, &(OvTopOrder){OV_TOP_BY_RATE})) {
        ov_complain("--by takes rate, score, held or bounced");
        return OV_EXIT_USAGE;
    }
    OvExit code = show(&top);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (code == OV_EXIT_OK && top.live && poll(&input, 1, PAUSE) == 0) {
        top.rows = rows_of_terminal();
        code = show(&top);
    }
    return code;
}
