/* Sizes told by the first octets of picture files. */
#include "rules/image_size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    const char *what;
    const char *octets;
    gsize length;
    guint width, height;
} Row;

#define ROW(what, octets, width, height)                                                           \
    { what, octets, sizeof(octets) - 1, width, height }

static const Row rows[] = {
    ROW("png", "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x01\x2c", 600, 300),
    ROW("gif 87", "GIF87a\x58\x02\x2c\x01", 600, 300),
    ROW("gif 89", "GIF89a\x01\0\x01\0", 1, 1),
    ROW("jpeg, baseline", "\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\x01\x2c\x02\x58\x03", 600,
        300),
    ROW("jpeg, progressive, with tables before it",
        "\xff\xd8\xff\xc4\0\x04\0\0\xff\xff\xc2\0\x11\x08\x01\x2c\x02\x58\x03", 600, 300),
    ROW("webp, lossy", "RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x58\x02\x2c\x01", 600, 300),
    ROW("webp, lossless", "RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x57\xc2\x4a\0\0\0\0\0\0", 600, 300),
    ROW("webp, extended", "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x57\x02\0\x2b\x01\0", 600, 300),
    ROW("bmp", "BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\x58\x02\0\0\x2c\x01\0\0", 600, 300),
    ROW("bmp from top to bottom",
        "BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\x58\x02\0\0\xd4\xfe\xff\xff", 600, 300),
    ROW("bmp of OS/2", "BM\0\0\0\0\0\0\0\0\0\0\0\0\x0c\0\0\0\x58\x02\x2c\x01\0\0\0\0", 600, 300),
};

static void test_a_picture_tells_its_size(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint width = 0, height = 0;
        OvSlice octets = {rows[i].octets, rows[i].length};
        if (!ov_image_size(octets, &width, &height) || width != rows[i].width ||
            height != rows[i].height)
            fail_msg("%s: %u x %u", rows[i].what, width, height);
    }
}

static void test_a_picture_that_was_cut_tells_none(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        for (gsize length = 0; length < 10 && length < rows[i].length; length++) {
            guint width, height;
            g_autofree char *copy = g_memdup2(rows[i].octets, length);
            assert_false(ov_image_size((OvSlice){copy, length}, &width, &height));
        }
}

static void test_other_files_tell_none(void **state) {
    (void)state;
    static const Row others[] = {
        ROW("pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", 0, 0),
        ROW("jpeg without frame", "\xff\xd8\xff\xda\0\x04\0\0\0\0\0\0\0\0", 0, 0),
        ROW("jpeg with an impossible segment", "\xff\xd8\xff\xe0\0\0\0\0\0\0\0\0\0\0", 0, 0),
        ROW("png without width", "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\0\0\0\x01\x2c", 0, 0),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        guint width, height;
        if (ov_image_size((OvSlice){others[i].octets, others[i].length}, &width, &height))
            fail_msg("%s", others[i].what);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_tells_its_size),
        cmocka_unit_test(test_a_picture_that_was_cut_tells_none),
        cmocka_unit_test(test_other_files_tell_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
