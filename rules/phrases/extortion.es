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
A obtuve acceso a
A tengo acceso a todos
A tengo acceso a sus
A tengo acceso a tus
A en todos sus dispositivos
A vídeo de usted
A vídeo tuyo
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
A mi billetera
A mi monedero
A tiene # horas
A tienes # horas
A en cuanto abra
A tras recibir el pago
A una vez recibido el pago
A borraré el video
A eliminaré el vídeo
A eliminaré todo
B a través de su webcam
B a través de tu cámara
B a todos sus contactos
B a todos tus contactos
B en bitcoins
B en bitcoin
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
