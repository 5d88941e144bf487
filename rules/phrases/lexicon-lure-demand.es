# lexicon-lure-demand, Spanish
# What readers of a notice are asked to do.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

ábrelo
ábralo
cancele
accediendo
renueve su
amplíe el
vea el
descargue
ver el
aquí
en este enlace
este enlace
pinche
toque
ingrese
regularice
complete
efectúe
confirmando
haga clic
haz clic
hacer clic
haciendo clic
pulse aquí
pulsa aquí
pulse en
pulsa en
pulse el
pulsando
clic aquí
enlace siguiente
siguiente enlace
enlace a continuación
enlace de abajo
botón de abajo
siguiente botón
a través del enlace
a través de este
a través del siguiente
iniciar sesión
inicie sesión
inicia sesión
acceda a
accede a
acceder a
acceda al
accede al
acceder al
entrar en
identifíquese
verificar su
verifique su
verificar sus
verifique sus
verificar mi
verificar ahora
verificar tu
verifica tu
confirmar su
confirme su
confirmar sus
confirme sus
confirma tu
confirma tus
confirmar mi
confirmar mis
confirmar ahora
confirmar la
confirme la
validar
valide
actualizar su
actualice su
actualizar sus
actualice sus
actualiza tu
actualiza tus
actualizar ahora
actualizar mi
actualizar mis
activar
active el
active su
activa tu
reactivar
reactive
pagar
pague
abonar
abone
abona
realizar el pago
realice el pago
realiza el pago
completar
complete el
completa el
complete su
rellenar
rellene
renovar
renueve
renueva
solicitar
solicite
solicita
reclamar
reclame
obtener su
ver documento
ver el documento
ver archivo
consultar el
consulte el
revisar el
revise el
revisar su
revise su
revisar ahora
abrir documento
abrir el documento
descargar
escuchar
escuche
mantener mi
mantener su
mantener la
conservar mi
conservar su
conservar la
liberar
libere
desbloquear
desbloquee
desbloquea
restablecer
restablezca
ampliar
amplíe
aumentar
aumente
reprogramar
reprograme
programar
programe
firmar el
firme el
firmar documento
cancelar la
