/* What is told of an HTML part beside its text; the text itself is test_visible_text's. */
#include "rules/html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static OvArena *arena;

static int setup(void **state) {
    (void)state;
    arena = ov_arena_new();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    ov_arena_free(arena);
    return 0;
}

static const OvHtml *read_page(const char *page) {
    return ov_html_read(arena, ov_slice(page), 0);
}

static char *part_of(const OvHtml *html, OvRange range) {
    return ov_arena_strndup(arena, html->text.data + range.start, range.end - range.start);
}

static char *text_of(OvSlice slice) {
    return ov_arena_strndup(arena, slice.data, slice.length);
}

static const char *const block_names[] = {"ordinary", "heading", "header", "item",
                                          "button",   "code",    "quoted"};

/* "kind:text kind:text ..." with _ for white space. */
static char *describe_blocks(const OvHtml *html) {
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < html->n_blocks; i++) {
        char *text = part_of(html, html->blocks[i].range);
        g_string_append_printf(all, "%s%s:%s", i > 0 ? " " : "", block_names[html->blocks[i].kind],
                               g_strdelimit(text, " \n", '_'));
    }
    char *copy = ov_arena_strndup(arena, all->str, all->len);
    g_string_free(all, TRUE);
    return copy;
}

static void test_blocks_know_what_they_are(void **state) {
    (void)state;
    static const struct {
        const char *page, *blocks;
    } cases[] = {
        {"a<h2>b c</h2>d", "ordinary:a heading:b_c ordinary:d"},
        {"<table><caption>t</caption><tr><th>a<td>b</table>", "header:t header:a ordinary:b"},
        {"<ul><li>a<li><p>b</ul>", "item:a item:b"},
        {"<button>a</button><input type=submit value='b c'>", "button:a button:b_c"},
        {"<pre>a\nb\n\nc</pre>d", "code:a_b code:c ordinary:d"},
        {"<p><code>a</code> <kbd>b</kbd></p><p>c <code>d</code></p>", "code:a_b ordinary:c_d"},
        {"a<br>b<br><br>c", "ordinary:a_b ordinary:c"},
        {"a<blockquote type=cite>b</blockquote>c", "ordinary:a quoted:b ordinary:c"},
        {"a<blockquote>b</blockquote>c", "ordinary:a ordinary:b ordinary:c"},
        {"He wrote:<blockquote>b</blockquote>c", "ordinary:He_wrote: quoted:b ordinary:c"},
        {"a<blockquote style='border-left:2px solid'>b</blockquote>", "ordinary:a quoted:b"},
        {"a<div class='gmail_quote x'><h1>b</h1></div>c", "ordinary:a quoted:b ordinary:c"},
        {"a<div class='no_gmail_quote'>b</div>", "ordinary:a ordinary:b"},
        {"a<p>From: A<br>Sent: today</p><p>b</p><p>c", "ordinary:a quoted:From:_A_Sent:_today "
                                                       "quoted:b quoted:c"},
        {"a<p>From: A</p><p>b</p>", "ordinary:a ordinary:From:_A ordinary:b"},
        {"<p>&nbsp;</p>a<p>&zwnj;&#847; </p>", "ordinary:a"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(describe_blocks(read_page(cases[i].page)), cases[i].blocks);
}

static void test_runs_tell_the_look(void **state) {
    (void)state;
    const OvHtml *html = read_page("<body bgcolor=white>one <b>two</b> <s style='font-size:2em'>"
                                   "three</s><p style='color:#777'>four <code>five</code>"
                                   "<a href=x>six</a>");
    static const struct {
        const char *text;
        guint flags;
        float font;
        gboolean linked;
    } expected[] = {
        {"one", 0, 16, FALSE},
        {" two", OV_HTML_BOLD, 16, FALSE},
        {" three", OV_HTML_STRUCK, 32, FALSE},
        {"four", 0, 16, FALSE},
        {" five", OV_HTML_INLINE_CODE, 16, FALSE},
        {"six", 0, 16, TRUE},
    };
    assert_int_equal(html->n_runs, G_N_ELEMENTS(expected));
    for (guint i = 0; i < html->n_runs; i++) {
        const OvHtmlRun *run = &html->runs[i];
        assert_string_equal(part_of(html, run->range), expected[i].text);
        assert_int_equal(run->flags, expected[i].flags);
        assert_float_equal(run->font, expected[i].font, 0.01);
        assert_int_equal(run->link != OV_HTML_NONE, expected[i].linked);
    }
    assert_float_equal(html->runs[0].contrast, 21, 0.01);
    assert_float_equal(html->runs[3].contrast, 4.48, 0.01);
    assert_float_equal(read_page("<p style='color:#777'>x")->runs[0].contrast, 0, 0);
}

static void test_hidden_text_has_its_reason(void **state) {
    (void)state;
    /* HIDDEN stands in for a text of 300 characters: longer than a preheader. */
    static const struct {
        const char *page;
        OvHtmlHiddenWhy why;
    } cases[] = {
        {"<p style='display:none'>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<p hidden>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<template>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<details>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<dialog>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<noframes>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<style>.x{display:none}</style><p class=x>HIDDEN", OV_HTML_HIDDEN_DISPLAY},
        {"<p style='visibility:hidden'>HIDDEN", OV_HTML_HIDDEN_VISIBILITY},
        {"<p style='visibility:collapse'>HIDDEN", OV_HTML_HIDDEN_VISIBILITY},
        {"<p style='opacity:0.05'>HIDDEN", OV_HTML_HIDDEN_OPACITY},
        {"<div style='opacity:.2'><p style='opacity:20%'>HIDDEN", OV_HTML_HIDDEN_OPACITY},
        {"<p style='opacity:.06'>HIDDEN", OV_HTML_SEEN},
        {"<p style='font-size:0'>HIDDEN", OV_HTML_HIDDEN_FONT},
        {"<p style='font-size:2px'>HIDDEN", OV_HTML_HIDDEN_FONT},
        {"<p style='font-size:1.5pt'>HIDDEN", OV_HTML_HIDDEN_FONT},
        {"<p style='font-size:.1em'>HIDDEN", OV_HTML_HIDDEN_FONT},
        {"<p style='font:1px Arial'>HIDDEN", OV_HTML_HIDDEN_FONT},
        {"<p style='font-size:2.5px'>HIDDEN", OV_HTML_SEEN},
        {"<div style='font-size:0'><p style='font-size:14px'>HIDDEN", OV_HTML_SEEN},
        {"<p style='max-height:0;overflow:hidden'>HIDDEN", OV_HTML_HIDDEN_BOX},
        {"<p style='width:0px;overflow:hidden'>HIDDEN", OV_HTML_HIDDEN_BOX},
        {"<p style='line-height:0;overflow:hidden'>HIDDEN", OV_HTML_HIDDEN_BOX},
        {"<p style='max-height:0'>HIDDEN", OV_HTML_SEEN},
        {"<span style='height:0;overflow:hidden'>HIDDEN", OV_HTML_SEEN},
        {"<table><tr><td style='max-width:0;overflow:hidden'>HIDDEN", OV_HTML_SEEN},
        {"<p style='text-indent:-9999px'>HIDDEN", OV_HTML_HIDDEN_PLACE},
        {"<p style='position:absolute;left:-5000px'>HIDDEN", OV_HTML_HIDDEN_PLACE},
        {"<p style='position:relative;left:-5000px'>HIDDEN", OV_HTML_SEEN},
        {"<p style='margin:0 0 0 -5000px'>HIDDEN", OV_HTML_HIDDEN_PLACE},
        {"<p style='position:absolute;clip:rect(0 0 0 0)'>HIDDEN", OV_HTML_HIDDEN_CLIP},
        {"<p style='position:fixed;clip:rect(1px,1px,1px,1px)'>HIDDEN", OV_HTML_HIDDEN_CLIP},
        {"<p style='clip:rect(0 0 0 0)'>HIDDEN", OV_HTML_SEEN},
        {"<p style='clip-path:inset(100%)'>HIDDEN", OV_HTML_HIDDEN_CLIP},
        {"<p style='clip-path:inset(10%)'>HIDDEN", OV_HTML_SEEN},
        {"<p style='transform:rotate(9deg) scale(0)'>HIDDEN", OV_HTML_HIDDEN_CLIP},
        {"<p style='transform:scale(0.9)'>HIDDEN", OV_HTML_SEEN},
        {"<body bgcolor=#ffffff><font color=white>HIDDEN", OV_HTML_HIDDEN_COLOUR},
        {"<div style='background:#fff'><p style='color:#fefefe'>HIDDEN", OV_HTML_HIDDEN_COLOUR},
        {"<div style='background:rgb(0 0 0)'><p style='color:hsl(0,0%,1%)'>HIDDEN",
         OV_HTML_HIDDEN_COLOUR},
        {"<p style='color:transparent'>HIDDEN", OV_HTML_HIDDEN_COLOUR},
        {"<p style='color:rgba(0,0,0,.01)'>HIDDEN", OV_HTML_HIDDEN_COLOUR},
        {"<p style='color:white'>HIDDEN", OV_HTML_SEEN},
        {"<div style='background:#fff url(x.png)'><p style='color:white'>HIDDEN", OV_HTML_SEEN},
        {"<div style='background:linear-gradient(#fff,#000)'><p style='color:white'>HIDDEN",
         OV_HTML_SEEN},
        {"<table bgcolor=white><tr><td background=x style='color:white'>HIDDEN", OV_HTML_SEEN},
        {"<table bgcolor=white><tr><td bgcolor=black style='color:white'>HIDDEN", OV_HTML_SEEN},
        {"<div style='background:#fff'><p style='color:#ccc'>HIDDEN", OV_HTML_SEEN},
        {"<p style='mso-hide:all'>HIDDEN", OV_HTML_SEEN},
    };
    g_autofree char *filler = g_strnfill(300, 'x');
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) parts = g_strsplit(cases[i].page, "HIDDEN", 2);
        g_autofree char *page = g_strconcat(parts[0], filler, NULL);
        const OvHtml *html = read_page(page);
        OvHtmlHiddenWhy why = html->n_hidden > 0 ? html->hidden[0].why : OV_HTML_SEEN;
        if (why != cases[i].why)
            fail_msg("%s: %s", cases[i].page, ov_html_hidden_name(why));
        assert_int_equal(html->visible, why == OV_HTML_SEEN ? 300 : 0);
        assert_int_equal(html->hidden_characters, why == OV_HTML_SEEN ? 0 : 300);
        assert_int_equal(html->low_contrast, why == OV_HTML_HIDDEN_COLOUR ? 300 : 0);
    }
}

