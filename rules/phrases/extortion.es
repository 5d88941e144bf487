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
A le he estado observando
A te he estado observando
A he hackeado
A hackeé
A vídeo comprometedor
A vídeo íntimo
A masturbándose
A masturbándote
A masturbación
A sitios pornográficos
A páginas porno
A sitios porno
A enviaré el vídeo
A enviaré este video
A a todos sus conocidos
A dirección bitcoin
A dirección de bitcoin
A borraré el video
A eliminaré el vídeo
B a través de su webcam
B a través de tu cámara
B a todos sus contactos
B a todos tus contactos
B obtuve acceso a
B tengo acceso a todos
B tengo acceso a sus
B tengo acceso a tus
B en todos sus dispositivos
B vídeo de usted
B vídeo tuyo
B en bitcoins
B en bitcoin
B tiene # horas
B tienes # horas
B eliminaré todo
B acudir a la policía
B su cámara
B tu cámara
B su webcam
B tu webcam
B todos sus contactos
B todos tus contactos
B acceso remoto
C malware
C troyano
C bitcoin
C hacker
C pirateado
C hackeado
C rescate en
