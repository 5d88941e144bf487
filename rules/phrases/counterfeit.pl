# counterfeit, Polish
# Copies of branded goods, and degrees without study.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A repliki zegarków
A replika zegarka
A repliki rolex
A replika rolex
A repliki torebek
A podróbki zegarków
A kupić dyplom
A dyplom bez studiów
A prawo jazdy bez egzaminu
A dokumenty kolekcjonerskie
B fałszywe pieniądze
B fałszywy paszport
B podróbki
