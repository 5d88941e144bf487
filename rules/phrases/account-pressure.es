# account-pressure, Spanish
# Threats about an account, parcel or payment (phishing).
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A verifique su cuenta
A confirme su contraseña
A su cuenta será suspendida
A su buzón está lleno
A actualice sus datos de pago
A valide su buzón
A tasa de aduana impagada
A multa impagada
A reactive su cuenta
A confirme su identidad en
A su contraseña caduca hoy
A evite el cierre de la cuenta
A inicio de sesión inusual
A su paquete está en espera
A pago rechazado actualice
A su cuenta ha sido suspendida
A su cuenta ha sido limitada
A su cuenta ha sido bloqueada
A su cuenta será desactivada
A su cuenta será cancelada
A su almacenamiento está lleno
A sus archivos serán eliminados
A su pago fue rechazado
A actualice su método de pago
A confirme su cuenta
A confirme su identidad
A verifique su identidad
A frase de recuperación
A actividad inusual
A actividad sospechosa
A su paquete no pudo ser entregado
A confirme su dirección de entrega
A reembolso pendiente
A de lo contrario su cuenta
A mantener la contraseña
A su cuenta será bloqueada
A su paquete está retenido
A gastos de envío pendientes
A multa de tráfico pendiente
B alerta de seguridad
B cuenta bloqueada
B actualización requerida
B entrega fallida
B devolución de impuestos
B cuenta limitada
B tarjeta bloqueada
B cuota del buzón superada
B documento compartido en espera
B último aviso de seguridad
B actualice sus datos
B actualizar sus datos
B su contraseña caduca
B acceso limitado
B restablecer el acceso
B acción requerida
B acción inmediata
B pago pendiente
B aviso de seguridad
B verificación requerida
B eliminado permanentemente
B confirme sus datos
B verifique sus datos
B cuenta suspendida
B verificación obligatoria
C contraseña
C cuenta
C factura
C verificar
C seguridad
