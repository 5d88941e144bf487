/* What was detected, for people and for programs. */
#include "policy/review/detect.h"
#include "policy/review/output.h"
#include "rules/keyfile.h"

enum { WIDTH = 98 };

/* A sentence as comment lines. */
static void append_comment(GString *out, const char *text) {
    g_autoptr(GString) safe = g_string_new(NULL), wrapped = g_string_new(NULL);
    ov_safe_append(safe, text, -1, FALSE);
    ov_wrap_append(wrapped, safe->str, 0, WIDTH);
    g_auto(GStrv) lines = g_strsplit(wrapped->str, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            g_string_append_printf(out, "# %s\n", *line);
}

/* A long value goes on over following lines, which start with white space. */
static void append_value(GString *out, const OvDetectedSetting *setting) {
    g_auto(GStrv) words = ov_key_words(setting->value);
    gboolean comment = setting->certainty == OV_CERTAINTY_UNKNOWN;
    g_string_append_printf(out, "%s%s =", comment ? "#" : "", setting->name);
    gsize column = out->len;
    for (char **word = words; *word; word++) {
        if (out->len - column + strlen(*word) > WIDTH - 20) {
            g_string_append(out, comment ? "\n#   " : "\n   ");
            column = out->len;
        }
        g_string_append_c(out, ' ');
        ov_safe_append(out, *word, -1, FALSE);
    }
    g_string_append_c(out, '\n');
}

static void append_setting(GString *out, const OvDetectedSetting *setting) {
    append_comment(out, setting->source);
    if (setting->now) {
        g_autofree char *now = g_strdup_printf("in force: %s = %s", setting->name,
                                               *setting->now ? setting->now : "(none)");
        append_comment(out, now);
    }
    append_value(out, setting);
}

void ov_detected_append(GString *out, const OvDetected *detected, const char *file) {
    for (guint i = 0; i < detected->n_sections; i++) {
        const OvDetectedSection *section = &detected->sections[i];
        g_string_append_printf(out, "%s[%s]\n", i ? "\n" : "", section->name);
        if (section->missing)
            append_comment(out, "no section in force takes this mail");
        for (guint k = 0; k < section->n_settings; k++)
            append_setting(out, &section->settings[k]);
    }
    g_string_append_c(out, '\n');
    for (const char *const *note = detected->notes; *note; note++)
        append_comment(out, *note);
    g_autofree char *end = detected->differs ? g_strdup_printf("Nothing was changed. Look through "
                                                               "these lines, put those that are "
                                                               "right into %s, then: outvet config "
                                                               "check && outvet config reload",
                                                               file)
                                             : g_strdup_printf("%s says the same.", file);
    append_comment(out, end);
}
