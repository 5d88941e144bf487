/* Lines of an MTA's log: frame, event, recipients, answer. */
#include "policy/delivery/answer_text.h"
#include "policy/delivery/log_line.h"
#include "policy/delivery/outcome.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(OvSlice line, OvLogClock *clock) {
    OvLogLine parsed, split;
    OvLogEvent event;
    OvSlice client, login;
    if (!ov_log_line_parse(line, clock, &parsed))
        return;
    g_assert_true(ov_log_line_split(line, &split) && ov_slice_equal(split.host, parsed.host) &&
                  ov_slice_equal(split.program, parsed.program) &&
                  ov_slice_equal(split.process, parsed.process) &&
                  ov_slice_equal(split.text, parsed.text));
    ov_log_login_parse(parsed.text, &client, &login);
    if (!ov_log_event_parse(parsed.program, parsed.text, &event))
        return;
    g_assert_true(event.queue_id.length > 0);
    if (event.kind != OV_LOG_OUTCOME)
        return;
    gsize position = 0, before = 0;
    for (OvSlice recipient; ov_log_event_recipient(&event, &position, &recipient);
         before = position)
        g_assert_true(position > before);
    OvRemoteAnswer answer = ov_remote_answer(&event);
    OvReason reason = ov_reason_of(&event, &answer);
    g_assert_true((reason == OV_REASON_NONE) ==
                  (event.outcome == OV_OUTCOME_DELIVERED || event.outcome == OV_OUTCOME_DELETED));
    g_autofree char *text = ov_answer_text(event.answer, event.recipients);
    g_assert_true(strlen(text) <= 200 && g_utf8_validate(text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    OvSlice text = {(const char *)data, size};
    OvLogClock clock = {0};
    ov_log_clock_set(&clock, G_GINT64_CONSTANT(1795917600) * G_USEC_PER_SEC);
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        OvSlice line = {text.data, end ? (gsize)(end - text.data) : text.length};
        look_at(line, &clock);
        gsize taken = line.length + (end != NULL);
        text = (OvSlice){text.data + taken, text.length - taken};
    }
    return 0;
}
