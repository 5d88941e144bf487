/* Two old logs, searched. The input is cut in two at its first octet 0x1e. */
#include "policy/delivery/log_search.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file without a name; its path. */
static int put(const uint8_t *data, size_t size, char path[64]) {
    int file = memfd_create("log", MFD_CLOEXEC);
    g_assert_true(file >= 0 && write(file, data, size) == (ssize_t)size);
    g_snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

static void check_message(const OvLoggedMessage *message) {
    g_assert_true(message->line > 0 && *message->queue_id && *message->host);
    g_assert_true(!message->client || g_utf8_validate(message->client, -1, NULL));
    g_assert_true(!message->login || g_utf8_validate(message->login, -1, NULL));
    g_assert_true(!message->sender || g_utf8_validate(message->sender, -1, NULL));
    for (guint i = 0; i < message->n_recipients; i++) {
        const OvLoggedRecipient *recipient = &message->recipients[i];
        g_assert_true(recipient->tries > 0 && g_utf8_validate(recipient->address, -1, NULL));
        g_assert_true(!recipient->answer || g_utf8_validate(recipient->answer, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const IDS[] = {"a@x.example", "<b@x.example>", "B@X.EXAMPLE", "c"};
    const uint8_t *mark = size > 0 ? memchr(data, 0x1e, size) : NULL;
    size_t first = mark ? (size_t)(mark - data) : size;
    char paths[2][64];
    int one = put(data, first, paths[0]);
    int other = put(mark ? mark + 1 : data, mark ? size - first - 1 : 0, paths[1]);
    const char *const files[] = {paths[0], paths[1]};
    OvArena *arena = ov_arena_new();
    const OvLogSearch *search =
        ov_log_search(IDS, G_N_ELEMENTS(IDS), files, G_N_ELEMENTS(files), 1, arena);
    g_assert_true(search->n_found == G_N_ELEMENTS(IDS));
    for (guint i = 0; i < search->n_found; i++)
        for (guint j = 0; j < search->found[i].n_messages; j++)
            check_message(&search->found[i].messages[j]);
    ov_arena_free(arena);
    close(one);
    close(other);
    return 0;
}
