/* DNS answers made of fuzzer input: its lines are the TXT records there are, and which of them a
 * name has, like every other answer, hangs on the octets of the name. */
#pragma once

#include "rules/auth/dns.h"

enum { FUZZ_BOOK_LINES = 64 };

typedef struct {
    OvDnsBook book;
    OvArena *arena;
    OvSlice lines[FUZZ_BOOK_LINES];
    guint n_lines;
    guint n_questions;
} FuzzBook;

static inline const OvDnsAnswer *fuzz_book_ask(OvDnsBook *book, OvSlice name, OvDnsType type) {
    FuzzBook *fuzz = (FuzzBook *)book;
    fuzz->n_questions++;
    g_assert_true(name.length > 0 && name.length <= 253);
    guint hash = 5381U + (guint)type;
    for (gsize i = 0; i < name.length; i++)
        hash = hash * 33 + (guchar)name.data[i];
    OvDnsAnswer *answer = OV_ARENA_NEW(fuzz->arena, OvDnsAnswer, 1);
    answer->status = (OvDnsStatus)(hash >> 8 & 15);
    if (answer->status > OV_DNS_FAILED || fuzz->n_questions == 1)
        answer->status = OV_DNS_FOUND;
    answer->trouble = "";
    if (answer->status != OV_DNS_FOUND)
        return answer;
    answer->n_records = (hash >> 12 & 7) == 7 ? 12 : 1;
    OvDnsRecord *records = OV_ARENA_NEW(fuzz->arena, OvDnsRecord, answer->n_records);
    answer->records = records;
    for (guint i = 0; i < answer->n_records; i++) {
        guint line = (hash >> 16) + i;
        static const char addresses[2][16] = {{(char)192, 0, 2, 1}, {0x20, 1, 13, (char)184}};
        if (type == OV_DNS_A)
            records[i].data = (OvSlice){addresses[0], 4};
        else if (type == OV_DNS_AAAA)
            records[i].data = (OvSlice){addresses[1], 16};
        else if (type == OV_DNS_TXT && fuzz->n_lines > 0)
            records[i].data = fuzz->lines[fuzz->n_questions == 1 ? 0 : line % fuzz->n_lines];
        else
            records[i].data = line % 2 ? OV_SLICE_LITERAL("a.example.org") : (OvSlice){NULL, 0};
    }
    return answer;
}

static inline OvSlice fuzz_take_line(OvSlice *text) {
    const char *end = text->length > 0 ? memchr(text->data, '\n', text->length) : NULL;
    OvSlice line = {text->data, end ? (gsize)(end - text->data) : text->length};
    gsize taken = line.length + (end != NULL);
    *text = (OvSlice){text->data + taken, text->length - taken};
    return line;
}

static inline void fuzz_book_fill(FuzzBook *fuzz, OvArena *arena, OvSlice text) {
    *fuzz = (FuzzBook){.book = {fuzz_book_ask, NULL}, .arena = arena};
    while (text.length > 0 && fuzz->n_lines < FUZZ_BOOK_LINES)
        fuzz->lines[fuzz->n_lines++] = fuzz_take_line(&text);
}
