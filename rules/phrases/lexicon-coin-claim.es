# lexicon-coin-claim, Spanish
# What letters of crypto-currency fraud want the reader to do, and why. It tells beside lexicon-coin.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

reclame sus
reclama tus
reclamar sus
elegible*
asignación
distribución
redistribución
recompensa*
rendimiento
pagos diarios
su saldo
tu saldo
retirar sus
retire sus
retira tus
retiro
conecte su
conecta tu
su billetera ha sido
tu billetera
verifique su billetera
valide su billetera
frase de recuperación
frase semilla
autenticación de dos factores
actualización obligatoria
invierta
plataforma de inversión
garantizad*
duplique
