# lexicon-job, Spanish
# Offers of a job, honest ones too. It tells beside lexicon-mule.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

oferta de empleo
oferta de trabajo
oportunidad de trabajo
oportunidad laboral
vacante
vacantes
trabajo desde casa
trabajar desde casa
trabajo a distancia
trabajo remoto
teletrabajo
media jornada
medio tiempo
tiempo parcial
estamos contratando
buscamos
agente financiero
agente de pagos
representante
asistente personal
comprador misterioso
comprador secreto
reclutador
reclutamiento
su currículum
puesto de
el puesto
empleo
