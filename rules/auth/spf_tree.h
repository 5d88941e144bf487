/* The SPF record of a domain with all that it includes, whatever the address and the sender: for
 * telling people how many look-ups it takes and where. An evaluation (rules/auth/spf.h) stops at
 * the first match; a record that is near its limit shows here alone. */
#pragma once

#include "rules/auth/spf.h"

enum { OV_SPF_TREE_MAX_NODES = 64 };

typedef enum {
    OV_SPF_NODE_RECORD,   /* there is one, and it can be read */
    OV_SPF_NODE_NONE,     /* there is none: who includes it gets a permerror */
    OV_SPF_NODE_SEVERAL,  /* a permerror, too */
    OV_SPF_NODE_FAULT,    /* it breaks the grammar */
    OV_SPF_NODE_DEPENDS,  /* its name has macros, which hang on the message */
    OV_SPF_NODE_TOO_DEEP, /* nobody evaluates it: beyond ten look-ups in a chain, or in itself */
    OV_SPF_NODE_UNKNOWN,  /* DNS failed */
    OV_SPF_NODE_PENDING,
} OvSpfNodeState;

typedef struct {
    guint depth;    /* 0 for the domain itself */
    OvSlice term;   /* that leads there: "include:..." as written; empty for depth 0 */
    OvSlice domain; /* whose record it is; as written where it has macros */
    OvSpfNodeState state;
    OvSlice record;    /* as published; of RECORD and FAULT */
    guint n_lookups;   /* that it takes with all below it; the term that leads there not counted */
    const char *fault; /* of FAULT: the term and what is wrong, in words; "" otherwise */
} OvSpfNode;

typedef struct {
    guint n_nodes; /* depth first; at most OV_SPF_TREE_MAX_NODES */
    OvSpfNode nodes[OV_SPF_TREE_MAX_NODES];
    gboolean pending; /* run it again when answers have come */
    gboolean cut;     /* there were more nodes */
} OvSpfTree;

/* Arena: what the nodes point to that is not the book's. */
void ov_spf_tree_read(OvArena *arena, OvDnsBook *book, OvSlice domain, OvSpfTree *tree);
