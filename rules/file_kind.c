#include "rules/file_kind.h"

#include <stdlib.h>

/* Tables in order of strcmp. What Gmail and Outlook refuse, and what malware came in lately. */
static const char *const programs[] = {
    "ade",
    "adp",
    "apk",
    "application",
    "appref-ms",
    "appx",
    "appxbundle",
    "cab",
    "chm",
    "cpl",
    "diagcab",
    "diagcfg",
    "diagpkg",
    "exe",
    "gadget",
    "hta",
    "img",
    "ins",
    "iso",
    "isp",
    "jnlp",
    "library-ms",
    "lnk",
    "mde",
    "msc",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "one",
    "pif",
    "scf",
    "scr",
    "sct",
    "search-ms",
    "settingcontent-ms",
    "shb",
    "shs",
    "vhd",
    "vhdx",
    "vxd",
    "wsc",
    "xbap",
    "xll",
};

static const char *const scripts[] = {
    "bat", "cmd", "dll", "jar", "js",  "jse", "lib", "mjs", "nsh",
    "ps1", "reg", "sys", "vb",  "vbe", "vbs", "wsf", "wsh",
};

static const char *const documents[] = {
    "avi", "csv", "doc", "docx", "gif", "jpeg", "jpg", "mp3", "mp4",  "odt",
    "pdf", "png", "ppt", "pptx", "rtf", "tif",  "txt", "xls", "xlsx", "zip",
};

/* Document formats that are zip archives. */
static const char *const zipped_documents[] = {
    "docm", "docx",  "dotx", "epub", "idml", "key",  "numbers", "odg",  "odp",  "ods",  "odt",
    "oxps", "pages", "potx", "ppsx", "pptm", "pptx", "sxw",     "vsdx", "xlsm", "xlsx", "xltx",
};

static const char *const compressed[] = {"bz2", "gz", "lz", "lzma", "xz", "z", "zst"};

static const char *const program_types[] = {
    "application/hta",
    "application/vnd.android.package-archive",
    "application/vnd.microsoft.portable-executable",
    "application/x-cd-image",
    "application/x-dosexec",
    "application/x-iso9660-image",
    "application/x-ms-application",
    "application/x-ms-installer",
    "application/x-ms-shortcut",
    "application/x-msdos-program",
    "application/x-msdownload",
    "application/x-msi",
};

static const char *const script_types[] = {
    "application/java-archive",
    "application/javascript",
    "application/x-bat",
    "application/x-javascript",
    "application/x-vbs",
    "text/javascript",
    "text/vbscript",
};

static int compare(const void *key, const void *element) {
    return strcmp(key, *(const char *const *)element);
}

#define IS_IN(table, word) (bsearch((word), (table), G_N_ELEMENTS(table), sizeof *(table), compare))

/* Longer than any extension in the tables. */
typedef struct {
    char text[24];
} Extension;

/* Takes the last extension off name, in lower case; "" where there is none. */
static Extension take_extension(OvSlice *name) {
    Extension extension = {""};
    /* Windows drops dots and spaces at the end. */
    while (name->length > 0 && strchr(". \t", name->data[name->length - 1]))
        name->length--;
    const char *dot = name->length > 0 ? memrchr(name->data, '.', name->length) : NULL;
    if (!dot)
        return extension;
    gsize start = (gsize)(dot + 1 - name->data), length = name->length - start;
    if (length < sizeof extension.text) {
        for (gsize i = 0; i < length; i++)
            extension.text[i] = g_ascii_tolower(dot[1 + i]);
        name->length = start - 1;
    }
    return extension;
}

static OvSlice last_component(OvSlice path) {
    for (gsize i = path.length; i > 0; i--)
        if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
            return (OvSlice){path.data + i, path.length - i};
    return path;
}

/* A program of MS-DOS; but "www.example.com" and "a@example.com" are names of other things. */
static gboolean is_com_program(OvSlice stem) {
    return stem.length > 0 && !memchr(stem.data, '.', stem.length) &&
           !memchr(stem.data, '@', stem.length);
}

OvFileKind ov_file_kind_of_name(OvSlice name) {
    static const char right_to_left_override[] = "\xe2\x80\xae"; /* U+202E */
    name = last_component(name);
    if (name.length > 0 && memmem(name.data, name.length, right_to_left_override, 3))
        return OV_FILE_PROGRAM;
    Extension extension = take_extension(&name);
    gboolean was_compressed = IS_IN(compressed, extension.text) != NULL;
    if (was_compressed)
        extension = take_extension(&name);
    if (IS_IN(programs, extension.text))
        return OV_FILE_PROGRAM;
    gboolean com = strcmp(extension.text, "com") == 0;
    if (!com && (was_compressed || !IS_IN(scripts, extension.text)))
        return OV_FILE_PLAIN;
    OvSlice stem = name;
    if (IS_IN(documents, take_extension(&name).text) || (com && is_com_program(stem)))
        return OV_FILE_PROGRAM;
    return com ? OV_FILE_PLAIN : OV_FILE_SCRIPT;
}

OvFileKind ov_file_kind_of_type(const char *type, const char *subtype) {
    char name[64];
    g_snprintf(name, sizeof name, "%s/%s", type, subtype);
    if (IS_IN(program_types, name))
        return OV_FILE_PROGRAM;
    return IS_IN(script_types, name) ? OV_FILE_SCRIPT : OV_FILE_PLAIN;
}

static gboolean has_octets(OvSlice content, gsize offset, const char *octets, gsize length) {
    return content.length >= offset + length && memcmp(content.data + offset, octets, length) == 0;
}

OvFileKind ov_file_kind_of_content(OvSlice start) {
    static const struct {
        gsize offset;
        const char *octets;
        gsize length;
    } magics[] = {
        {0,
         "\x7f"
         "ELF",
         4},
        {0, "\xcf\xfa\xed\xfe", 4},      /* Mach-O */
        {0, "L\0\0\0\x01\x14\x02\0", 8}, /* Windows shortcut */
        {0, "conectix", 8},              /* VHD */
        {0, "vhdxfile", 8},
        {32769, "CD001", 5}, /* ISO 9660 */
    };
    for (guint i = 0; i < G_N_ELEMENTS(magics); i++)
        if (has_octets(start, magics[i].offset, magics[i].octets, magics[i].length))
            return OV_FILE_PROGRAM;
    /* A program's header has zeros; a text that begins with MZ has not. */
    if (has_octets(start, 0, "MZ", 2) && start.length >= 64 && memchr(start.data, '\0', 64))
        return OV_FILE_PROGRAM;
    return OV_FILE_PLAIN;
}

gboolean ov_file_is_archive(OvSlice start, OvSlice name) {
    return (has_octets(start, 0, "PK\x03\x04", 4) || has_octets(start, 0, "PK\x05\x06", 4)) &&
           !IS_IN(zipped_documents, take_extension(&name).text);
}
