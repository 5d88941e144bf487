# lexicon-call-back, Polish
# How to undo a purchase, or ask about it: call. Every receipt has some of it; it tells beside
# lexicon-renewal, lexicon-not-yours, a telephone number and no link to the sender's.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

aby anulować
anulować
anulowanie
zwrot pieniędzy
zwrotu
reklamacj*
natychmiast skontaktuj
skontaktuj się z naszym
skontaktuj się natychmiast
zadzwoń
prosimy o telefon
infolinia
infolinię
biuro obsługi
obsługa klienta
obsługi klienta
bezpłatny numer
w ciągu 24 godzin
w ciągu 48 godzin
