# lexicon-renewal, Spanish
# Purchases and renewals, as confirmations name them, those that nobody ordered too.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

renovación automática
renovado automáticamente
se renovará
ha sido renovado
ha sido renovada
su suscripción
tu suscripción
su membresía
será cargado
se cargará
se ha cargado
será debitado
se debitará
ha sido debitado
cargo de #
importe cargado
confirmación de pedido
confirmación de compra
su pedido
tu pedido
su compra
tu compra
número de pedido
número de factura
fecha de renovación
método de pago
importe total
transacción
departamento de facturación
antivirus
compra aprobada
