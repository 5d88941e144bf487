# work-from-home, Polish
# Work from home.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A pracuj z domu i zarabiaj
A bądź swoim szefem
A bez doświadczenia
A zarabiaj # tygodniowo
A zarabiaj # dziennie
A biznes w domu
A system biznesu online
A rzuć pracę dziś
A praca w domu
A zarabiaj w domu
A # zł tygodniowo
A # euro tygodniowo
B dodatkowy dochód
B dodatkowy zarobek
