#include "policy/dns_watch.h"

#include "policy/time_text.h"

/* "" is null. */
static json_t *text_json(const char *text) {
    return *text ? json_string(text) : json_null();
}

static json_t *list_json(const OvStandingList *list) {
    const OvBlockListing *listing = &list->listing;
    const char *state =
        listing->state == OV_BLOCK_LIST_CLEAR && list->kind == OV_BLOCK_LIST_OF_DOMAINS
            ? "answering"
            : ov_block_list_state_name(listing->state);
    json_t *told =
        json_pack("{s:s, s:s, s:o, s:o}", "list", list->name, "state", state, "since",
                  ov_time_json(list->age.since), "checked", ov_time_json(list->age.checked));
    if (listing->state == OV_BLOCK_LIST_LISTED) {
        json_object_set_new(told, "code", json_string(listing->code));
        json_object_set_new(told, "meaning", json_string(listing->meaning));
    }
    if (*listing->trouble)
        json_object_set_new(told, "error", json_string(listing->trouble));
    return told;
}

static json_t *address_json(const OvStandingAddress *address) {
    json_t *lists = json_array();
    for (guint i = 0; i < address->n_lists; i++)
        json_array_append_new(lists, list_json(&address->lists[i]));
    return json_pack("{s:s, s:o, s:i, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "address",
                     address->text, "ptr", text_json(address->name), "ptrs", (int)address->n_names,
                     "reverse", ov_standing_reverse_word(address), "reverse_since",
                     ov_time_json(address->reverse_age.since), "reverse_checked",
                     ov_time_json(address->reverse_age.checked), "helo", text_json(address->helo),
                     "helo_state", ov_standing_helo_word(address), "helo_since",
                     ov_time_json(address->helo_age.since), "helo_checked",
                     ov_time_json(address->helo_age.checked), "lists", lists);
}

json_t *ov_standing_addresses_json(const OvStanding *standing) {
    json_t *told = json_array();
    for (guint i = 0; standing && i < ov_standing_n_addresses(standing); i++)
        json_array_append_new(told, address_json(ov_standing_address(standing, i)));
    return told;
}

json_t *ov_standing_domain_lists_json(const OvStanding *standing) {
    json_t *told = json_array();
    for (guint i = 0; standing && i < ov_standing_n_domain_lists(standing); i++)
        json_array_append_new(told, list_json(ov_standing_domain_list(standing, i)));
    return told;
}

json_t *ov_standing_mailboxes_json(const OvStanding *standing) {
    json_t *told = json_array();
    for (guint i = 0; standing && i < ov_standing_n_mailboxes(standing); i++) {
        const OvStandingMailbox *mailbox = ov_standing_mailbox(standing, i);
        json_array_append_new(
            told, json_pack("{s:s, s:s, s:o, s:o, s:o}", "address", mailbox->address, "state",
                            ov_mailbox_state_name(mailbox->state), "answer",
                            text_json(mailbox->answer), "since", ov_time_json(mailbox->age.since),
                            "checked", ov_time_json(mailbox->age.checked)));
    }
    return told;
}
