# lexicon-call-back, Spanish
# How to undo a purchase, or ask about it: call. Every receipt has some of it; it tells beside
# lexicon-renewal, lexicon-not-yours, a telephone number and no link to the sender's.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

para cancelar
cancelar
cancelación
reembolso
contáctenos de inmediato
póngase en contacto con nuestro
comuníquese con
llámenos
llame al
llame a nuestro
llame inmediatamente
línea de ayuda
atención al cliente
servicio al cliente
número gratuito
en las próximas 24 horas
dentro de las 24 horas
