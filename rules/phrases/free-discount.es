# free-discount, Spanish
# Gifts and discounts.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A 100% gratis
A totalmente gratis
A completamente gratuito
A regalo gratis
A sin riesgo
A garantía de devolución
A sin coste alguno
A gratis de por vida
A reclama tu regalo
A tarjeta regalo para ti
A sin ninguna obligación
A a mitad de precio
A tu regalo te espera
A dinero gratis
A su recompensa exclusiva
A tarjeta regalo por valor
B prueba gratis
B muestra gratis
B acceso gratuito
B presupuesto gratis
B satisfacción garantizada
B sin costes ocultos
B ahorra hasta
B cupón exclusivo
B bono de regalo
B gran descuento
B sin compromiso
B participe en nuestra encuesta
B responda la encuesta
B oferta limitada
C gratis
C gratuito
C regalo
C descuento
C garantía
C bono
