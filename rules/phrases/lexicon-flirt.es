# lexicon-flirt, Spanish
# One-liners that lead to pages of sex and dating. People say some of it to one another; it tells in
# a few words beside a link to others.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

busco un hombre
busco sexo
busco diversión
quiero conocerte
estoy sola
sexy
sexo
desnuda
desnudas
mujeres cerca
chicas cerca
cerca de ti
solteras
