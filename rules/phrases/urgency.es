# urgency, Spanish
# Pressure of time.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A última oportunidad
A últimas horas
A actúa ahora
A actúe ya
A antes de que sea tarde
A termina a medianoche
A ahora o nunca
A hasta agotar existencias
A no te lo pierdas
A no deje pasar
A última llamada
A oportunidad única
A solo quedan unas horas
A último día para ahorrar
A se acaba el tiempo
B tiempo limitado
B solo hoy
B oferta limitada
B termina hoy
B plazas limitadas
B quedan pocas unidades
B solo esta semana
B apresúrese
B date prisa
B casi agotado
C urgente
C plazo
C recordatorio
C hoy
C pronto
