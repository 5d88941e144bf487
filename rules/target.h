/* Where a link goes: an address as it was written, read as browsers read it (WHATWG URL 4.4) and
 * brought to one form, so that two of them can be compared (rule catalogue 3.4). Nothing is looked
 * up. */
#pragma once

#include "rules/arena.h"

typedef enum {
    OV_TARGET_EMPTY,
    OV_TARGET_WEB,      /* http, https */
    OV_TARGET_MAIL,     /* mailto */
    OV_TARGET_PHONE,    /* tel, sms, callto, and the schemes of messengers */
    OV_TARGET_PART,     /* cid: a part of the message (RFC 2392) */
    OV_TARGET_INNER,    /* #name, mid, about: nothing outside of the message */
    OV_TARGET_SCRIPT,   /* javascript, vbscript, livescript */
    OV_TARGET_PICTURE,  /* data: with a picture, audio, video or font */
    OV_TARGET_DATA,     /* data: with anything else */
    OV_TARGET_FILE,     /* file, smb, \\host */
    OV_TARGET_RELATIVE, /* to a base that is not known */
    OV_TARGET_OTHER,
} OvTargetKind;

typedef enum {
    OV_HOST_NONE, /* of what is no web address, or one whose host is none */
    OV_HOST_NAME,
    OV_HOST_IPV4,
    OV_HOST_IPV6,
} OvHostKind;

typedef struct {
    OvTargetKind kind;
    gboolean tls;         /* https */
    gboolean userinfo;    /* something stands before an @ in the authority (RFC 3986 3.2.1) */
    gboolean escaped;     /* the authority has percent-escapes, or a backslash beside it */
    gboolean disguised;   /* an IPv4 address that is not written as four decimal numbers */
    gboolean private_use; /* loopback, private, link-local or documentation address, one label, or a
                             name that no public host has (rules/known_domains.h) */
    OvHostKind host_kind;
    guint port; /* 0 for that of the scheme */
    /* Lower case, A-labels, without a dot at the end; IP addresses in their canonical form, without
     * brackets. Empty for OV_HOST_NONE. */
    OvSlice host;
    OvSlice organisation; /* its organisational domain; of an IP address itself */
    OvSlice path;  /* from its first /, escapes of unreserved characters undone; "/" where none */
    OvSlice query; /* behind the ?, as written */
    OvSlice rest;  /* all behind the scheme's colon, as written; all, where there is none */
} OvTarget;

/* Reads an address without white space and controls around it (OvHtmlLink.target). base: what a
 * relative one is relative to, or NULL; one without host is none. Slices point into the arena,
 * address or base. */
OvTarget ov_target_read(OvArena *arena, OvSlice address, const OvTarget *base);
