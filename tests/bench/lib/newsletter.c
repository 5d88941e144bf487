#include "tests/bench/lib/newsletter.h"

enum { ARTICLES = 29, LINE = 72 };

static const char *const NAMES[] = {"Walking boots", "Rain jacket", "Oak bookshelf", "Garden bench",
                                    "Reading lamp",  "Tea kettle",  "Wool blanket",  "Bread knife"};
static const char *const WORDS[] = {
    "Made by hand in a small workshop, from leather that lasts for many years of daily use.",
    "Our customers told us what was missing last autumn, and we have listened to them carefully.",
    "Available in three colours – ask in one of our shops if you would like to see it first.",
    "Delivered within two working days; you can send it back free of charge until the end of May."};

/* text as quoted-printable, lines cut softly. */
static void append_quoted(GString *out, const char *text) {
    gsize column = 0;
    for (const char *c = text; *c; c++) {
        gboolean plain = *c == '\n' || (*c >= ' ' && *c < 0x7f && *c != '=');
        if (column >= LINE && *c != '\n') {
            g_string_append(out, "=\r\n");
            column = 0;
        }
        if (*c == '\n')
            g_string_append(out, "\r\n");
        else if (plain)
            g_string_append_c(out, *c);
        else
            g_string_append_printf(out, "=%02X", (guint8)*c);
        column = *c == '\n' ? 0 : column + (plain ? 1 : 3);
    }
}

static GString *make_plain(void) {
    GString *text = g_string_new("Spring in our shops\n\nDear Ms Example,\n\n");
    for (guint i = 0; i < ARTICLES; i++)
        g_string_append_printf(
            text, "%s, %u.90 €\n%s\nhttps://www.shop.example/articles/%u?m=0423\n\n",
            NAMES[i % G_N_ELEMENTS(NAMES)], 19 + i * 7, WORDS[i % G_N_ELEMENTS(WORDS)], 1000 + i);
    g_string_append(text, "Shop Example Ltd, 1 Mill Lane, Exampleton\n"
                          "Unsubscribe: https://www.shop.example/leave?u=81f3\n");
    return text;
}

static GString *make_page(void) {
    GString *page = g_string_new(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Spring in our "
        "shops</title>\n<style type=\"text/css\">\nbody { margin: 0; padding: 0; background-color: "
        "#f4f4f4; }\n.article td { font-family: Arial, sans-serif; font-size: 14px; color: "
        "#333333; "
        "}\n.price { font-weight: bold; color: #a03020; }\n.preheader { display: none; max-height: "
        "0; overflow: hidden; }\n@media only screen and (max-width: 600px) { .column { width: 100% "
        "!important; display: block; } }\n</style></head>\n<body>\n<div class=\"preheader\">New in "
        "our shops: walking boots, lamps and garden benches.</div>\n<table width=\"600\" "
        "align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n<tr><td><a "
        "href=\"https://www.shop.example/?m=0423\"><img src=\"https://img.shop.example/logo.png\" "
        "width=\"200\" height=\"60\" alt=\"Shop Example\"></a></td></tr>\n<tr><td><h1 "
        "style=\"font-family: Arial, sans-serif; font-size: 24px; color: #222222;\">Spring in our "
        "shops</h1><p>Dear Ms Example,</p></td></tr>\n");
    for (guint i = 0; i < ARTICLES; i++)
        g_string_append_printf(
            page,
            "<tr class=\"article\"><td class=\"column\" style=\"padding: 12px 24px 12px 24px; "
            "background-color: #ffffff; border-bottom: 1px solid #dddddd;\">\n<table "
            "width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\n<td "
            "width=\"160\" valign=\"top\"><a "
            "href=\"https://www.shop.example/articles/%u?m=0423&amp;"
            "p=%u\" target=\"_blank\"><img src=\"https://img.shop.example/articles/%u.jpg\" "
            "width=\"150\" height=\"150\" alt=\"%s\" style=\"display: block; border: "
            "0;\"></a></td>\n"
            "<td valign=\"top\" style=\"font-family: Arial, sans-serif; font-size: 14px; "
            "line-height: 20px; color: #333333;\"><h2 style=\"margin: 0; font-size: 18px;\">%s</h2>"
            "<p>%s %s</p>\n<p><span class=\"price\">%u.90&nbsp;€</span> &mdash; <a "
            "href=\"https://www.shop.example/articles/%u?m=0423\" style=\"color: #225588; "
            "text-decoration: underline;\">Read more</a></p></td>\n</tr></table>\n</td></tr>\n",
            1000 + i, i, 1000 + i, NAMES[i % G_N_ELEMENTS(NAMES)], NAMES[i % G_N_ELEMENTS(NAMES)],
            WORDS[i % G_N_ELEMENTS(WORDS)], WORDS[(i + 1) % G_N_ELEMENTS(WORDS)], 19 + i * 7,
            1000 + i);
    g_string_append(page,
                    "<tr><td style=\"font-size: 11px; color: #777777;\">Shop Example Ltd, 1 Mill "
                    "Lane, Exampleton. You get this mail because you asked for it. <a "
                    "href=\"https://www.shop.example/leave?u=81f3\">Unsubscribe</a></td></tr>\n"
                    "</table>\n<img src=\"https://t.shop.example/o.gif?u=81f3\" width=\"1\" "
                    "height=\"1\" alt=\"\">\n</body></html>\n");
    return page;
}

GString *ov_newsletter_make(void) {
    g_autoptr(GString) plain = make_plain(), page = make_page();
    GString *raw = g_string_new(
        "Received: from app.shop.example (app.shop.example [192.0.2.17]) by mx.shop.example with "
        "ESMTP id 4Xb1; Mon, 23 Nov 2026 08:59:58 +0000\r\nFrom: Shop Example "
        "<news@shop.example>\r\nTo: bert@bench.example\r\nSubject: "
        "=?utf-8?q?Spring_in_our_shops_=E2=80=93_29_new_articles?=\r\nDate: Mon, 23 Nov 2026 "
        "09:00:00 +0000\r\nMessage-ID: <0423.81f3@shop.example>\r\nList-ID: Spring news "
        "<spring.shop.example>\r\nList-Unsubscribe: <https://www.shop.example/leave?u=81f3>, "
        "<mailto:leave@shop.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_0423\"\r\n\r\n"
        "--=_0423\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
        "quoted-printable\r\n\r\n");
    append_quoted(raw, plain->str);
    g_string_append(raw, "--=_0423\r\nContent-Type: text/html; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    append_quoted(raw, page->str);
    g_string_append(raw, "--=_0423--\r\n");
    return raw;
}
