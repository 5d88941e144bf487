# free-discount, Polish
# Gifts and discounts.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A 100% za darmo
A całkowicie za darmo
A zupełnie bezpłatnie
A darmowy prezent
A bez ryzyka
A gwarancja zwrotu pieniędzy
A bez żadnych kosztów
A za darmo na zawsze
A odbierz prezent
A karta podarunkowa dla ciebie
A bez żadnych warunków
A za pół ceny
A twój prezent czeka
A darmowe pieniądze
A twoja ekskluzywna nagroda
A karta podarunkowa o wartości
B darmowy okres próbny
B darmowa próbka
B darmowy dostęp
B bezpłatna wycena
B gwarancja satysfakcji
B bez ukrytych opłat
B oszczędź nawet
B bon rabatowy
B bonus w środku
B duży rabat
B bez zobowiązań
B weź udział w ankiecie
B wypełnij ankietę
B oferta ograniczona
C darmow*
C bezpłatn*
C prezent
C rabat*
C gwarancja
C bonus
