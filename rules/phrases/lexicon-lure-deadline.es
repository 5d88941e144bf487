# lexicon-lure-deadline, Spanish
# By when, and what happens otherwise.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

dejará de
no perder
suspensión
bloqueo
cierre
recargo
embargo
rechazad*
pronto
en # horas
en las próximas
en los próximos
dentro de
antes de #
antes del #
horas
días
plazo de
plazo máximo
lo antes posible
inmediatamente
de inmediato
inmediata
cuanto antes
a la mayor brevedad
urgente*
será suspendid*
serán suspendid*
será bloquead*
serán bloquead*
será desactivad*
será cerrad*
será eliminad*
serán eliminad*
será limitad*
será restringid*
será devuelto
será devuelta
será cancelad*
será dad*
devuelto al remitente
devolverá al remitente
devolución al remitente
definitivamente
permanentemente
perder el acceso
perderá el acceso
perderá
pérdida de
para evitar
evitar la
evitar el
de lo contrario
en caso contrario
si no lo hace
si no actualiza
si no verifica
si no confirma
si no realiza
si no se
ha sido suspendid*
ha sido bloquead*
ha sido limitad*
ha sido restringid*
ha sido retenid*
temporalmente
provisionalmente
retenido
suspendida
bloqueada
último aviso
último recordatorio
caduca el
caduca hoy
caduca en
caducará
expira el
expira hoy
expira en
expirará
vence
ha caducado
ha expirado
a punto de
interrupción
acción requerida
se requiere
obligatorio
obligatoria
no podrá
no podrás
ya no podrá
