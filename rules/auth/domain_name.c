#include "rules/auth/domain_name.h"

gboolean ov_domain_name_is(OvSlice name) {
    gsize label = 0;
    guint labels = 1;
    for (gsize i = 0; i < name.length; i++) {
        if (name.data[i] != '.') {
            label++;
            continue;
        }
        if (label == 0 || label > OV_DNS_LABEL_LIMIT)
            return FALSE;
        label = 0;
        labels++;
    }
    return label > 0 && label <= OV_DNS_LABEL_LIMIT && labels >= 2 &&
           name.length <= OV_DNS_NAME_LIMIT;
}
