# lexicon-errand, Spanish
# How somebody who writes in the name of a chief sends for money: is the reader there, quickly,
# quietly, and don't call. People say each of it to one another; it tells beside what is asked for.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

está disponible
estás disponible
está en la oficina
estás en la oficina
está ocupado
está ocupada
tiene un momento
tienes un momento
tiene un minuto
necesito que
necesito un favor
necesito su ayuda
pedirle un favor
pedirte un favor
una tarea urgente
un encargo
estoy en una reunión
en una reunión
en una conferencia
no puedo hablar
no puedo atender
no me llame
no me llames
solo por correo
únicamente por correo
responda a este correo
su número de móvil
tu número de móvil
su número de celular
tu número de celular
su whatsapp
tu whatsapp
discret*
discreción
confidencial*
entre nosotros
no lo comente
no comente
no se lo diga
le reembolsar*
te reembolsar*
reembolso
lo antes posible
cuanto antes
de inmediato
inmediatamente
hoy mismo
envíeme los códigos
envíame los códigos
fotos de
cuento con usted
confío en usted