static void test_preheaders_and_twins_do_not_count(void **state) {
    (void)state;
    const OvHtml *html = read_page("<div style='display:none'>Spring is near&zwnj;&nbsp;</div>"
                                   "<p>News</p><div style='display:none'>abcdef</div>");
    assert_int_equal(html->n_hidden, 2);
    assert_int_equal(html->hidden[0].exempt, OV_HTML_PREHEADER);
    assert_int_equal(html->hidden_exempt, 12);
    assert_int_equal(html->hidden_characters, 6);

    g_autofree char *text = g_strnfill(200, 'x');
    g_autofree char *late = g_strdup_printf("<p>%s</p><div hidden>late</div>", text);
    assert_int_equal(read_page(late)->hidden_characters, 4);
    g_autofree char *long_one =
        g_strdup_printf("<div style='display:none'>%s%s</div>News", text, text);
    assert_int_equal(read_page(long_one)->hidden_characters, 400);

    html = read_page("<p hidden>Preview</p><div class=desktop><p>Read it online</p><p>Now</p></div>"
                     "<div class=mobile style='display:none'><p>Read it  online</p><p>Now</p></div>"
                     "<div hidden>Something else</div>");
    assert_int_equal(html->n_hidden, 3);
    assert_int_equal(html->hidden[1].exempt, OV_HTML_TWIN);
    assert_int_equal(html->hidden[2].exempt, OV_HTML_COUNTS);
}

