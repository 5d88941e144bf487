# lexicon-loan-offer, Spanish
# Offers of loans. Banks and brokers write so too; it tells beside lexicon-loan-terms and a mailbox
# that anybody can have.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

necesita un préstamo
necesitas un préstamo
oferta de préstamo
oferta de préstamos
ofrecemos préstamos
otorgamos préstamos
concedemos préstamos
préstamo entre particulares
préstamos entre particulares
prestamista
cualquier tipo de préstamo
