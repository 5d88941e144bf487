# lexicon-call-back, Spanish
# Who did not order, or wants the money back, should call: the way of call-back fraud, and of some
# honest receipts. It tells beside lexicon-renewal, a telephone number and no link to the sender's.
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
para cancelar
cancelar
cancelación
reembolso
disputar
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
