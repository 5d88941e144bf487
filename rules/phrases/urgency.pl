# urgency, Polish
# Pressure of time.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A ostatnia szansa
A ostatnie godziny
A działaj teraz
A zanim będzie za późno
A kończy się o północy
A teraz albo nigdy
A do wyczerpania zapasów
A nie przegap
A ostatnie wezwanie
A jedyna taka okazja
A zostało kilka godzin
A ostatni dzień promocji
A pospiesz się
A ostatnia okazja
A nie zwlekaj
B oferta ograniczona
B tylko dziś
B tylko dzisiaj
B ograniczony czas
B liczba miejsc ograniczona
B ostatnie sztuki
B tylko w tym tygodniu
B prawie wyprzedane
B czas ucieka
B oferta czasowa
C pilne
C termin
C przypomnienie
C dzisiaj
C wkrótce
