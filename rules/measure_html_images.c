#include "rules/embedded.h"
#include "rules/measure_content.h"

#include <stdlib.h>

enum {
    PIXEL = 3,          /* px: no picture, a counter or a spacer */
    ICON = 48,          /* px */
    FREE_ICONS = 20000, /* px² of icons that don't count */
    MOST_REPEATED = 3,  /* times that the same picture counts */
    TEXT_AREA = 120,    /* px² that a visible character takes */
    MAX_PICTURES = OV_HTML_MAX_IMAGES,
};

/* A picture that is seen. */
typedef struct {
    OvSlice source;
    guint number; /* keeps the order where sources are the same */
    double area;
    gboolean icon;
    gboolean no_alt;
    gboolean background;
} Picture;

typedef struct {
    OvMeasure *measure;
    OvEmbedded *embedded;
    Picture *pictures;
    guint n_pictures;
    guint pixels;
    gsize carried; /* octets of pictures in the message */
    double linked; /* largest area in a link */
} Gallery;

static gboolean is_remote(const OvTarget *source) {
    return source->kind == OV_TARGET_WEB;
}

static gboolean is_pixel_size(double size) {
    return size > 0 && size <= PIXEL;
}

static void add_image(Gallery *gallery, const OvHtmlImage *image) {
    if (image->quoted && !gallery->measure->own_quotes)
        return;
    OvTarget source = ov_target_read(gallery->measure->arena, image->src, NULL);
    gboolean pixel = is_pixel_size(image->width) || is_pixel_size(image->height);
    gboolean counter =
        image->hidden || (is_pixel_size(image->width) && is_pixel_size(image->height));
    if (counter && is_remote(&source) && !image->background)
        gallery->pixels++;
    if (image->hidden || pixel)
        return;
    OvEmbeddedPicture carried = {.width = 0};
    if (ov_embedded_picture(gallery->embedded, &source, &carried) && carried.first)
        gallery->carried += carried.octets;
    double width, height;
    ov_html_image_size(image, carried.width, carried.height, &width, &height);
    if (width <= PIXEL || height <= PIXEL || gallery->n_pictures == MAX_PICTURES)
        return;
    if (image->link != OV_HTML_NONE)
        gallery->linked = MAX(gallery->linked, width * height);
    gallery->pictures[gallery->n_pictures] = (Picture){
        .source = image->src,
        .number = gallery->n_pictures,
        .area = width * height * (image->background ? 0.5 : 1.0),
        .icon = width <= ICON && height <= ICON,
        .no_alt = image->alt == OV_HTML_ALT_MISSING && !image->background,
        .background = image->background,
    };
    gallery->n_pictures++;
}

static int by_source(const void *a, const void *b) {
    const Picture *one = a, *other = b;
    gsize length = MIN(one->source.length, other->source.length);
    int order = length > 0 ? memcmp(one->source.data, other->source.data, length) : 0;
    if (order == 0)
        order = (one->source.length > other->source.length) -
                (one->source.length < other->source.length);
    return order != 0 ? order : (one->number > other->number) - (one->number < other->number);
}

static double total_area(Gallery *gallery) {
    double area = 0, icons = 0;
    guint repeated = 0;
    if (gallery->n_pictures > 1)
        qsort(gallery->pictures, gallery->n_pictures, sizeof(Picture), by_source);
    for (guint i = 0; i < gallery->n_pictures; i++) {
        const Picture *picture = &gallery->pictures[i];
        gboolean same = i > 0 && ov_slice_equal(picture->source, gallery->pictures[i - 1].source);
        repeated = same ? repeated + 1 : 0;
        if (repeated >= MOST_REPEATED)
            continue;
        *(picture->icon ? &icons : &area) += picture->area;
    }
    return area + (icons > FREE_ICONS ? icons : 0);
}

static void set_facts(Gallery *gallery, const OvLinks *links) {
    OvFacts *facts = gallery->measure->facts;
    guint images = 0, no_alt = 0;
    for (guint i = 0; i < gallery->n_pictures; i++) {
        const Picture *picture = &gallery->pictures[i];
        if (picture->icon || picture->background)
            continue;
        images++;
        no_alt += picture->no_alt ? 1 : 0;
    }
    double pictures = total_area(gallery), text = (double)TEXT_AREA * links->visible;
    ov_facts_set_number(facts, OV_FACT_HTML_IMAGES, images);
    ov_facts_set_number(facts, OV_FACT_HTML_IMAGES_NO_ALT, no_alt);
    ov_facts_set_number(facts, OV_FACT_HTML_IMAGE_AREA, pictures);
    ov_facts_set_number(facts, OV_FACT_HTML_IMAGE_OCTETS, (double)gallery->carried);
    ov_facts_set_number(facts, OV_FACT_HTML_TEXT_IMAGE_RATIO,
                        pictures > 0 ? text / (text + pictures) : 1);
    ov_facts_set_number(facts, OV_FACT_HTML_PIXELS, gallery->pixels);
    ov_facts_set_number(facts, OV_FACT_HTML_LINKED_IMAGE, gallery->linked);
}

void ov_measure_html_images(OvMeasure *measure, const OvLinks *links) {
    const OvShown *shown = measure->shown;
    guint n = 0;
    for (guint i = 0; i < shown->n_texts; i++)
        if (shown->texts[i].kind == OV_SHOWN_HTML && shown->texts[i].html)
            n += shown->texts[i].html->n_images;
    Gallery gallery = {
        .measure = measure,
        .embedded = ov_embedded_new(measure->arena, measure->message->mime),
        .pictures = OV_ARENA_NEW(measure->arena, Picture, MIN(n, (guint)MAX_PICTURES)),
    };
    for (guint i = 0; i < shown->n_texts; i++) {
        const OvHtml *page = shown->texts[i].kind == OV_SHOWN_HTML ? shown->texts[i].html : NULL;
        for (guint j = 0; page && j < page->n_images; j++)
            add_image(&gallery, &page->images[j]);
    }
    set_facts(&gallery, links);
}
