# lexicon-contact, Spanish
# What names an address, a telephone or a register, beside a number.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

tel
tfno
tlf
teléfono
móvil
fax
calle
c/
avenida
avda
plaza
paseo
apartado
apdo
polígono
nif
cif
código postal
registro mercantil
