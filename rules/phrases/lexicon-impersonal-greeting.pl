# lexicon-impersonal-greeting, Polish
# Greetings that name nobody.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

drogi kliencie
szanowny kliencie
szanowny użytkowniku
drogi użytkowniku
drogi członku
szanowni państwo
drogi przyjacielu
szanowny beneficjencie
do wszystkich zainteresowanych
drogi odbiorco
