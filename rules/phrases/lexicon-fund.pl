# lexicon-fund, Polish
# What letters of advance-fee fraud promise: estates, prizes, sums that wait for somebody. Ordinary
# words of notaries and banks; they tell only beside lexicon-approach.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

milionów dolarów
miliony dolarów
milion dolarów
milionów euro
dolarów amerykańskich
spadek
spadku
odziedziczył*
beneficjent*
najbliższy krewny
najbliższego krewnego
zmarły mąż
zmarłego męża
mój zmarły
zmarłego klienta
zmarły
zmarł
zmarła
śmierci
wdowa
wdowiec
raka
nowotwór
śmiertelnie chora
testament
te fundusze
fundusz
fundusze
funduszy
kwotę
suma
sumę
zdeponował*
skrzyni*
sejf
złoto
złota
diamenty
odszkodowanie
rekompensat*
karta atm
czek bankowy
loteri*
zwycięzca
wygrana
darowizn*
przekazać
sierociniec
sieroty
cele charytatywne
zagraniczne konto
bank centralny
uśpione konto
porzucon*
o wartości #
płatność
azyl
majątek
