# lexicon-flirt, Polish
# One-liners that lead to pages of sex and dating. People say some of it to one another; it tells in
# a few words beside a link to others.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

szukam mężczyzny
szukam faceta
szukam seksu
szukam zabawy
chcę cię poznać
sama w domu
napalona
sexy
seks
naga
nagie
kamerce
kobiety w pobliżu
dziewczyny w pobliżu
w twojej okolicy
singielki
