# lexicon-percent-not-discount, Spanish
# Words that tell that a percentage near them is no discount.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

iva
impuesto
interés
tae
crecimiento
cuota de mercado
batería
procesador
disco
memoria
humedad
alcohol
algodón
cacao
disponibilidad
encuesta
encuestados
votos
probabilidad
completado
avance
margen
ingresos
cayó
subió
comisión
depósito
participación
reciclado
ecológico
