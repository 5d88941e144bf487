# extortion, Spanish
# Extortion: claims of a hacked device, demands in bitcoin.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A te he grabado
A le he grabado
A acceso a su sistema operativo
A acceso completo a su dispositivo
A su dispositivo fue infectado
A mi troyano
A sitios para adultos
A enviar el vídeo a todos
A monedero bitcoin
A cartera de bitcoin
A pagar en bitcoin
A tiene # horas para pagar
A soy un hacker
A su cuenta ha sido hackeada
A conozco su contraseña
B a través de su webcam
B a través de tu cámara
B a todos sus contactos
B a todos tus contactos
C malware
C troyano
C bitcoin
C hacker
C pirateado
C hackeado
C rescate en
