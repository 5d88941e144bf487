# lexicon-loan-terms, Spanish
# What loans are described by. It tells beside lexicon-loan-offer.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

préstamo personal
préstamos personales
préstamo
tasa de interés
tasa de interés del #
interés del #
plazo
reembolso
devolución
sin garantía
sin aval
mal crédito
historial crediticio
rechazado por
en 24 horas
en 48 horas
dificultades financieras
problemas financieros
consolidación de deudas
financiación
financiamiento
solicitud de préstamo
monto del préstamo
cantidad necesaria
