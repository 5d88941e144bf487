/* The SPF record that a domain should publish: made of what is there, of what is wrong with it, and
 * of the addresses from which its mail leaves. What is proposed is read and evaluated here before
 * it is told: it keeps the grammar, and every address passes. Pure: a function of a book of
 * answers. */
#pragma once

#include "rules/auth/findings.h"
#include "rules/auth/spf.h"

/* Terms of a domain's records that are looked at; one with more is to be written anew. */
enum { OV_SPF_MEND_MAX_TERMS = 128 };

typedef struct {
    OvSlice domain;               /* canonical */
    const OvIpAddress *addresses; /* from which its mail leaves; 0: not known */
    guint n_addresses;
    OvSlice helo; /* for macros */
} OvSpfMendQuestion;

typedef struct {
    gboolean pending; /* run it again when answers have come; nothing else is set */
    guint n_records;  /* SPF records there, those included that are only meant to be one */
    OvSlice record;   /* to be published in their place; empty where they are right, or where none
                         can be told */
    guint n_lookups;  /* of that record, or of the present one; may be over OV_SPF_MAX_LOOKUPS */
} OvSpfMend;

/* Finds what is wrong with the records themselves, into findings; not whether addresses pass. */
void ov_spf_mend(OvArena *arena, OvDnsBook *book, const OvSpfMendQuestion *question,
                 OvFindings *findings, OvSpfMend *mend);
