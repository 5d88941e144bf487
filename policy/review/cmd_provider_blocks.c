/* outvet provider networks, outvet provider blocks: our networks, and which addresses of them the
 * provider blocks. */
#include <stdio.h>

#include "policy/review/json.h"
#include "policy/review/output.h"
#include "policy/review/provider.h"

OvExit ov_command_provider_networks(const OvArguments *arguments) {
    const char *type = ov_arguments_value(arguments, "type");
    if (type && !ov_hosting_type_valid(type)) {
        ov_complain("--type %s: a type of services as the provider names it, such as failover, vps "
                    "or dedicated",
                    type);
        return OV_EXIT_USAGE;
    }
    g_auto(OvProviderCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_provider_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const char **networks = ov_hosting_networks(command.hosting, type, command.arena, &n, &error);
    if (!networks)
        return ov_provider_complain(error);
    for (guint i = 0; i < n; i++)
        if (ov_arguments_has(arguments, "json"))
            ov_json_print(json_pack("{s:s}", "network", networks[i]));
        else
            puts(networks[i]);
    return OV_EXIT_OK;
}

typedef struct {
    OvHosting *hosting;
    OvArena *arena;
    gboolean past;
    GArray *blocks; /* OvBlock */
    OvExit code;
} Listing;

static void print_json(const OvBlock *block) {
    gint64 until = block->since + block->duration * G_USEC_PER_SEC;
    json_t *object = json_object();
    json_object_set_new(object, "network", json_string(block->network));
    json_object_set_new(object, "address", json_string(block->address));
    json_object_set_new(object, "state", json_string(ov_block_state_name(block->state)));
    json_object_set_new(object, "since", block->since ? ov_json_time(block->since) : json_null());
    json_object_set_new(object, "until",
                        block->since && block->duration ? ov_json_time(until) : json_null());
    ov_json_print(object);
}

static void print_table(const GArray *blocks, gboolean past) {
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(OvTable) table = ov_table_new(5, "ADDRESS", "STATE", "SINCE", "UNTIL", "NETWORK");
    for (guint i = 0; i < blocks->len; i++) {
        const OvBlock *block = &g_array_index(blocks, OvBlock, i);
        gint64 until = block->since + block->duration * G_USEC_PER_SEC;
        g_autofree char *since = block->since ? ov_time_for_people(block->since) : NULL;
        g_autofree char *end = block->since && block->duration ? ov_time_for_people(until) : NULL;
        ov_table_add(table, block->address, ov_block_state_name(block->state), since, end,
                     block->network);
    }
    if (blocks->len > 0)
        ov_table_append(table, out, ov_output_colour());
    else
        g_string_append(out, past ? "No address was ever blocked.\n" : "No address is blocked.\n");
    fwrite(out->str, 1, out->len, stdout);
}

/* A network or address that is not ours any more is no reason to say nothing of the others. TRUE to
 * go on. */
static gboolean pass_over(Listing *listing, const char *what, GError *error) {
    if (error->code == OV_HOSTING_ERROR_GONE) {
        ov_complain("%s is passed over: %s", what, error->message);
        return TRUE;
    }
    OvExit code = ov_provider_complain(error);
    listing->code = MAX(listing->code, code);
    return error->code == OV_HOSTING_ERROR_ANSWER || error->code == OV_HOSTING_ERROR_DENIED;
}

/* FALSE where the rest needs no asking. */
static gboolean add_network(Listing *listing, const char *network) {
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const char **addresses =
        ov_hosting_blocked(listing->hosting, network, listing->past, listing->arena, &n, &error);
    if (!addresses)
        return pass_over(listing, network, error);
    for (guint i = 0; i < n; i++) {
        OvBlock block;
        g_autoptr(GError) inner = NULL;
        if (ov_hosting_block(listing->hosting, network, addresses[i], &block, listing->arena,
                             &inner))
            g_array_append_val(listing->blocks, block);
        else if (!pass_over(listing, addresses[i], inner))
            return FALSE;
    }
    return TRUE;
}

static void add_all(Listing *listing) {
    g_autoptr(GError) error = NULL;
    guint n = 0;
    const char **networks = ov_hosting_networks(listing->hosting, NULL, listing->arena, &n, &error);
    if (!networks)
        listing->code = ov_provider_complain(error);
    for (guint i = 0; networks && i < n; i++)
        if (!add_network(listing, networks[i]))
            return;
}

OvExit ov_command_provider_blocks(const OvArguments *arguments) {
    g_auto(OvProviderCommand) command = {.settings = NULL};
    OvExit code;
    if (!ov_provider_command_open(&command, arguments, &code))
        return code;
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(OvBlock));
    Listing listing = {command.hosting, command.arena, ov_arguments_has(arguments, "past"), blocks,
                       OV_EXIT_OK};
    add_all(&listing);
    if (ov_arguments_has(arguments, "json"))
        for (guint i = 0; i < blocks->len; i++)
            print_json(&g_array_index(blocks, OvBlock, i));
    else if (blocks->len > 0 || listing.code == OV_EXIT_OK)
        print_table(blocks, listing.past);
    return listing.code;
}
