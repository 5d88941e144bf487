# lexicon-lure-mailbox, Spanish
# What deceivers say of the reader's mailbox, its password and what waits in it.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

mensajes sin leer
de su buzón
su correo
con tu contraseña
con su contraseña
su buzón
tu buzón
buzón de correo
buzón está
buzón ha
buzón será
bandeja de entrada está
cuota de almacenamiento
cuota de correo
cuota de buzón
límite de almacenamiento
espacio de almacenamiento
capacidad de almacenamiento
almacenamiento está
almacenamiento lleno
cuenta de correo
cuenta de email
correo electrónico será
correo corporativo
correo web
contraseña caduca*
contraseña expira*
contraseña ha caducado
contraseña ha expirado
contraseña está a punto
contraseña va a
contraseña de su correo
contraseña de tu correo
contraseña del correo
contraseña vence*
caducidad de su contraseña
caducidad de contraseña
mantener su contraseña
mantener tu contraseña
mantener la contraseña
mantener la misma contraseña
mantener contraseña
conservar su contraseña
conservar la contraseña
conservar la misma contraseña
conservar contraseña
mensajes pendientes
correos pendientes
mensajes entrantes
correos entrantes
mensajes retenidos
correos retenidos
mensajes no entregados
correos no entregados
mensajes bloqueados
nuevos mensajes
nuevos correos
recibir mensajes
recibir correos
recibir o enviar
enviar o recibir
enviar y recibir
enviar ni recibir
webmail
servidor de correo
nuevo mensaje de voz
un mensaje de voz
mensaje de voz de
mensaje de voz pendiente
nuevo correo de voz
buzón de voz
llamada perdida
nuevo fax
