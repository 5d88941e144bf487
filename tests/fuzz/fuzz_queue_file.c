/* Reads any octets as a control file of Sendmail's queue, as outvet-queue does with the rights of
 * root. What is whole is whole again with anything behind it, and its header has no more octets
 * than the file. */
#include "policy/queue/queue_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    const char *text = (const char *)data;
    g_auto(OvQueueFile) file = {.sender = NULL}, again = {.sender = NULL};
    if (!ov_queue_file_parse(&file, text, size))
        return 0;
    g_assert(file.sender && file.header->len <= size && file.recipients->len <= size / 2);
    g_autoptr(GString) longer = g_string_new_len(text, (gssize)size);
    g_string_append(longer, "\nSsomebody else\nRelse\nH??X: y\n.\n");
    g_assert(ov_queue_file_parse(&again, longer->str, longer->len));
    g_assert(strcmp(again.sender, file.sender) == 0 &&
             again.recipients->len == file.recipients->len &&
             g_string_equal(again.header, file.header));
    return 0;
}
