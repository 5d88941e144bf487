# lexicon-lure-notice, Spanish
# What honest and false notices say: parcels, payments, shared files, messages.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

factura pendiente
factura impagada
importe pendiente
archivo seguro
compartido un documento
compartido un archivo
compartido una carpeta
compartido contigo
compartido con usted
documento compartido
archivo compartido
enviado un documento
enviado un archivo
documento seguro
mensaje seguro
documento protegido
firma electrónica
firmar electrónicamente
pendiente de firma
espera de su firma
espera de firma
pendiente de su firma
documento para firmar
firmar el documento
firme el documento
su firma
documento escaneado
pago ha fallado
pago ha sido rechazado
pago rechazado
pago fue rechazado
pago no se ha podido
no se ha podido procesar
no hemos podido procesar
no hemos podido cobrar
no pudimos procesar
error en el pago
fallo en el pago
problema con el pago
problema de facturación
último pago
su suscripción
tu suscripción
suscripción ha caducado
suscripción ha expirado
suscripción caduca
suscripción será
renovación
renovar su
su paquete
tu paquete
el paquete
su envío
tu envío
su pedido
tu pedido
su entrega
intento de entrega
no ha podido ser entregado
no pudo ser entregado
no se ha podido entregar
no hemos podido entregar
no se pudo entregar
dirección de entrega
dirección incompleta
dirección incorrecta
dirección es incorrecta
número de la calle
número de seguimiento
aviso de pago
orden de compra
factura electrónica
nueva notificación
notificación administrativa
dirección electrónica habilitada
