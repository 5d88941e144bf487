#include "rules/file_kind.h"
#include "rules/measure_header.h"
#include "rules/zip_list.h"

/* An archive with more files than this, and without password, can be program sources. */
enum { FEW_FILES = 5 };

typedef struct {
    guint n;
    OvSlice name; /* of the first */
} Tally;

typedef struct {
    guint attachments;
    Tally executable;
    Tally sources;
} Findings;

static void add(Tally *tally, guint n, OvSlice name) {
    if (tally->n == 0 && n > 0)
        tally->name = name;
    tally->n += n;
}

static void look_into_archive(OvSlice archive, Findings *found) {
    Tally scripts = {0, {NULL, 0}}, programs = {0, {NULL, 0}};
    guint files = 0;
    gboolean encrypted = FALSE;
    OvZipCursor cursor = ov_zip_open(archive);
    for (OvZipEntry entry; ov_zip_next(&cursor, &entry);) {
        if (entry.name.length == 0 || entry.name.data[entry.name.length - 1] == '/')
            continue;
        files++;
        encrypted = encrypted || entry.encrypted;
        OvFileKind kind = ov_file_kind_of_name(entry.name);
        if (kind != OV_FILE_PLAIN)
            add(kind == OV_FILE_PROGRAM ? &programs : &scripts, 1, entry.name);
    }
    if (programs.n > 0)
        add(&found->executable, programs.n, programs.name);
    gboolean sources = files > FEW_FILES && !encrypted;
    if (scripts.n > 0)
        add(sources ? &found->sources : &found->executable, scripts.n, scripts.name);
}

static gboolean is_shown_in_place(const OvPart *part) {
    return !part->name && !part->attachment &&
           (strcmp(part->type, "text") == 0 || strcmp(part->type, "message") == 0);
}

static void look_at(OvMeasure *measure, const OvPart *part, Findings *found) {
    found->attachments += part->attachment || part->name;
    OvSlice name = ov_slice(part->name ? part->name : "");
    /* A message's file name is its subject, which ends as it likes. */
    gboolean message = strcmp(part->type, "message") == 0;
    gboolean text = strcmp(part->type, "text") == 0;
    OvFileKind kind = message ? OV_FILE_PLAIN : ov_file_kind_of_name(name);
    if (kind == OV_FILE_PLAIN)
        kind = ov_file_kind_of_type(part->type, part->subtype);
    OvSlice start = {NULL, 0};
    if (kind == OV_FILE_PLAIN && !text && !message) {
        start = ov_part_bytes(measure->arena, part, OV_FILE_MAGIC);
        kind = ov_file_kind_of_content(start);
    }
    if (kind != OV_FILE_PLAIN) {
        const char *type = ov_arena_printf(measure->arena, "%s/%s", part->type, part->subtype);
        add(&found->executable, 1, name.length > 0 ? name : ov_slice(type));
    } else if (ov_file_is_archive(start, name)) {
        look_into_archive(ov_part_bytes(measure->arena, part, G_MAXSIZE), found);
    }
}

void ov_measure_attachments(OvMeasure *measure) {
    const OvMime *mime = measure->message->mime;
    Findings found = {.attachments = 0};
    for (guint i = 0; i < mime->n_parts; i++) {
        const OvPart *part = &mime->parts[i];
        if (part->container || is_shown_in_place(part))
            continue;
        look_at(measure, part, &found);
        if (ov_measure_late(measure))
            break;
    }
    OvFacts *facts = measure->facts;
    ov_facts_set_number(facts, OV_FACT_ATTACHMENT_COUNT, found.attachments);
    ov_facts_set_number(facts, OV_FACT_ATTACHMENT_EXECUTABLE, found.executable.n);
    ov_measure_set_text(measure, OV_FACT_ATTACHMENT_EXECUTABLE_NAME, found.executable.name);
    ov_facts_set_number(facts, OV_FACT_ATTACHMENT_SOURCES, found.sources.n);
    ov_measure_set_text(measure, OV_FACT_ATTACHMENT_SOURCES_NAME, found.sources.name);
}