static void test_tricks_inside_words_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *page;
        guint in_words, in_sentences, split;
        const char *evidence;
    } cases[] = {
        {"via<span style='font-size:0'>xx</span>gra", 1, 0, 0, "xx"},
        {"buy<i style='font-size:1px'>a</i> now <i style='font-size:1px'>b</i> here", 0, 2, 0, "a"},
        {"buy <i style='font-size:1px'>a</i>", 0, 0, 0, ""},
        {"<div style='font-size:0'>&nbsp;</div>text", 0, 0, 0, ""},
        {"v<!--a-->i<!--b-->agra and ci<b></b>alis", 0, 0, 2, "vi"},
        {"unsub<wbr>scribe", 0, 0, 0, ""},
        {"a <!-- x --> b<!--c--> d", 0, 0, 0, ""},
        {"a<!--[if mso]>x<![endif]-->b", 0, 0, 0, ""},
        {"sub<b>scri</b>be", 0, 0, 0, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvHtml *html = read_page(cases[i].page);
        assert_int_equal(html->tiny_in_words.count, cases[i].in_words);
        assert_int_equal(html->tiny_in_sentences.count, cases[i].in_sentences);
        assert_int_equal(html->split_words.count, cases[i].split);
        const OvHtmlFinding *finding = html->split_words.count     ? &html->split_words
                                       : html->tiny_in_words.count ? &html->tiny_in_words
                                                                   : &html->tiny_in_sentences;
        assert_string_equal(text_of(finding->evidence), cases[i].evidence);
    }
}

