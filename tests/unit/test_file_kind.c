#include "rules/file_kind.h"
#include "rules/zip_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_every_extension_in_a_table_is_found(void **state) {
    (void)state;
    static const char programs[] =
        "ade adp apk application appref-ms appx appxbundle cab chm cpl diagcab diagcfg diagpkg exe "
        "gadget hta img ins iso isp jnlp library-ms lnk mde msc msi msix msixbundle msp mst one "
        "pif scf scr sct search-ms settingcontent-ms shb shs vhd vhdx vxd wsc xbap xll";
    static const char scripts[] =
        "bat cmd dll jar js jse lib mjs nsh ps1 reg sys vb vbe vbs wsf wsh";
    g_auto(GStrv) program = g_strsplit(programs, " ", -1);
    g_auto(GStrv) script = g_strsplit(scripts, " ", -1);
    for (guint i = 0; program[i]; i++) {
        g_autofree char *name = g_strdup_printf("Some file.%s", program[i]);
        if (ov_file_kind_of_name(ov_slice(name)) != OV_FILE_PROGRAM)
            fail_msg("%s", name);
    }
    for (guint i = 0; script[i]; i++) {
        g_autofree char *name = g_strdup_printf("Some file.%s", script[i]);
        if (ov_file_kind_of_name(ov_slice(name)) != OV_FILE_SCRIPT)
            fail_msg("%s", name);
    }
}

static void test_a_name_tells_what_a_file_does(void **state) {
    (void)state;
    static const struct {
        const char *name;
        OvFileKind kind;
    } cases[] = {
        {"SETUP.EXE", OV_FILE_PROGRAM},
        {"setup.exe . .", OV_FILE_PROGRAM},
        {"setup.exe.gz", OV_FILE_PROGRAM},
        {"command.com", OV_FILE_PROGRAM},
        {"invoice.pdf.com", OV_FILE_PROGRAM},
        {"invoice.pdf.js", OV_FILE_PROGRAM},
        {"a/b\\c.scr", OV_FILE_PROGRAM},
        {"www.kranichwerke-test.com", OV_FILE_PLAIN},
        {"anna@kranichwerke-test.com", OV_FILE_PLAIN},
        {"jquery.min.js", OV_FILE_SCRIPT},
        {"jquery.js.gz", OV_FILE_PLAIN},
        {"dir.exe/readme", OV_FILE_PLAIN},
        {"report.pdf", OV_FILE_PLAIN},
        {"exe", OV_FILE_PLAIN},
        {"", OV_FILE_PLAIN},
        {"...", OV_FILE_PLAIN},
        {".exe", OV_FILE_PROGRAM},
        {"x.averyverylongextensionthatisnone", OV_FILE_PLAIN},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        if (ov_file_kind_of_name(ov_slice(cases[i].name)) != cases[i].kind)
            fail_msg("%s", cases[i].name);
}

/* An archive of one empty file, without and with its central directory. */
#define LOCAL "PK\x03\x04\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.exe"
#define CENTRAL                                                                                    \
    "PK\x01\x02\x14\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0"   \
    "\0\0\0\0\0\0a.exe"
#define END "PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x23\0\0\0\0\0"

static void test_an_archive_is_read_whole_cut_and_broken(void **state) {
    (void)state;
    static const char whole[] = LOCAL CENTRAL END;
    static const char before[] = "something before it" LOCAL CENTRAL END;
    static const char cut[] = LOCAL;
    const OvSlice archives[] = {OV_SLICE_LITERAL(whole), OV_SLICE_LITERAL(before),
                                OV_SLICE_LITERAL(cut)};
    for (guint i = 0; i < G_N_ELEMENTS(archives); i++) {
        OvZipCursor cursor = ov_zip_open(archives[i]);
        OvZipEntry entry;
        assert_int_equal(cursor.central, i < 2);
        assert_true(ov_zip_next(&cursor, &entry));
        assert_true(ov_slice_equal(entry.name, OV_SLICE_LITERAL("a.exe")));
        assert_true(entry.encrypted);
        assert_false(ov_zip_next(&cursor, &entry));
    }
    /* Every prefix, each in memory of its own so that a read beyond it shows. */
    for (gsize length = 0; length < sizeof whole; length++) {
        g_autofree char *prefix = length > 0 ? g_memdup2(whole, length) : NULL;
        OvZipCursor cursor = ov_zip_open((OvSlice){prefix, length});
        for (OvZipEntry entry; ov_zip_next(&cursor, &entry);)
            assert_true(entry.name.length <= 5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_extension_in_a_table_is_found),
        cmocka_unit_test(test_a_name_tells_what_a_file_does),
        cmocka_unit_test(test_an_archive_is_read_whole_cut_and_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
