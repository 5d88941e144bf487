# lexicon-gift-card, Spanish
# Gift cards, which are paid with and can't be called back.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

tarjeta regalo
tarjetas regalo
tarjeta de regalo
tarjetas de regalo
tarjetas itunes
tarjeta itunes
tarjetas google play
tarjeta google play
tarjetas steam
tarjetas amazon
rasque la
rasca la
rascar
código del reverso
códigos del reverso
parte posterior de la tarjeta