static void test_links_tell_where_they_go_and_what_is_seen(void **state) {
    (void)state;
    const OvHtml *html = read_page(
        "<body bgcolor=white>See <a href=' http://a.example/?x=1&amp;y=&#50; ' title='T &amp; t'>"
        "the <b>news</b> </a>, <a href='java&#9;script:x'><img src=x alt=Shop width=100 height=50>"
        "</a> <a href=h style='display:none'>hidden</a><a href=p style='color:#ddd;font-size:7px'>"
        "pale</a><a name=n>anchor</a><map><area href=m alt=Map></map><form action=f></form>"
        "<svg><a xlink:href=s><text>svg</text></a></svg>"
        "<blockquote type=cite><a href=q>quoted</a></blockquote>");
    static const struct {
        const char *target, *text, *title, *alt;
        OvHtmlLinkKind kind;
        guint visible, n_images;
        gboolean hidden, quoted;
        double font, contrast;
    } expected[] = {
        {"http://a.example/?x=1&y=2", "the news", "T & t", "", OV_HTML_LINK_A, 7, 0, FALSE, FALSE,
         16, 21},
        {"javascript:x", "", "", "Shop", OV_HTML_LINK_A, 0, 1, FALSE, FALSE, 0, 0},
        {"h", "", "", "", OV_HTML_LINK_A, 0, 0, TRUE, FALSE, 0, 0},
        {"p", "pale", "", "", OV_HTML_LINK_A, 4, 0, FALSE, FALSE, 7, 1.36},
        {"m", "", "", "Map", OV_HTML_LINK_AREA, 0, 0, FALSE, FALSE, 0, 0},
        {"f", "", "", "", OV_HTML_LINK_FORM, 0, 0, FALSE, FALSE, 0, 0},
        {"s", "svg", "", "", OV_HTML_LINK_SVG, 3, 0, FALSE, FALSE, 16, 0},
        {"q", "quoted", "", "", OV_HTML_LINK_A, 6, 0, FALSE, TRUE, 16, 21},
    };
    assert_int_equal(html->n_links, G_N_ELEMENTS(expected));
    for (guint i = 0; i < html->n_links; i++) {
        const OvHtmlLink *link = &html->links[i];
        assert_string_equal(text_of(link->target), expected[i].target);
        assert_string_equal(part_of(html, link->range), expected[i].text);
        assert_string_equal(text_of(link->title), expected[i].title);
        assert_string_equal(text_of(link->alt), expected[i].alt);
        assert_int_equal(link->kind, expected[i].kind);
        assert_int_equal(link->visible, expected[i].visible);
        assert_int_equal(link->n_images, expected[i].n_images);
        assert_int_equal(link->hidden, expected[i].hidden);
        assert_int_equal(link->quoted, expected[i].quoted);
        assert_float_equal(link->font, expected[i].font, 0.01);
        assert_float_equal(link->contrast, expected[i].contrast, 0.01);
    }
    assert_string_equal(text_of(html->links[0].href), " http://a.example/?x=1&amp;y=&#50; ");
    assert_float_equal(html->links[1].image_area, 5000, 0.1);
    assert_int_equal(html->visible_linked, 20);
    assert_int_equal(html->links[2].hidden_characters, 6);
}

