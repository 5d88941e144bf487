# lexicon-impersonal-greeting, Spanish
# Greetings that name nobody.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

estimado cliente
estimada clienta
estimados clientes
estimado/a cliente
estimado(a) cliente
querido cliente
apreciado cliente
estimado usuario
estimados usuarios
estimado/a usuario/a
estimado titular
estimado miembro
querido amigo
estimado amigo
estimado beneficiario
estimado destinatario
