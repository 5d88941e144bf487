# lexicon-percent-word, Spanish
# Words for the percent sign (the sign itself needs no entry).
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

por ciento
porciento
