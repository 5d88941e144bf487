# adult-gambling, Polish
# Adult offers and gambling.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A gorące singielki
A randki dla dorosłych
A bonus kasynowy
A darmowe spiny
A kasyno online
A bonus bez depozytu
A kamerki erotyczne
A pewne typy bukmacherskie
A seks randki
A jackpot teraz
A darmowy seks
A nagie kobiety
A singielki w okolicy
A gorące kobiety
A gorące dziewczyny
A szukam seksu
A sekskontakty
A nagie dziewczyny
A ostre randki
B bonus powitalny
B kasyno
B porno
B automaty do gier
B zakłady sportowe
C ruletka
C poker
C jackpot
