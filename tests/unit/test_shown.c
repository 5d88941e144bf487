/* What a mail program shows of a message as the message itself. */
#include "rules/init.h"
#include "rules/shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* "kind text" of every shown text, `~` before a replaced one, `|` between them. */
static char *shown_of(const char *raw) {
    static const char *const kinds[] = {"plain", "html", "amp"};
    OvEnvelope envelope = {.sender = NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    OvSlice octets = ov_slice(raw);
    const OvMessage *message = ov_message_parse(arena, &envelope, octets, octets.length, 0);
    const OvShown *shown = ov_shown_read(arena, message->mime, 0);
    GString *result = g_string_new(NULL);
    for (guint i = 0; i < shown->n_texts; i++) {
        OvSlice text = ov_slice_trim(shown->texts[i].text);
        g_string_append_printf(result, "%s%s%s %.*s", i > 0 ? "|" : "",
                               shown->texts[i].replaced ? "~" : "", kinds[shown->texts[i].kind],
                               (int)text.length, text.data);
    }
    return g_string_free(result, FALSE);
}

static const struct {
    const char *what;
    const char *message;
    const char *shown;
} cases[] = {
    {"a message of one part", "Subject: x\n\nHello\n", "plain Hello"},
    {"a message of one part that has a name",
     "Content-Type: text/html; name=letter.html\n\n<p>Hello\n", "html <p>Hello"},
    {"a message that is an attachment", "Content-Disposition: attachment\n\nHello\n", ""},
    {"the text beside HTML is replaced by it",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b\n"
     "Content-Type: text/html\n\n<p>Hello\n--b--\n",
     "~plain Hello|html <p>Hello"},
    {"also by HTML with its pictures, but not what stands around both",
     "Content-Type: multipart/mixed; boundary=m\n\n--m\n"
     "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nHello\n--a\n"
     "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>Hello\n"
     "--r--\n--a--\n--m\n\nThe list's footer\n--m--\n",
     "~plain Hello|html <p>Hello|plain The list's footer"},
    {"an alternative without HTML replaces nothing",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b\n"
     "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b--\n",
     "plain Hello"},
    {"attachments, named parts and forwarded messages are not shown in place",
     "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nHello\n--m\n"
     "Content-Type: text/plain\nContent-Disposition: attachment\n\nnotes\n--m\n"
     "Content-Type: text/html; name=page.html\n\n<p>page\n--m\n"
     "Content-Type: message/rfc822\n\nSubject: y\n\nforwarded\n--m--\n",
     "plain Hello"},
    {"what stands behind the HTML in its branch",
     "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nHello\n--a\n"
     "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/html\n\n<p>Hello\n--m\n"
     "\nThe list's footer\n--m--\n--a--\n",
     "~plain Hello|html <p>Hello|plain The list's footer"},
    {"an alternative within an alternative",
     "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nHello\n--a\n"
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello, you\n--b\n"
     "Content-Type: text/html\n\n<p>Hello\n--b--\n--a--\n",
     "~plain Hello|~plain Hello, you|html <p>Hello"},
    {"several texts, one after the other",
     "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nOne\n--m\n"
     "Content-Type: text/html\n\n<p>Two\n--m\n\nThree\n--m--\n",
     "plain One|html <p>Two|plain Three"},
    {"the root of a multipart/related, and what it shows",
     "Content-Type: multipart/related; start=\"<r>\"; boundary=m\n\n--m\nContent-Type: image/png\n"
     "Content-ID: <i>\n\nx\n--m\nContent-Type: text/html\nContent-ID: <r>\n\n<p>Hello\n--m--\n",
     "html <p>Hello"},
    {"neither what stands before the first boundary nor behind the last one",
     "Content-Type: multipart/mixed; boundary=m\n\nbefore\n--m\n\nHello\n--m--\nbehind\n"
     "--m\n\nfar behind\n",
     "plain Hello"},
    {"a multipart without its boundary",
     "Content-Type: multipart/mixed; boundary=m\n\nHello\n--n\n", "plain Hello\n--n"},
    {"a forwarded message that is encoded",
     "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nHello\n--m\n"
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
     "U3ViamVjdDogeAoKSGVsbG8K\n--m--\n",
     "plain Hello"},
    {"format=flowed", "Content-Type: text/plain; format=\"Flowed\"; delsp=Yes\n\nHel \nlo\n",
     "plain Hello"},
    {"what looks like it without the parameter", "Content-Type: text/plain\n\nHel \nlo\n",
     "plain Hel \nlo"},
    {"AMP beside HTML",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n"
     "Content-Type: text/x-amp-html\n\n<html amp4email>\n--b\n"
     "Content-Type: text/html\n\n<p>Hello\n--b--\n",
     "~amp <html amp4email>|html <p>Hello"},
};

static void test_shown_is_what_a_mail_program_shows_in_place(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = shown_of(cases[i].message);
        if (strcmp(found, cases[i].shown) != 0)
            fail_msg("%s: '%s', not '%s'", cases[i].what, found, cases[i].shown);
    }
}

static void test_no_more_is_decoded_than_the_limit(void **state) {
    (void)state;
    OvEnvelope envelope = {.sender = NULL};
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(GString) raw = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 3; i++) {
        g_string_append(raw, "--b\n\n");
        for (guint line = 0; line < OV_SHOWN_MAX_OCTETS / 128; line++)
            g_string_append(raw,
                            "A line of sixty-four octets, with its line end counted as one.\n");
    }
    OvSlice octets = {raw->str, raw->len};
    const OvMessage *message = ov_message_parse(arena, &envelope, octets, octets.length, 0);
    const OvShown *shown = ov_shown_read(arena, message->mime, 0);
    gsize length = 0;
    for (guint i = 0; i < shown->n_texts; i++)
        length += shown->texts[i].text.length;
    assert_true(length <= OV_SHOWN_MAX_OCTETS);
    assert_true(length > OV_SHOWN_MAX_OCTETS * 9 / 10);
    assert_true(shown->cut);
}

int main(void) {
    ov_rules_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown_is_what_a_mail_program_shows_in_place),
        cmocka_unit_test(test_no_more_is_decoded_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
