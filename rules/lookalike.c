#include "rules/lookalike.h"

enum { NEAR_FIRST = 0x370, NEAR_END = 0x530 }; /* Greek and Cyrillic */

/* clang-format off */
static const char near[NEAR_END - NEAR_FIRST] = {
#define LETTER(c, looks_like) [(c) - NEAR_FIRST] = looks_like
    /* Greek */
    LETTER(0x037F, 'j'), LETTER(0x0391, 'a'), LETTER(0x0392, 'b'), LETTER(0x0395, 'e'),
    LETTER(0x0396, 'z'), LETTER(0x0397, 'h'), LETTER(0x0399, 'i'), LETTER(0x039A, 'k'),
    LETTER(0x039C, 'm'), LETTER(0x039D, 'n'), LETTER(0x039F, 'o'), LETTER(0x03A1, 'p'),
    LETTER(0x03A4, 't'), LETTER(0x03A5, 'y'), LETTER(0x03A7, 'x'), LETTER(0x03B1, 'a'),
    LETTER(0x03B3, 'y'), LETTER(0x03B5, 'e'), LETTER(0x03B7, 'n'), LETTER(0x03B9, 'i'),
    LETTER(0x03BA, 'k'), LETTER(0x03BD, 'v'), LETTER(0x03BF, 'o'), LETTER(0x03C1, 'p'),
    LETTER(0x03C3, 'o'), LETTER(0x03C4, 't'), LETTER(0x03C5, 'u'), LETTER(0x03C7, 'x'),
    LETTER(0x03C9, 'w'), LETTER(0x03F1, 'p'), LETTER(0x03F2, 'c'), LETTER(0x03F3, 'j'),
    LETTER(0x03F9, 'c'),
    /* Cyrillic */
    LETTER(0x0401, 'e'), LETTER(0x0405, 's'), LETTER(0x0406, 'i'), LETTER(0x0407, 'i'),
    LETTER(0x0408, 'j'), LETTER(0x0410, 'a'), LETTER(0x0412, 'b'), LETTER(0x0415, 'e'),
    LETTER(0x041A, 'k'), LETTER(0x041C, 'm'), LETTER(0x041D, 'h'), LETTER(0x041E, 'o'),
    LETTER(0x0420, 'p'), LETTER(0x0421, 'c'), LETTER(0x0422, 't'), LETTER(0x0423, 'y'),
    LETTER(0x0425, 'x'), LETTER(0x0430, 'a'), LETTER(0x0432, 'b'), LETTER(0x0433, 'r'),
    LETTER(0x0435, 'e'), LETTER(0x043A, 'k'), LETTER(0x043C, 'm'), LETTER(0x043D, 'h'),
    LETTER(0x043E, 'o'), LETTER(0x043F, 'n'), LETTER(0x0440, 'p'), LETTER(0x0441, 'c'),
    LETTER(0x0442, 't'), LETTER(0x0443, 'y'), LETTER(0x0445, 'x'), LETTER(0x044C, 'b'),
    LETTER(0x0451, 'e'), LETTER(0x0455, 's'), LETTER(0x0456, 'i'), LETTER(0x0457, 'i'),
    LETTER(0x0458, 'j'), LETTER(0x0475, 'v'), LETTER(0x04AE, 'y'), LETTER(0x04AF, 'y'),
    LETTER(0x04BA, 'h'), LETTER(0x04BB, 'h'), LETTER(0x04BD, 'e'), LETTER(0x04C0, 'i'),
    LETTER(0x04CF, 'l'), LETTER(0x0501, 'd'), LETTER(0x051A, 'q'), LETTER(0x051B, 'q'),
    LETTER(0x051C, 'w'), LETTER(0x051D, 'w'),
#undef LETTER
};

