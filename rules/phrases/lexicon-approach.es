# lexicon-approach, Spanish
# How a stranger asks for trust and for answers in letters of advance-fee fraud. A few are in honest
# letters; they tell only beside lexicon-fund.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

sorprendido
sorprenda
sorprenderle
obtuve su contacto
conseguí su contacto
su dirección de correo
usted no me conoce
no me conoce
querido amigo
querida amiga
estimado amigo
amado
amada
mi querido
mi querida
dios le bendiga
dios te bendiga
dios los bendiga
en nombre de dios
honesto
honesta
honrado
digno de confianza
persona de confianza
temerosa de dios
su asistencia
ayudarme
solicitar su
estrictamente confidencial
correo privado
correo electrónico privado
contácteme
póngase en contacto conmigo
respóndame
respuesta urgente
su ocupación
beneficio mutuo
por ciento para usted
su parte
libre de riesgo
sin riesgo
socio extranjero
permítame
presentarme
soy el señor
soy la señora
soy el sr
soy la sra
mi nombre es el
mi nombre es la
invertir en su país
propuesta de negocio*
antes de morir
