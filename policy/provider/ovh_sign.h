/* The signature of a call to OVH's API: "$1$" and the hexadecimal SHA-1 of application secret,
 * consumer key, method, URL, body and time, with + between them. */
#pragma once

#include <glib.h>

enum { OV_OVH_SIGNATURE_SIZE = 44 };

/* url, body: the very octets that are sent; body "" for none. time: seconds since the epoch, by the
 * server's clock. */
void ov_ovh_sign(const char *secret, const char *consumer, const char *method, const char *url,
                 const char *body, gint64 time, char signature[OV_OVH_SIGNATURE_SIZE]);
