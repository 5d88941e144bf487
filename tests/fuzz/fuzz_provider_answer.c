/* Reads any octets as a provider's answers, of either kind of words, as troubles, as a token and as
 * a file of credentials. What is read is fit for ledger and terminal, and lies within its bounds.
 */
#include "policy/provider/answer.h"
#include "policy/provider/answer_json.h"
#include "policy/provider/network4.h"
#include "policy/provider/ovh_credentials.h"
#include "policy/provider/ovh_rights.h"
#include "policy/provider/ovh_token.h"
#include "policy/provider/ovh_trouble.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_text(const char *text, gsize most) {
    g_assert(strlen(text) <= most && g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_assert(!g_unichar_iscntrl(g_utf8_get_char(p)));
}

static void check_lists(const json_t *root, OvArena *arena) {
    static const char network[] = "192.0.2.0/28";
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    OvNetwork4 parsed;
    guint n = 0;
    const char **networks = ov_answer_networks(root, arena, &n, NULL);
    for (guint i = 0; networks && i < n; i++)
        g_assert(ov_network4_parse(networks[i], &parsed));
    if (!ov_answer_addresses(root, network, arena, addresses, NULL))
        return;
    g_assert(ov_network4_parse(network, &parsed));
    for (guint i = 0; i < addresses->len; i++)
        g_assert(ov_network4_has(&parsed, addresses->pdata[i]));
    g_assert(addresses->len <= 16);
}

static void check_words(const OvAnswerWords *words, const json_t *root, OvArena *arena) {
    OvBlock block;
    if (ov_answer_block(words, root, "192.0.2.0/28", "192.0.2.1", &block, arena, NULL))
        g_assert(block.state < OV_N_BLOCK_STATES && block.since >= 0 && block.duration >= 0);
    guint n = 0, n_reports = 0;
    OvReport *reports = NULL;
    const OvDetected *detected =
        ov_answer_detected(words, root, arena, &n, &reports, &n_reports, NULL);
    for (guint i = 0; detected && i < n; i++) {
        check_text(detected[i].message_id, 1000);
        if (detected[i].destination)
            check_text(detected[i].destination, 64);
        g_assert(detected[i].time >= 0 && detected[i].period >= 0);
    }
    for (guint i = 0; detected && i < n_reports; i++)
        g_assert(reports[i].period >= 0 && reports[i].total >= -1 && reports[i].average >= -1);
}

static void check_trouble(const char *text, gsize size) {
    static const long statuses[] = {302, 400, 401, 403, 404, 429, 460, 503};
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        OvOvhTrouble trouble;
        ov_ovh_trouble_read(statuses[i], text, size, &trouble);
        g_assert(trouble.kind > OV_OVH_NO_TROUBLE && trouble.kind < OV_N_OVH_TROUBLES);
        g_assert((trouble.wait > 0) == (trouble.kind == OV_OVH_STILL));
        check_text(trouble.message, OV_OVH_MAX_WORDS - 1);
        check_text(trouble.actions, OV_OVH_MAX_WORDS - 1);
    }
}

static void check_credentials(const char *text, gsize size) {
    g_autoptr(GError) error = NULL;
    g_autoptr(OvOvhCredentials) credentials =
        ov_ovh_credentials_parse(text, size, "ovh.conf", "ovh-eu", OV_OVH_NEED_KEY, &error);
    g_assert((credentials == NULL) == (error != NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    const char *text = (const char *)data;
    g_autoptr(OvArena) arena = ov_arena_new();
    g_autoptr(OvOvhToken) token = ov_ovh_token_new();
    json_t *root = ov_answer_parse(text, size, NULL);
    if (root) {
        check_lists(root, arena);
        check_words(&ov_answer_of_ovh, root, arena);
        check_words(&ov_answer_of_command, root, arena);
        for (guint i = 0; i < OV_OVH_N_RIGHTS; i++)
            ov_ovh_right_is_in(&ov_ovh_rights[i], root);
    }
    json_decref(root);
    check_trouble(text, size);
    ov_ovh_token_take(token, text, size, 0, NULL);
    check_credentials(text, size);
    return 0;
}
