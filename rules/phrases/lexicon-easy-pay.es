# lexicon-easy-pay, Spanish
# Good pay for hardly any work. Honest offers of a job have some of it; it tells beside
# lexicon-mule, or lexicon-job and a mailbox that anybody can have.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

reenviar
de nuestros clientes
comisión de #
comisión del #
por transacción
por semana
por día
horas a la semana
horas por semana
horas al día
sin experiencia
no se requiere experiencia
no necesita experiencia
sin inversión
sin costo
sin coste
formación gratuita
capacitación gratuita
ingresos extra
ingresos adicionales
dinero fácil
horario flexible
persona de confianza
confiable
telegram
whatsapp
bien pagado
tareas sencillas
tareas simples
su cuenta bancaria
tu cuenta bancaria
en su cuenta
recibir dinero
