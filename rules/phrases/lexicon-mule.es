# lexicon-mule, Spanish
# What is asked of those who carry money or parcels for fraud: to take them in and pass them on. It
# tells beside lexicon-job or lexicon-easy-pay.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

recibir pagos
recibir los pagos
recibir transferencias
recibir fondos
recibir paquetes
reenviar paquetes
pagos de nuestros clientes
cobrar el cheque
enviar el resto
western union
moneygram
de cada transacción
recibirá pagos
recibirás pagos
recibirá los pagos
recibirá transferencias
recibirás transferencias
recibirá dinero
recibirás dinero
recibirá paquetes
se queda con #
quedarse con #
conserve #
agente de pagos
agente de pago
agentes de pago
a nuestros socios
