#include "policy/review/output.h"

enum { MAX_WIDTH = 40 };

struct OvTable {
    guint n_columns;
    gboolean *right;  /* by column */
    GPtrArray *cells; /* char *, row by row; the first row is the titles */
};

guint ov_columns(const char *text) {
    guint width = 0;
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);
        width += g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
    }
    return width;
}

OvTable *ov_table_new(guint n_columns, ...) {
    OvTable *table = g_new0(OvTable, 1);
    table->n_columns = n_columns;
    table->right = g_new0(gboolean, n_columns);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    va_list titles;
    va_start(titles, n_columns);
    for (guint i = 0; i < n_columns; i++) {
        const char *title = va_arg(titles, const char *);
        table->right[i] = title[0] == '>';
        g_ptr_array_add(table->cells, g_strdup(title + (table->right[i] ? 1 : 0)));
    }
    va_end(titles);
    return table;
}

void ov_table_free(OvTable *table) {
    g_ptr_array_unref(table->cells);
    g_free(table->right);
    g_free(table);
}

/* Cuts text to MAX_WIDTH columns, the last of them an ellipsis. */
static void cut(GString *text) {
    if (ov_columns(text->str) <= MAX_WIDTH)
        return;
    guint width = 0;
    for (const char *p = text->str; *p; p = g_utf8_next_char(p)) {
        width += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
        if (width >= MAX_WIDTH) {
            g_string_truncate(text, (gsize)(p - text->str));
            g_string_append(text, "…");
            return;
        }
    }
}

void ov_table_add(OvTable *table, ...) {
    va_list cells;
    va_start(cells, table);
    for (guint i = 0; i < table->n_columns; i++) {
        const char *cell = va_arg(cells, const char *);
        GString *text = g_string_new(NULL);
        if (cell)
            ov_safe_append(text, cell, -1, FALSE);
        if (i + 1 < table->n_columns)
            cut(text);
        g_ptr_array_add(table->cells, g_string_free(text, FALSE));
    }
    va_end(cells);
}

static void append_row(const OvTable *table, GString *out, char *const *cells,
                       const guint *widths) {
    for (guint i = 0; i < table->n_columns; i++) {
        guint pad = widths[i] - ov_columns(cells[i]);
        gboolean last = i + 1 == table->n_columns;
        if (table->right[i])
            g_string_append_printf(out, "%*s", (int)pad, "");
        g_string_append(out, cells[i]);
        if (!last)
            g_string_append_printf(out, "%*s", table->right[i] ? 2 : (int)pad + 2, "");
    }
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

void ov_table_append(const OvTable *table, GString *out, gboolean colour) {
    g_autofree guint *widths = g_new0(guint, table->n_columns);
    for (guint i = 0; i < table->cells->len; i++) {
        guint column = i % table->n_columns;
        widths[column] = MAX(widths[column], ov_columns(table->cells->pdata[i]));
    }
    for (guint i = 0; i < table->cells->len; i += table->n_columns) {
        g_autoptr(GString) row = g_string_new(NULL);
        append_row(table, row, (char *const *)table->cells->pdata + i, widths);
        if (i == 0) {
            g_string_truncate(row, row->len - 1);
            ov_paint(out, colour, OV_PAINT_BOLD, row->str);
            g_string_append_c(out, '\n');
        } else {
            g_string_append(out, row->str);
        }
    }
}
