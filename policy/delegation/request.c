#include "policy/delegation/request.h"

static const OvSlice NAMES[] = {
#define ATTRIBUTE(id, name) OV_SLICE_LITERAL(name),
#include "policy/delegation/attributes.def"
#undef ATTRIBUTE
};

static const struct {
    OvSlice name;
    OvPolicyState state;
} STATES[] = {
    {OV_SLICE_LITERAL("RCPT"), OV_POLICY_AT_RCPT},
    {OV_SLICE_LITERAL("END-OF-MESSAGE"), OV_POLICY_AT_END_OF_MESSAGE},
    {OV_SLICE_LITERAL("MAIL"), OV_POLICY_AT_MAIL},
    {OV_SLICE_LITERAL("DATA"), OV_POLICY_AT_DATA},
};

static OvPolicyState find_state(OvSlice name) {
    for (guint i = 0; i < G_N_ELEMENTS(STATES); i++)
        if (ov_slice_equal(name, STATES[i].name))
            return STATES[i].state;
    return OV_POLICY_AT_OTHER;
}

/* Decimal digits; nothing is 0, as Postfix writes what it does not know. */
static gboolean read_number(OvSlice text, guint64 *number) {
    *number = 0;
    for (gsize i = 0; i < text.length; i++) {
        if (!g_ascii_isdigit(text.data[i]) || *number > G_MAXINT64 / 10 - 1)
            return FALSE;
        *number = *number * 10 + (guint64)(text.data[i] - '0');
    }
    return TRUE;
}

/* One line without its line feed. NULL, or what is wrong with it. */
static const char *read_line(OvSlice line, OvPolicyRequest *request) {
    const char *equals = memchr(line.data, '=', line.length);
    if (!equals)
        return "a line without \"=\"";
    if (memchr(line.data, '\0', line.length))
        return "a NUL";
    OvSlice name = {line.data, (gsize)(equals - line.data)};
    OvSlice value = {equals + 1, line.length - name.length - 1};
    if (value.length > 0 && value.data[value.length - 1] == '\r')
        value.length--;
    for (guint i = 0; i < OV_N_POLICY_ATTRIBUTES; i++) {
        if (!ov_slice_equal(name, NAMES[i]))
            continue;
        if (request->value[i].data)
            return "an attribute that comes twice";
        request->value[i] = value;
        return NULL;
    }
    return NULL;
}

/* What is made of the values. NULL, or what is wrong with them. */
static const char *take_values(OvPolicyRequest *request) {
    guint64 recipients;
    if (!ov_slice_equal(request->value[OV_POLICY_REQUEST], OV_SLICE_LITERAL("smtpd_access_policy")))
        return "no request=smtpd_access_policy";
    if (!read_number(request->value[OV_POLICY_SIZE], &request->size))
        return "a size that is no number";
    if (!read_number(request->value[OV_POLICY_RECIPIENT_COUNT], &recipients))
        return "a recipient_count that is no number";
    request->recipients = (guint)MIN(recipients, G_MAXUINT);
    request->state = find_state(request->value[OV_POLICY_PROTOCOL_STATE]);
    return NULL;
}

OvPolicyReading ov_policy_request_read(OvSlice text, OvPolicyRequest *request, gsize *length,
                                       const char **fault) {
    const char *end = text.data + MIN(text.length, OV_POLICY_REQUEST_LIMIT);
    const char *at = text.data;
    *request = (OvPolicyRequest){.state = OV_POLICY_AT_OTHER};
    for (guint n = 0;; n++) {
        const char *feed = at < end ? ov_find_feed(at, end) : NULL;
        if (!feed) {
            *fault = text.length < OV_POLICY_REQUEST_LIMIT ? NULL : "longer than 64 KiB";
            return *fault ? OV_POLICY_FAULTY : OV_POLICY_INCOMPLETE;
        }
        OvSlice line = {at, (gsize)(feed - at)};
        at = feed + 1;
        if (line.length == 0 || (line.length == 1 && line.data[0] == '\r'))
            break;
        *fault = n < OV_POLICY_MAX_ATTRIBUTES ? read_line(line, request) : "over 100 attributes";
        if (*fault)
            return OV_POLICY_FAULTY;
    }
    *length = (gsize)(at - text.data);
    *fault = take_values(request);
    return *fault ? OV_POLICY_FAULTY : OV_POLICY_READ;
}
