# lexicon-formal-greeting, Polish
# Greetings that name nobody, and are correct style between businesses.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

szanowni państwo
szanowna pani szanowny panie
szanowny panie szanowna pani
szanowni panowie
do wszystkich zainteresowanych
