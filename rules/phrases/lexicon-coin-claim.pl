# lexicon-coin-claim, Polish
# What letters of crypto-currency fraud want the reader to do, and why. It tells beside lexicon-coin.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

odbierz swoje
odbierz nagrod*
odebrać
kwalifikujesz
przydział*
dystrybucj*
redystrybucj*
nagrod*
zysk*
codzienne wypłaty
twoje saldo
wypłać
wypłata
wypłaty
połącz swój
twój portfel został
portfel zostanie
zweryfikuj swój portfel
fraza odzyskiwania
frazę odzyskiwania
uwierzytelnianie dwuskładnikowe
obowiązkowa aktualizacja
zainwestuj
platforma inwestycyjna
gwarantowan*
podwój
