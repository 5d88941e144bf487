# lexicon-lure-account, Spanish
# What deceivers say of accounts, cards, fees and refunds.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

dispositivo desconocido
inicio de sesión desde
nuevo acceso
tarjeta ha caducado
verificar su cuenta
verifique su cuenta
verifica tu cuenta
verificar tu cuenta
verificar su identidad
verifique su identidad
verifica tu identidad
verificar tu identidad
confirmar su identidad
confirme su identidad
confirma tu identidad
confirmar tu identidad
confirmar su cuenta
confirme su cuenta
confirmar sus datos
confirme sus datos
confirma tus datos
confirmar tus datos
verificar sus datos
verifique sus datos
verifica tus datos
actualizar sus datos
actualice sus datos
actualiza tus datos
actualizar tus datos
actualizar su información
actualice su información
actualización de sus datos
actualización de datos
actualización de seguridad
datos bancarios
datos personales
datos de pago
datos de facturación
datos de su tarjeta
datos de tu tarjeta
información de pago
información bancaria
método de pago
medio de pago
forma de pago
cuenta bancaria
banca online
banca en línea
banca digital
banca electrónica
banca a distancia
clave de firma
tarjeta de coordenadas
acceso a su cuenta
acceso a tu cuenta
acceso a sus cuentas
acceso a la banca
su cuenta ha sido
tu cuenta ha sido
su cuenta está
tu cuenta está
su cuenta será
tu cuenta será
su tarjeta ha sido
tu tarjeta ha sido
su tarjeta está
su tarjeta será
actividad inusual
actividad sospechosa
acceso inusual
acceso sospechoso
acceso no autorizado
acceso no reconocido
inicio de sesión inusual
inicio de sesión sospechoso
movimiento sospechoso
operación sospechosa
cargo no reconocido
dispositivo no reconocido
nuevo dispositivo
cuenta bloqueada
cuenta suspendida
cuenta limitada
sistema de seguridad web
nueva normativa
psd2
gastos de aduana
tasas de aduana
tasa de aduana
derechos de aduana
aranceles
despacho de aduanas
gastos de envío
costes de envío
coste de envío
gastos de entrega
gastos de gestión
gastos de reenvío
tasa pendiente
tasa de #
importe de #
importe pendiente
cantidad de #
pago de #
pago pendiente
abonar #
reembolso de impuestos
reembolso de #
reembolso pendiente
un reembolso
su reembolso
tu reembolso
devolución de #
devolución de la renta
devolución de impuestos
devolución pendiente
devolución a su favor
una devolución
su devolución
declaración de la renta
derecho a un reembolso
derecho a una devolución
multa pendiente
multa impagada
multa de tráfico
notificación de multa
tarjeta sanitaria
frase de recuperación
