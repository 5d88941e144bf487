/* What the files of the mending share. */
#pragma once

#include "rules/auth/spf_mend.h"
#include "rules/auth/spf_record.h"

/* A mechanism, but all; redirect= and exp= and other modifiers stand apart. */
typedef struct {
    OvSlice text; /* as written, or repaired */
    OvSpfTerm term;
} OvSpfPiece;

typedef struct {
    OvArena *arena;
    OvFindings *findings;
    OvSlice domain;
    OvSpfPiece pieces[OV_SPF_MEND_MAX_TERMS];
    guint n_pieces;
    OvSpfPiece modifiers[OV_SPF_MEND_MAX_TERMS];
    guint n_modifiers;
    OvSlice redirect; /* its domain; empty where there is none */
    char all;         /* its qualifier, '\0' where there is none */
    guint n_records;
    gboolean too_many; /* terms */
    gboolean changed;  /* something of what is published must be another */
} OvSpfPieces;

/* Tells what must be mended of what is published. */
void ov_spf_pieces_wrong(OvSpfPieces *pieces, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Reads all SPF records in txt, and tells what is wrong with their terms. */
void ov_spf_pieces_read(OvSpfPieces *pieces, const OvDnsAnswer *txt);
/* Adds a mechanism at place (n_pieces: behind the others) unless it is there. text: valid. */
void ov_spf_pieces_add(OvSpfPieces *pieces, guint place, OvSlice text);
void ov_spf_pieces_remove(OvSpfPieces *pieces, guint place);
/* The record that they make. */
OvSlice ov_spf_pieces_join(const OvSpfPieces *pieces);
