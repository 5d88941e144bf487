#include "rules/html_names.h"

#include "rules/names.h"

static const char *const tag_names[] = {
#define TAG(id, name, display, flags) name,
#include "rules/html_tags.def"
#undef TAG
};

enum {
    SPECIAL = OV_TAG_IS_SPECIAL,
    SCOPE = OV_TAG_IS_SCOPE,
    MARKER = OV_TAG_IS_MARKER,
    FORMATTING = OV_TAG_IS_FORMATTING,
    VOID = OV_TAG_IS_VOID,
    CLOSES_P = OV_TAG_CLOSES_P,
    HEADING = OV_TAG_IS_HEADING,
    PREFORMATTED = OV_TAG_IS_PREFORMATTED,
    RCDATA = OV_TAG_IS_RCDATA,
    RAWTEXT = OV_TAG_IS_RAWTEXT,
    RECONSTRUCTS = OV_TAG_RECONSTRUCTS,
    FOREIGN = OV_TAG_IS_FOREIGN,
};

const OvTagInfo ov_tag_info[OV_N_TAGS + 1] = {
#define TAG(id, name, layout, does) {.display = OV_DISPLAY_##layout, .flags = (does)},
#include "rules/html_tags.def"
#undef TAG
    {.display = OV_DISPLAY_INLINE, .flags = OV_TAG_RECONSTRUCTS},
};

static const char *const attribute_names[] = {
#define ATTRIBUTE(id, name) name,
#include "rules/html_attributes.def"
#undef ATTRIBUTE
};
G_STATIC_ASSERT(OV_N_ATTRIBUTES <= 64);

static const char *const event_names[] = {
    "onabort",
    "onactivate",
    "onafterprint",
    "onanimationcancel",
    "onanimationend",
    "onanimationiteration",
    "onanimationstart",
    "onauxclick",
    "onbeforecopy",
    "onbeforecut",
    "onbeforeinput",
    "onbeforepaste",
    "onbeforeprint",
    "onbeforetoggle",
    "onbeforeunload",
    "onbegin",
    "onblur",
    "oncancel",
    "oncanplay",
    "oncanplaythrough",
    "onchange",
    "onclick",
    "onclose",
    "oncontextmenu",
    "oncopy",
    "oncuechange",
    "oncut",
    "ondblclick",
    "ondrag",
    "ondragend",
    "ondragenter",
    "ondragleave",
    "ondragover",
    "ondragstart",
    "ondrop",
    "ondurationchange",
    "onemptied",
    "onend",
    "onended",
    "onerror",
    "onfocus",
    "onfocusin",
    "onfocusout",
    "onformdata",
    "onfullscreenchange",
    "ongotpointercapture",
    "onhashchange",
    "oninput",
    "oninvalid",
    "onkeydown",
    "onkeypress",
    "onkeyup",
    "onload",
    "onloadeddata",
    "onloadedmetadata",
    "onloadstart",
    "onlostpointercapture",
    "onmessage",
    "onmousedown",
    "onmouseenter",
    "onmouseleave",
    "onmousemove",
    "onmouseout",
    "onmouseover",
    "onmouseup",
    "onmousewheel",
    "onoffline",
    "ononline",
    "onpagehide",
    "onpageshow",
    "onpaste",
    "onpause",
    "onplay",
    "onplaying",
    "onpointercancel",
    "onpointerdown",
    "onpointerenter",
    "onpointerleave",
    "onpointermove",
    "onpointerout",
    "onpointerover",
    "onpointerrawupdate",
    "onpointerup",
    "onpopstate",
    "onprogress",
    "onpropertychange",
    "onratechange",
    "onreadystatechange",
    "onrepeat",
    "onreset",
    "onresize",
    "onscroll",
    "onscrollend",
    "onsearch",
    "onseeked",
    "onseeking",
    "onselect",
    "onselectionchange",
    "onselectstart",
    "onshow",
    "onstalled",
    "onstart",
    "onstorage",
    "onsubmit",
    "onsuspend",
    "ontimeupdate",
    "ontoggle",
    "ontouchcancel",
    "ontouchend",
    "ontouchmove",
    "ontouchstart",
    "ontransitioncancel",
    "ontransitionend",
    "ontransitionrun",
    "ontransitionstart",
    "onunhandledrejection",
    "onunload",
    "onvolumechange",
    "onwaiting",
    "onwebkitanimationend",
    "onwebkitanimationiteration",
    "onwebkitanimationstart",
    "onwebkittransitionend",
    "onwheel",
};

OvTag ov_tag_find(OvSlice name) {
    static OvNames names = {.names = tag_names, .n = G_N_ELEMENTS(tag_names)};
    return (OvTag)ov_names_find(&names, name);
}

const char *ov_tag_name(OvTag tag) {
    return tag < OV_N_TAGS ? tag_names[tag] : "";
}

OvAttribute ov_attribute_find(OvSlice name) {
    static OvNames names = {.names = attribute_names, .n = G_N_ELEMENTS(attribute_names)};
    return (OvAttribute)ov_names_find(&names, name);
}

gboolean ov_attribute_is_event(OvSlice name) {
    static OvNames names = {.names = event_names, .n = G_N_ELEMENTS(event_names)};
    return name.length > 4 && (name.data[0] | 0x20) == 'o' && (name.data[1] | 0x20) == 'n' &&
           ov_names_find(&names, name) < names.n;
}
