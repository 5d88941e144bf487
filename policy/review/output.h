/* What the command writes for people: standard error for trouble, colours, text that came by mail
 * made safe for a terminal, tables. */
#pragma once

#include <glib.h>

/* One line on standard error: "outvet: ...", control characters of whatever is in it escaped. */
void ov_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Standard output is a terminal with colours, and NO_COLOR is not set. */
gboolean ov_output_colour(void);

typedef enum { OV_PAINT_GOOD, OV_PAINT_WARN, OV_PAINT_BAD, OV_PAINT_DIM, OV_PAINT_BOLD } OvPaint;

/* Appends text, in colour where colour is TRUE. */
void ov_paint(GString *out, gboolean colour, OvPaint paint, const char *text);
/* The colour of a verdict's name. */
OvPaint ov_verdict_paint(const char *verdict);

/* FALSE for control, bidi and other format characters, and what is no character: what may change
 * how other text is shown. */
gboolean ov_is_harmless(gunichar character);
/* Appends text with control, bidi and other format characters as \u{XXXX} and octets that are no
 * UTF-8 as \x{XX}, so that nothing in it can steer a terminal. lines: line feeds and tabs stay.
 * length -1: up to the NUL. */
void ov_safe_append(GString *out, const char *text, gssize length, gboolean lines);

/* Appends text, which must be safe, in lines of at most width columns, each after indent spaces. A
 * word that is longer stays whole; Chinese and Japanese break anywhere. */
void ov_wrap_append(GString *out, const char *text, guint indent, guint width);

/* Columns of a terminal that safe text takes. */
guint ov_columns(const char *text);

/* A table: all columns but the last are as wide as their widest cell, cut at 40. */
typedef struct OvTable OvTable;
OvTable *ov_table_new(guint n_columns, ...); /* the columns' titles; a leading '>' aligns right */
void ov_table_free(OvTable *table);
/* Cells are made safe; NULL is an empty one. */
void ov_table_add(OvTable *table, ...);
void ov_table_append(const OvTable *table, GString *out, gboolean colour);

/* Local time for people, "2026-11-23 20:02:53"; RFC 3339 in UTC for programs. The caller frees. */
char *ov_time_for_people(gint64 microseconds);
char *ov_time_for_programs(gint64 microseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OvTable, ov_table_free)
