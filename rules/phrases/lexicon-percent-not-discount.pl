# lexicon-percent-not-discount, Polish
# Words that tell that a percentage near them is no discount.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

vat
podatek
odsetki
oprocentowanie
rrso
wzrost
udział w rynku
bateria
procesor
dysk
pamięć
wilgotność
alkohol
bawełna
kakao
dostępność
ankieta
respondentów
głosów
prawdopodobieństwo
ukończono
postęp
marża
przychód
spadek
spadł
prowizja
zaliczka
frekwencja
z recyklingu
ekologiczn*
