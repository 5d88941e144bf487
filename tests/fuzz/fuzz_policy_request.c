/* Reads any octets as policy requests. What is read lies within what was given, and does not change
 * with what follows it; however it is cut, the whole is read the same. */
#include "policy/delegation/request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check(OvSlice text, const OvPolicyRequest *request, gsize length) {
    g_assert(length > 0 && length <= text.length && length <= OV_POLICY_REQUEST_LIMIT);
    g_assert(text.data[length - 1] == '\n');
    for (guint i = 0; i < OV_N_POLICY_ATTRIBUTES; i++) {
        OvSlice value = request->value[i];
        if (!value.data)
            continue;
        g_assert(value.data >= text.data && value.data + value.length < text.data + length);
        g_assert(!memchr(value.data, '\n', value.length) && !memchr(value.data, 0, value.length));
    }
    OvPolicyRequest again;
    gsize length_again;
    const char *fault;
    g_assert(ov_policy_request_read((OvSlice){text.data, length}, &again, &length_again, &fault) ==
             OV_POLICY_READ);
    g_assert(length_again == length && again.size == request->size);
    g_assert(ov_policy_request_read((OvSlice){text.data, length - 1}, &again, &length_again,
                                    &fault) == OV_POLICY_INCOMPLETE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
    OvSlice rest = {(const char *)data, size};
    OvPolicyRequest request;
    gsize length;
    const char *fault;
    while (ov_policy_request_read(rest, &request, &length, &fault) == OV_POLICY_READ) {
        check(rest, &request, length);
        rest = (OvSlice){rest.data + length, rest.length - length};
    }
    return 0;
}
