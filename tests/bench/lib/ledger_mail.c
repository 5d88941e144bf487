#include "tests/bench/lib/ledger_mail.h"

static const OvLedgerHit HITS[] = {
    {"SUBJ_ALL_CAPS", 2.0, FALSE, FALSE, "G9", "", "Write the subject in normal case.",
     "AUTUMN OFFERS"},
    {"SUBJ_PERCENT_OFF", 1.2, FALSE, FALSE, "G12", "",
     "State the offer in the text, not as a percentage in the subject.", "20% off"},
    {"BODY_KEYWORD", 0.85, FALSE, FALSE, "G8", "", "Rephrase: last chance, buy now.",
     "last chance, buy now"},
    {"HDR_MSGID_DOMAIN", 0.4, FALSE, FALSE, "G19", "RFC 5322 3.6.4",
     "Use a domain of your own in the Message-ID.", "localhost"},
};

/* Message-IDs come in no order: each number gives another one (splitmix64). */
static guint64 scramble(guint64 number) {
    number = (number + 1) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return number ^ number >> 31;
}

void ov_bench_mail(OvBenchMail *mail, guint number, gint64 id, gint64 time) {
    g_snprintf(mail->queue_id, sizeof mail->queue_id, "4T%08XzQ%uk", number, number % 7);
    g_snprintf(mail->message_id, sizeof mail->message_id,
               "<%016" G_GINT64_MODIFIER "x.%08x@mail.shop%u.example>", scramble(number), number,
               number % 500);
    g_snprintf(mail->recipient, sizeof mail->recipient, "customer.%u@isp%u.example", number,
               number % 97);
    g_snprintf(mail->account, sizeof mail->account, "shop%u@hosting.example", number % 500);
    g_snprintf(mail->client, sizeof mail->client, "198.51.%u.%u", number / 250 % 250, number % 250);
    g_snprintf(mail->organisation, sizeof mail->organisation, "shop%u.example", number % 500);
    mail->recipients[0] = mail->recipient;
    mail->record = (OvLedgerRecord){
        .id = id,
        .time = time,
        .node = "mx1.hosting.example",
        .queue_id = mail->queue_id,
        .message_id = mail->message_id,
        .account = mail->account,
        .account_source = "login",
        .login = mail->account,
        .client_address = mail->client,
        .client_name = "web.hosting.example",
        .helo = "web.hosting.example",
        .sender = mail->account,
        .from = mail->account,
        .subject = "Your order and our autumn offers for regular customers",
        .recipients = mail->recipients,
        .n_recipients = 1,
        .size = 4000 + number % 4000,
        .message_class = number % 2 ? "bulk" : "transactional",
        .score = 4.45,
        .verdict = "tag",
        .computed = "tag",
        .ruleset = "0123456789abcdef",
        .auth = {"pass", "198.51.100.7", number % 9 ? "pass" : "fail", mail->organisation, "s2026",
                 "pass", number % 9 ? "spf dkim" : "spf"},
        .organisation = mail->organisation,
        .requirements = number % 9 ? 0x5555555555 : 0x5555555655,
        .copies = {number % 3 == 0, number % 30 == 1, number % 10 == 2},
        .departed = TRUE,
        .hits = HITS,
        .n_hits = number % 5, /* two at the mean */
    };
}
