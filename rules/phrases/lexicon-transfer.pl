# lexicon-transfer, Polish
# Requests for a transfer of money, and news of another bank account. Every office writes so; it
# tells beside lexicon-errand.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

przelew
przelewu
przelew bankowy
pilny przelew
pilna płatność
pilnej płatności
wykonać przelew
zlecić przelew
zrobić przelew
dokonać przelewu
dokonać płatności
nowy numer konta
nowe dane bankowe
zmiana numeru konta
zmiana rachunku
zmieniliśmy bank
zmienić numer konta
nowy rachunek
wypłata
przejęcie
rachunek odbiorcy
saldo
kwota #
kwotę #
