# lexicon-transfer, Spanish
# Requests for a transfer of money, and news of another bank account. Every office writes so; it
# tells beside lexicon-errand.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

transferencia bancaria
transferencia urgente
transferencia internacional
pago urgente
realizar una transferencia
hacer una transferencia
realizar un pago
hacer un pago
procesar un pago
tramitar un pago
efectuar una transferencia
nuevos datos bancarios
nueva cuenta bancaria
cambio de cuenta
cambio de datos bancarios
datos bancarios han cambiado
cambiar mi cuenta
nómina
adquisición
cuenta beneficiaria
saldo disponible
importe de #
monto de #
