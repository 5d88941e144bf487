# lexicon-lure-deadline, Polish
# By when, and what happens otherwise.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

do dziś
spowoduje
wszyscy użytkownicy
blokada
blokady
zawieszenie
zawieszenia
zamknięcie
odłączenie
odłączenia
odrzucan*
odrzucon*
inaczej
wkrótce
windykac*
egzekuc*
w ciągu #
w ciągu najbliższych
w przeciągu
do dnia #
przed #
godzin*
dni
jak najszybciej
niezwłocznie
natychmiast
natychmiastowe*
pilne
pilnie
bezzwłocznie
w przeciwnym razie
w przeciwnym wypadku
w innym przypadku
zostanie zawieszon*
zostaną zawieszon*
zostanie zablokowan*
zostaną zablokowan*
zostanie dezaktywowan*
zostanie wyłączon*
zostanie zamknięt*
zostanie usunięt*
zostaną usunięt*
zostanie ograniczon*
zostanie zwrócon*
zostanie odesłan*
zostanie anulowan*
zostanie wstrzyman*
zostaną wstrzyman*
zostanie odłączon*
zwrócona do nadawcy
zwrot do nadawcy
odesłana do nadawcy
zwrócona nadawcy
do nadawcy
trwale
bezpowrotnie
na stałe
utrata dostępu
utraty dostępu
utracić dostęp
utracisz dostęp
utratę
utrata
aby uniknąć
w celu uniknięcia
uniknąć
jeśli nie
jeżeli nie
w przypadku braku
braku
nie później niż
najpóźniej
został zawieszony
zostało zawieszone
została zawieszona
zostało zablokowane
została zablokowana
zostało ograniczone
zostały wstrzymane
została wstrzymana
tymczasowo
czasowo
wstrzymana
wstrzymane
ostatnie wezwanie
ostateczne wezwanie
ostatnie przypomnienie
ostatnie ostrzeżenie
wygasa
wygaśnie
wygasło
wygasła
przerwa
przerwy
wymagane działanie
wymagana
wymagane
konieczne
konieczna
obowiązkow*
nie będziesz
nie będzie
nie będą
nie możesz
