# lexicon-loan-terms, Polish
# What loans are described by. It tells beside lexicon-loan-offer.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

pożyczka
pożyczki
kredytodawc*
oprocentowanie #
oprocentowaniem #
oprocentowani*
okres spłaty
spłat*
bez zabezpiecze*
bez bik
bik
zła historia
odrzucon*
w ciągu 24 godzin
w ciągu 48 godzin
trudności finansow*
problemy finansow*
konsolidacj*
finansowanie
wniosek o pożyczkę
kwota pożyczki
kwotę pożyczki
