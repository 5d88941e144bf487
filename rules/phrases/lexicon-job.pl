# lexicon-job, Polish
# Offers of a job, honest ones too. It tells beside lexicon-mule.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

oferta pracy
ofertę pracy
propozycja pracy
propozycję pracy
praca w domu
pracę w domu
praca z domu
praca zdalna
pracę zdalną
pół etatu
niepełny etat
praca dorywcza
dodatkowa praca
zatrudnimy
zatrudniamy
poszukujemy
agent finansowy
agenta finansowego
przedstawiciel
przedstawiciela
asystent osobisty
tajemniczy klient
rekruter
rekrutacj*
twoje cv
stanowisko
