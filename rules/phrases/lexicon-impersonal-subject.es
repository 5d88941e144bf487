# lexicon-impersonal-subject, Spanish
# Subjects that say nothing, where they are the whole subject.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

hola
buenos días
buenas tardes
saludos
importante
mensaje importante
aviso importante
urgente
información
info
mensaje
nuevo mensaje
noticias
boletín
sin asunto
prueba
querido amigo
atención
notificación
leer por favor
pregunta
documento
hola a todos
estimado cliente
novedades
