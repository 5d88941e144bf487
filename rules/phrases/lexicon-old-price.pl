# lexicon-old-price, Polish
# What stands before the price that was.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

zamiast
cena regularna
stara cena
cena katalogowa
najniższa cena z 30 dni
