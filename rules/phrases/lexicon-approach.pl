# lexicon-approach, Polish
# How a stranger asks for trust and for answers in letters of advance-fee fraud. A few are in honest
# letters; they tell only beside lexicon-fund.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

zaskoczony
zaskoczeniem
zdziwiony
otrzymałem twój kontakt
twój adres e-mail
nie znasz mnie
nie znamy się
drogi przyjacielu
droga przyjaciółko
kochany
kochana
ukochan*
mój drogi
moja droga
niech bóg
bóg błogosławi
w imię boga
godn* zaufania
bogobojn*
twojej pomocy
ściśle poufn*
prywatny e-mail
prywatny adres
skontaktuj się ze mną
odpowiedz mi
pilna odpowiedź
pełne imię
kopi* dowodu
wzajemn* korzyś*
procent dla ciebie
twój udział
bez ryzyka
zagraniczny partner
pozwól, że
przedstawić się
jestem pan
jestem pani
nazywam się pan
nazywam się pani
zainwestować w
propozycja biznesowa
propozycję biznesową
zanim umrę
