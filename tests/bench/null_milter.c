/* The baseline: a milter on libmilter that negotiates the steps outvetd does and judges nothing.
 *
 *   null_milter SOCKET */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

enum {
    ACTIONS = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST,
    STEPS = SMFIP_HDR_LEADSPC | SMFIP_SKIP | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NR_CONN |
            SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH |
            SMFIP_NR_BODY,
};

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
                             unsigned long unused2, unsigned long unused3,
                             unsigned long *wanted_actions, unsigned long *wanted_steps,
                             unsigned long *wanted2, unsigned long *wanted3) {
    static char none[] = "", connect_macros[] = "v {client_resolve}",
                sender_macros[] = "{auth_authen} {mail_mailer}", end_macros[] = "i";

    (void)unused2, (void)unused3;
    *wanted_actions = actions & ACTIONS;
    *wanted_steps = steps & STEPS;
    *wanted2 = *wanted3 = 0;
    smfi_setsymlist(ctx, SMFIM_CONNECT, connect_macros);
    smfi_setsymlist(ctx, SMFIM_ENVFROM, sender_macros);
    smfi_setsymlist(ctx, SMFIM_EOM, end_macros);
    smfi_setsymlist(ctx, SMFIM_HELO, none);
    smfi_setsymlist(ctx, SMFIM_ENVRCPT, none);
    smfi_setsymlist(ctx, SMFIM_DATA, none);
    smfi_setsymlist(ctx, SMFIM_EOH, none);
    return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address) {
    (void)ctx, (void)name, (void)address;
    return SMFIS_NOREPLY;
}

static sfsistat on_text(SMFICTX *ctx, char *text) {
    (void)ctx, (void)text;
    return SMFIS_NOREPLY;
}

static sfsistat on_arguments(SMFICTX *ctx, char **arguments) {
    (void)ctx, (void)arguments;
    return SMFIS_NOREPLY;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value) {
    (void)ctx, (void)name, (void)value;
    return SMFIS_NOREPLY;
}

static sfsistat on_end_of_header(SMFICTX *ctx) {
    (void)ctx;
    return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t length) {
    (void)ctx, (void)data, (void)length;
    return SMFIS_NOREPLY;
}

static sfsistat on_end_of_message(SMFICTX *ctx) {
    (void)ctx;
    return SMFIS_CONTINUE;
}

int main(int argc, char **argv) {
    struct smfiDesc description = {
        .xxfi_name = "null",
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = ACTIONS,
        .xxfi_connect = on_connect,
        .xxfi_helo = on_text,
        .xxfi_envfrom = on_arguments,
        .xxfi_envrcpt = on_arguments,
        .xxfi_header = on_header,
        .xxfi_eoh = on_end_of_header,
        .xxfi_body = on_body,
        .xxfi_eom = on_end_of_message,
        .xxfi_negotiate = on_negotiate,
    };

    if (argc != 2) {
        fprintf(stderr, "usage: null_milter SOCKET\n");
        return EX_USAGE;
    }
    umask(0);
    if (smfi_register(description) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS ||
        smfi_main() != MI_SUCCESS)
        return EX_UNAVAILABLE;
    return EX_OK;
}
