# lexicon-renewal, Polish
# Purchases and renewals, as confirmations name them, those that nobody ordered too.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

automatyczne odnowienie
automatycznie odnowion*
zostanie odnowion*
została odnowiona
został odnowiony
twoja subskrypcja
państwa subskrypcja
zostanie pobran*
została pobrana
zostanie obciążone
obciążono
pobrana kwota
potwierdzenie zamówienia
twoje zamówienie
państwa zamówienie
twój zakup
numer zamówienia
numer faktury
data odnowienia
metoda płatności
kwota całkowita
łączna kwota
transakcja
dział rozliczeń
antywirus*
