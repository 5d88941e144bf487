#include "rules/auth/dns_overlay.h"

static const OvDnsAnswer *ask(OvDnsBook *book, OvSlice name, OvDnsType type) {
    const OvDnsOverlay *overlay = (const OvDnsOverlay *)book;
    OvSlice own = {overlay->name, overlay->name_length};
    if (type == OV_DNS_TXT && ov_slice_equal(name, own))
        return &overlay->answer;
    return ov_dns_look_up(overlay->under, name, type);
}

static void wait_under(OvDnsBook *book) {
    ov_dns_wait(((OvDnsOverlay *)book)->under);
}

void ov_dns_overlay_init(OvDnsOverlay *overlay, OvDnsBook *under, OvSlice name, OvSlice text) {
    *overlay = (OvDnsOverlay){
        .book = {.ask = ask, .wait = wait_under},
        .under = under,
        .record = {.data = text},
    };
    overlay->name_length = (gsize)MAX(ov_dns_name(name, overlay->name), 0);
    overlay->answer = (OvDnsAnswer){
        .status = OV_DNS_FOUND, .n_records = 1, .records = &overlay->record, .trouble = ""};
}
