# prize-advance-fee, Spanish
# Prizes, inheritances and other fees in advance.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A usted ha ganado
A has ganado un
A eres el ganador
A reclame su premio
A reclama tu premio
A ganador de la lotería
A fondos no reclamados
A fondo de herencia
A estimado beneficiario
A propuesta de negocio confidencial
A afortunado ganador
A ha sido seleccionado
A elegido al azar
A fondo de compensación
A donación para usted
A transferencia de fondos a su cuenta
A millones de dólares estadounidenses
A mi difunto esposo
A mi difunto marido
A mi difunto cliente
A pariente más cercano
A herencia no reclamada
A cuenta inactiva con
A liberación de sus fondos
A tarjeta ATM por valor
A beneficio mutuo
A transacción libre de riesgo
A este mensaje puede sorprenderle
A le sorprenda este mensaje
A su correo electrónico ha ganado
A notificación de premio
A donar la suma
A enferma de cáncer y
A beneficiario extranjero
A préstamo al # de interés
A su correo fue seleccionado
B enhorabuena ganador
B recompensa te espera
B gran sorteo
B premio en metálico
B vale regalo te espera
B día de suerte
B suma abandonada
B socio extranjero
B millones de euros
B entrega de su premio
B que Dios le bendiga
B Dios los bendiga
B gran suma de dinero
B obras de caridad
B gastos de tramitación
B oferta de préstamo
B préstamo urgente
B antes de morir
B mi difunto
C enhorabuena
C felicidades
C recompensa
C premio
C ganador