/* All others, ascending: phonetic and small capital letters, Armenian, Cherokee, Lisu. */
static const struct {
    guint16 letter;
    char looks_like;
} far[] = {
    {0x0131, 'i'}, {0x0185, 'b'}, {0x01BF, 'p'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0262, 'g'},
    {0x0269, 'i'}, {0x026A, 'i'}, {0x0274, 'n'}, {0x0280, 'r'}, {0x028B, 'u'}, {0x028F, 'y'},
    {0x0299, 'b'}, {0x029C, 'h'}, {0x029F, 'l'}, {0x0561, 'w'}, {0x0563, 'q'}, {0x0566, 'q'},
    {0x0570, 'h'}, {0x0578, 'n'}, {0x057C, 'n'}, {0x057D, 'u'}, {0x0581, 'g'}, {0x0585, 'o'},
    {0x13A0, 'd'}, {0x13A1, 'r'}, {0x13A2, 't'}, {0x13AA, 'a'}, {0x13AB, 'j'}, {0x13AC, 'e'},
    {0x13B3, 'w'}, {0x13B7, 'm'}, {0x13BB, 'h'}, {0x13C0, 'g'}, {0x13C3, 'z'}, {0x13D9, 'v'},
    {0x13DA, 's'}, {0x13DE, 'l'}, {0x13DF, 'c'}, {0x13E2, 'p'}, {0x13E6, 'k'}, {0x13F4, 'b'},
    {0x1D00, 'a'}, {0x1D04, 'c'}, {0x1D05, 'd'}, {0x1D07, 'e'}, {0x1D0A, 'j'}, {0x1D0B, 'k'},
    {0x1D0D, 'm'}, {0x1D0F, 'o'}, {0x1D18, 'p'}, {0x1D1B, 't'}, {0x1D1C, 'u'}, {0x1D20, 'v'},
    {0x1D21, 'w'}, {0x1D22, 'z'}, {0xA4D0, 'b'}, {0xA4D1, 'p'}, {0xA4D3, 'd'}, {0xA4D4, 't'},
    {0xA4D6, 'g'}, {0xA4D7, 'k'}, {0xA4D9, 'j'}, {0xA4DA, 'c'}, {0xA4DC, 'z'}, {0xA4DD, 'f'},
    {0xA4DF, 'm'}, {0xA4E0, 'n'}, {0xA4E1, 'l'}, {0xA4E2, 's'}, {0xA4E3, 'r'}, {0xA4E6, 'v'},
    {0xA4E7, 'h'}, {0xA4EA, 'w'}, {0xA4EB, 'x'}, {0xA4EC, 'y'}, {0xA4EE, 'a'}, {0xA4F0, 'e'},
    {0xA4F2, 'i'}, {0xA4F3, 'o'}, {0xA4F4, 'u'}, {0xA730, 'f'}, {0xA731, 's'},
};
/* clang-format on */

static char far_lookalike(gunichar c) {
    gsize low = 0, high = G_N_ELEMENTS(far);
    while (low < high) {
        gsize middle = (low + high) / 2;
        if (far[middle].letter < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < G_N_ELEMENTS(far) && far[low].letter == c ? far[low].looks_like : '\0';
}

char ov_lookalike(gunichar c) {
    if (c >= NEAR_FIRST && c < NEAR_END)
        return near[c - NEAR_FIRST];
    return c < far[0].letter ? '\0' : far_lookalike(c);
}

static gboolean is_between(gunichar c, gunichar first, gunichar last) {
    return c >= first && c <= last;
}

char ov_styled_letter(gunichar c) {
    /* White on black; these have no decomposition. */
    if (is_between(c, 0x1F150, 0x1F169))
        return (char)('a' + (c - 0x1F150));
    if (is_between(c, 0x1F170, 0x1F189))
        return (char)('a' + (c - 0x1F170));
    if (!is_between(c, 0x2102, 0x2134) && !is_between(c, 0x24B6, 0x24E9) &&
        !is_between(c, 0xFF21, 0xFF5A) && !is_between(c, 0x1D400, 0x1D6A3) &&
        !is_between(c, 0x1F130, 0x1F149))
        return '\0';
    gunichar letter[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(c, TRUE, letter, G_N_ELEMENTS(letter));
    return n == 1 && letter[0] < 0x80 && g_ascii_isalpha((char)letter[0])
               ? g_ascii_tolower((char)letter[0])
               : '\0';
}
