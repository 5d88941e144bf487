# adult-gambling, Spanish
# Adult offers and gambling.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A solteras calientes
A citas para adultos
A bono de casino
A giros gratis
A casino online
A bono sin depósito
A cámaras en vivo xxx
A pronósticos garantizados
A contactos íntimos
A bote ya
A sexo gratis
A mujeres desnudas
A solteras cerca de ti
A citas calientes
A mujeres calientes
A chicas calientes
A busco sexo
A chicas desnudas
A sexo esta noche
B bono de bienvenida
B casino
B porno
B tragaperras
B apuestas deportivas
C ruleta
C póker
C jackpot
