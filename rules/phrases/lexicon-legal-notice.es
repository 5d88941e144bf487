# lexicon-legal-notice, Spanish
# Phrases of the legal notice below a message.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

información confidencial
este mensaje es confidencial
es estrictamente confidencial
si ha recibido este mensaje por error
si ha recibido este correo por error
este mensaje y sus archivos adjuntos
este correo y sus archivos adjuntos
dirigido exclusivamente a su destinatario
no es el destinatario
antes de imprimir este mensaje
en cumplimiento de la normativa de protección de datos
