# lexicon-unsubscribe, Spanish
# Words by which a recipient finds the way to unsubscribe.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

darse de baja
darme de baja
cancelar suscripción
cancelar la suscripción
anular suscripción
desuscribirse
dejar de recibir
gestionar preferencias
preferencias de correo
no deseo recibir
no quiero recibir
baja del boletín
administrar suscripciones
configurar notificaciones
salir de esta lista
