# lexicon-not-yours, Spanish
# A purchase that the reader may not have made. It tells beside lexicon-renewal and a telephone
# number.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

no autorizó
no ha autorizado
no autorizado
no realizó
no ha realizado
no reconoce
no reconoces
si no fue usted
disputar
no solicitó
