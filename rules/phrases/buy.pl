# buy, Polish
# Pressure to buy.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A kup teraz
A zamów teraz
A kup już dziś
A zamów już dziś
A najniższa cena gwarantowana
A gwarancja najniższej ceny
A ceny nie do pobicia
A dwa w cenie jednego
A kliknij i kup
A wszystko musi zniknąć
A dodaj do koszyka teraz
A skorzystaj już teraz
A ceny spadają
A totalna wyprzedaż
A odbierz swój teraz
B najlepsza cena
B oferta specjalna
B ekskluzywna oferta
B super okazja
B wyprzedaż
B likwidacja magazynu
B kod rabatowy
B obniżka cen
B niskie ceny
B tanie zakupy
C kup
C zamówienie
C sklep
C zakup
C oferta
C cena
C promocja
