# lexicon-fund, Spanish
# What letters of advance-fee fraud promise: estates, prizes, sums that wait for somebody. Ordinary
# words of notaries and banks; they tell only beside lexicon-approach.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

millones de dólares
millón de dólares
millones de euros
dólares americanos
dólares estadounidenses
herencia
heredado
heredé
beneficiario
beneficiaria
pariente más cercano
difunto esposo
difunto marido
difunto padre
difunto cliente
mi difunto
fallecido
falleció
murió
viuda
viudo
cáncer
enfermedad terminal
testamento
estos fondos
los fondos
el fondo
la suma de
una suma de
suma total
depositado
depositó
consignación
caja fuerte
bóveda
oro
diamantes
compensación
indemnización
tarjeta atm
cheque bancario
lotería
ganador
premio
donación
donar
orfanato*
huérfanos
caridad
obras de caridad
cuenta extranjera
banco central
cuenta inactiva
abandonado
no reclamado
por valor de #
valorado en #
su pago
asilo político
fortuna
