# lexicon-impersonal-greeting, Spanish
# Greetings that name nobody.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

estimado cliente
estimada clienta
querido cliente
estimado usuario
estimado miembro
estimado señor o señora
querido amigo
estimado beneficiario
a quien corresponda
apreciado cliente
