# money, Spanish
# Easy money, loans, investments.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A gana dinero rápido
A dinero fácil
A hazte rico
A duplica tus ingresos
A libertad financiera
A rentabilidad garantizada
A ganancias garantizadas
A elimina tus deudas
A préstamo inmediato
A préstamo sin aval
A crédito sin comprobación
A inversión sin riesgo
A beneficios con criptomonedas
A ingresos pasivos ya
A dinero en tu cuenta hoy
A ganar dinero rápido
A ganar dinero por internet
A duplica tus bitcoin*
A airdrop
A sistema de trading
A trading automático
B ingresos extra
B interés bajo
B reunificación de deudas
B oportunidad de inversión
B alta rentabilidad
B oferta de préstamo
B operar con bitcoin
B dinero rápido
B préstamo preaprobado
B señales de trading
B ingresos pasivos
C préstamo
C crédito
C invertir
C ingresos
C dinero
C seguro
C hipoteca
C bitcoin
C token
