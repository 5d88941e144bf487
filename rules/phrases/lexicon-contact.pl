# lexicon-contact, Polish
# What names an address, a telephone or a register, beside a number.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

tel
telefon
kom
faks
fax
ul
ulica
al
aleja
plac
skr. poczt
skrytka pocztowa
nip
regon
krs
infolinia