static void test_pictures_have_their_size(void **state) {
    (void)state;
    static const struct {
        const char *page;
        double width, height;           /* as told, 0 for unknown */
        double full_width, full_height; /* where its own size is 100 x 50 px */
        OvHtmlAlt alt;
        gboolean background, hidden;
    } cases[] = {
        {"<img src=a width=300 height=200>", 300, 200, 300, 200, OV_HTML_ALT_MISSING, FALSE, FALSE},
        {"<img src=a width=300 style='width:30px;height:20px' alt=''>", 30, 20, 30, 20,
         OV_HTML_ALT_EMPTY, FALSE, FALSE},
        {"<style>img{width:10px}.b{width:60px!important}</style><img src=a class=b alt=' x '>", 60,
         0, 60, 30, OV_HTML_ALT_TEXT, FALSE, FALSE},
        {"<img src=a width='50%'>", 300, 0, 300, 150, OV_HTML_ALT_MISSING, FALSE, FALSE},
        {"<img src=a height='100%'>", 0, 0, 100, 50, OV_HTML_ALT_MISSING, FALSE, FALSE},
        {"<img src=a height=25px>", 0, 25, 50, 25, OV_HTML_ALT_MISSING, FALSE, FALSE},
        {"<img src=a width=2000 height=9000>", 2000, 9000, 800, 4000, OV_HTML_ALT_MISSING, FALSE,
         FALSE},
        {"<img src=a style='display:none'>", 0, 0, 100, 50, OV_HTML_ALT_MISSING, FALSE, TRUE},
        {"<div hidden><image src=a></div>", 0, 0, 100, 50, OV_HTML_ALT_MISSING, FALSE, TRUE},
        {"<input type=image src=a width=9>", 9, 0, 9, 4.5, OV_HTML_ALT_MISSING, FALSE, FALSE},
        {"<td background=a><table><td background=a width=90 height=30>", 90, 30, 90, 30,
         OV_HTML_ALT_MISSING, TRUE, FALSE},
        {"<div style='background:#fff url(\"a\") no-repeat;width:50px'>", 50, 0, 50, 25,
         OV_HTML_ALT_MISSING, TRUE, FALSE},
        {"<style>.h{background-image:url(a)}</style><body><p class=h>", 0, 0, 100, 50,
         OV_HTML_ALT_MISSING, TRUE, FALSE},
        {"<img srcset='a 1x, b 2x'>", 0, 0, 100, 50, OV_HTML_ALT_MISSING, FALSE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvHtml *html = read_page(cases[i].page);
        assert_int_equal(html->n_images, 1);
        const OvHtmlImage *image = &html->images[0];
        double width, height;
        assert_string_equal(text_of(image->src), "a");
        assert_float_equal(image->width, cases[i].width, 0.01);
        assert_float_equal(image->height, cases[i].height, 0.01);
        ov_html_image_size(image, 100, 50, &width, &height);
        assert_float_equal(width, cases[i].full_width, 0.01);
        assert_float_equal(height, cases[i].full_height, 0.01);
        assert_int_equal(image->alt, cases[i].alt);
        assert_int_equal(image->background, cases[i].background);
        assert_int_equal(image->hidden, cases[i].hidden);
    }
    double width, height;
    ov_html_image_size(&read_page("<img src=a>")->images[0], 0, 0, &width, &height);
    assert_true(width == 200 && height == 200);
}

static void test_what_acts_is_found(void **state) {
    (void)state;
    static const struct {
        const char *page;
        int what; /* OvHtmlActive, or -1: nothing */
        const char *evidence;
    } cases[] = {
        {"<script src=x>1</script>", OV_HTML_SCRIPT, "<script src=x>"},
        {"<SCRIPT TYPE='text/javascript; x'>", OV_HTML_SCRIPT,
         "<SCRIPT TYPE='text/javascript; x'>"},
        {"<script type=module>", OV_HTML_SCRIPT, "<script type=module>"},
        {"<script type=application/ld+json>{}", OV_HTML_SCRIPT_DATA,
         "<script type=application/ld+json>"},
        {"<script async src='https://cdn.ampproject.org/v0.js'>", OV_HTML_SCRIPT_AMP,
         "<script async src='https://cdn.ampproject.org/v0.js'>"},
        {"<pre>&lt;script&gt;</pre><!-- <script> -->", -1, ""},
        {"<p onclick=\"x()\" id=a>", OV_HTML_HANDLER, "onclick=\"x()\""},
        {"<p OnMouseOver = x>", OV_HTML_HANDLER, "OnMouseOver = x"},
        {"<p onclick='' once=1 ondata=x>", -1, ""},
        {"<p title='onclick=x'>", -1, ""},
        {"<a href=' Java\tScript:x'>", OV_HTML_SCRIPT_URL, "JavaScript:x"},
        {"<a href='&#106;avascript&colon;x'>", OV_HTML_SCRIPT_URL, "javascript:x"},
        {"<a href='vbscript:x'>", OV_HTML_SCRIPT_URL, "vbscript:x"},
        {"<a href='https://a.example/javascript:x'>javascript:x</a>", -1, ""},
        {"<form>", OV_HTML_FORM, "<form>"},
        {"<input name=q>", OV_HTML_INPUT, "<input name=q>"},
        {"<select>", OV_HTML_INPUT, "<select>"},
        {"<input type=hidden name=password><button>x</button>", -1, ""},
        {"<input type=radio>", OV_HTML_CHECK_INPUT, "<input type=radio>"},
        {"<input type=PassWord>", OV_HTML_PASSWORD, "<input type=PassWord>"},
        {"<input name=user_passwd>", OV_HTML_SECRET_INPUT, "<input name=user_passwd>"},
        {"<input name=card_pin>", OV_HTML_SECRET_INPUT, "<input name=card_pin>"},
        {"<iframe src=x>", OV_HTML_FRAME, "<iframe src=x>"},
        {"<object data=x>", OV_HTML_OBJECT, "<object data=x>"},
        {"<video autoplay>", OV_HTML_OBJECT, "<video autoplay>"},
        {"<video controls>", OV_HTML_MEDIA, "<video controls>"},
        {"<meta http-equiv=Refresh content=\"0; URL='https://a.example/'\">", OV_HTML_REFRESH,
         "https://a.example/'"},
        {"<meta http-equiv=refresh content=30>", -1, ""},
        {"<base href='https://a.example/'>", OV_HTML_BASE, "https://a.example/"},
        {"<base target=_blank>", -1, ""},
        {"<p style='width:expression(x)'>", OV_HTML_ACTIVE_CSS, "width:expression(x)"},
        {"<style>p{behavior:url(x.htc)}</style>", OV_HTML_ACTIVE_CSS, "behavior:url(x.htc)"},
        {"<style>v\\:*{behavior:url(#default#VML)}</style>", -1, ""},
        {"<p style='background:url(javascript:x)'>", OV_HTML_ACTIVE_CSS,
         "background:url(javascript:x)"},
        {"<svg><path/></svg>", OV_HTML_SVG, "<svg>"},
        {"<svg><use href='#a'/></svg>", OV_HTML_SVG, "<svg>"},
        {"<svg><use href='https://a.example/x.svg#a'/></svg>", OV_HTML_ACTIVE_SVG,
         "<use href='https://a.example/x.svg#a'/>"},
        {"<svg onload=x>", OV_HTML_ACTIVE_SVG, "<svg onload=x>"},
        {"<svg><foreignObject>", OV_HTML_ACTIVE_SVG, "<foreignObject>"},
        {"<svg><script>x</script></svg>", OV_HTML_ACTIVE_SVG, "<script>"},
        {"<a href='data:text/html;base64,PGI+'>", OV_HTML_DATA_DOCUMENT,
         "data:text/html;base64,PGI+"},
        {"<iframe src='data:image/svg+xml,x'>", OV_HTML_DATA_DOCUMENT, "data:image/svg+xml,x"},
        {"<img src='data:image/png;base64,AA'><img src='data:image/svg+xml,x'>", -1, ""},
        {"<link rel='stylesheet' href=a.css>", OV_HTML_EXTERNAL_CSS, "a.css"},
        {"<style>@import url(a.css);</style>", OV_HTML_EXTERNAL_CSS, "url(a.css)"},
        {"<link rel=icon href=a>", -1, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const OvHtml *html = read_page(cases[i].page);
        guint found = 0;
        for (guint what = 0; what < OV_HTML_N_ACTIVE; what++)
            found += html->active[what].count;
        if (cases[i].what < 0) {
            if (found != 0)
                fail_msg("found in %s", cases[i].page);
            continue;
        }
        if (html->active[cases[i].what].count != 1)
            fail_msg("not found in %s", cases[i].page);
        assert_string_equal(text_of(html->active[cases[i].what].evidence), cases[i].evidence);
    }
}

static void test_faults_of_the_markup_are_counted(void **state) {
    (void)state;
    const OvHtml *html = read_page(
        "<!DOCTYPE html><html lang='de-CH'><head><title> A &amp;\n b </title></head><body>"
        "<!-- c --><div class=\"a\"><p>x<br>y</p><ul><li>a<li>b</ul></div></body></html>");
    assert_int_equal(html->n_errors, 0);
    assert_int_equal(html->n_unknown, 0);
    assert_int_equal(html->n_tags, 10);
    assert_int_equal(html->n_comments, 1);
    assert_int_equal(html->depth, 5);
    assert_string_equal(text_of(html->title), "A & b");
    assert_string_equal(text_of(html->language), "de-CH");

    html = read_page("<foo><o:p><v:shape></b></table><p a='b'c=d x=1 title=a title=b></ p>");
    assert_int_equal(html->n_unknown, 1);
    assert_int_equal(html->n_errors, 5);
}

/* Octets of the arena that n octets of it take. */
static gsize memory_for(const char *before, const char *piece, gsize n) {
    g_autoptr(GString) page = g_string_new(before);
    while (page->len < n)
        g_string_append(page, piece);
    g_autoptr(OvArena) own = ov_arena_new();
    ov_html_read(own, (OvSlice){page->str, page->len}, 0);
    return ov_arena_used(own);
}

static void test_odd_markup_costs_bounded_memory(void **state) {
    (void)state;
    static const struct {
        const char *before, *piece;
    } cases[] = {
        {"", "<div>"},
        {"", "<b><p>"},
        {"", "<table><tr><td>"},
        {"<p><b a><b b><b c><b d><b e></p>", "<p>x</p>"},
        {"<x><div><span><span><span><span><span><span><span><span>", "</x>"},
        {"<a><b><c><d><e><f><g>", "</y>"},
        {"<li><ul><div><div><div><div><div><div>", "<li></li>"},
        {"", "<a href=x>x"},
        {"", "<img src=x>"},
        {"", "<i hidden>x</i>y"},
        {"", "&nGt;"},
        {"", "&CounterClockwiseContourIntegra"},
        {"<!--", "--"},
        {"", "<!--x--"},
        {"<script>", "<!--<script>"},
        {"<title>", "</titl"},
        {"<a ", "x=y "},
        {"<a x=\"", "'"},
        {"<style>", "a{color:red}"},
        {"<style>", ".x .x>.x{color:red}"},
        {"<style>", "@media("},
        {"<p style=\"", "("},
        {"<p style=\"", "transform:scale;"},
        {"<p style=\"", "color:red!important;"},
        {"<pre>", "\n "},
        {"", "<p>From:"},
        {"<svg><g><g><g><g><g><g>", "</x>"},
        {"", "x<b></b>"},
        {"", "<"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize n = 512 * 1024;
        gsize used = memory_for(cases[i].before, cases[i].piece, n);
        if (used > 40 * n + 1024 * 1024)
            fail_msg("%s%s: %" G_GSIZE_FORMAT " octets for %" G_GSIZE_FORMAT, cases[i].before,
                     cases[i].piece, used, n);
    }
}

static void test_what_is_too_much_is_cut_and_told(void **state) {
    (void)state;
    g_autoptr(GString) page = g_string_new(NULL);
    for (guint i = 0; i < OV_HTML_MAX_LINKS + 10; i++)
        g_string_append(page, "<a href=x>y</a>");
    const OvHtml *html = ov_html_read(arena, (OvSlice){page->str, page->len}, 0);
    assert_int_equal(html->n_links, OV_HTML_MAX_LINKS);
    assert_true(html->cut);
    assert_int_equal(html->visible, OV_HTML_MAX_LINKS + 10);

    g_string_truncate(page, 0);
    for (guint i = 0; i < OV_HTML_MAX_TOKENS; i++)
        g_string_append(page, "<i>");
    g_string_append(page, "end");
    html = ov_html_read(arena, (OvSlice){page->str, page->len}, 0);
    assert_true(html->cut);
    assert_int_equal(html->visible, 0);

    g_string_truncate(page, 0);
    while (page->len < OV_HTML_MAX_OCTETS + 100)
        g_string_append(page, "ä ");
    html = ov_html_read(arena, (OvSlice){page->str, page->len}, 0);
    assert_true(html->cut);
    assert_int_equal(html->size, page->len);
    assert_true(html->text.length <= OV_HTML_MAX_OCTETS);
    assert_true(g_utf8_validate_len(html->text.data, html->text.length, NULL));
    assert_false(read_page("x")->cut);
}

static void test_deadline_stops_the_reading(void **state) {
    (void)state;
    g_autoptr(GString) page = g_string_new(NULL);
    for (guint i = 0; i < 2000; i++)
        g_string_append(page, "<p>x");
    const OvHtml *html = ov_html_read(arena, (OvSlice){page->str, page->len}, 1);
    assert_true(html->late);
    assert_true(html->visible < 2000);
    assert_false(read_page("x")->late);
}

static void test_deep_nesting_keeps_text_and_links(void **state) {
    (void)state;
    g_autoptr(GString) page = g_string_new(NULL);
    for (guint i = 0; i < OV_HTML_MAX_TOKENS - 10; i++)
        g_string_append(page, "<div>");
    g_string_append(page, "<a href=x>deep</a>");
    const OvHtml *html = ov_html_read(arena, (OvSlice){page->str, page->len}, 0);
    assert_int_equal(html->visible_linked, 4);
    assert_true(html->depth > OV_HTML_MAX_TOKENS - 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_blocks_know_what_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(test_runs_tell_the_look, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hidden_text_has_its_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(test_preheaders_and_twins_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tricks_inside_words_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links_tell_where_they_go_and_what_is_seen, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_pictures_have_their_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_acts_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults_of_the_markup_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_odd_markup_costs_bounded_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_too_much_is_cut_and_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deadline_stops_the_reading, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deep_nesting_keeps_text_and_links, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
