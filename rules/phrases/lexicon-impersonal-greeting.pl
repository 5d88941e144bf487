# lexicon-impersonal-greeting, Polish
# Greetings that name nobody.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

drogi kliencie
szanowny kliencie
szanowni klienci
drodzy klienci
szanowna klientko szanowny kliencie
szanowny użytkowniku
drogi użytkowniku
szanowni użytkownicy
drogi członku
drogi przyjacielu
drogi subskrybencie
szanowny subskrybencie
szanowny beneficjencie
drogi odbiorco
szanowny odbiorco
