/* Reads any octets as the file of a sample. What was not sealed with the key is never given; what
 * is sealed, from the same octets, is read back as it was, and not when one octet of it is another.
 */
#include "policy/samples/sample.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const guint8 KEY[OV_SAMPLE_KEY_SIZE] = "0123456789abcdef0123456789ABCDE";

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    gint64 id = 0;
    gsize length = 0;
    if (size >= 12)
        memcpy(&id, data + 4, sizeof id);
    g_assert(!ov_sample_open(data, size, GINT64_FROM_BE(id), KEY, NULL));

    OvSample sample = {id, size + 1, (char *)(guintptr)data, size};
    g_autofree guint8 *sealed = ov_sample_seal(&sample, KEY, &length, NULL);
    g_assert(sealed);
    g_autoptr(OvSample) again = ov_sample_open(sealed, length, id, KEY, NULL);
    g_assert(again && again->size == size + 1 && again->length == size);
    g_assert(size == 0 || memcmp(again->data, data, size) == 0);
    sealed[size % length] ^= size > 0 && data[0] ? data[0] : 1;
    g_assert(!ov_sample_open(sealed, length, id, KEY, NULL));
    return 0;
}
