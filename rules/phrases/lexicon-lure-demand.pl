# lexicon-lure-demand, Polish
# What readers of a notice are asked to do.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

zapłać
prosimy o
tutaj
ten link
opłata tutaj
dopłata tutaj
naciśnij
wejdź
skorzystaj
złóż
ureguluj
kliknij
klikając
kliknąć
kliknięcie
poniższy link
poniższego linku
poniższym linkiem
link poniżej
poniższy przycisk
przycisk poniżej
pod linkiem
pod adresem
poprzez link
zaloguj
zalogować
zalogowania
zalogowanie
logowanie
zweryfikuj
zweryfikować
weryfikacji
potwierdź
potwierdzić
potwierdzenia
zaktualizuj
zaktualizować
zaktualizowanie
aktualizacji
sprawdź
sprawdzić
opłać
opłacić
uiść
uiścić
uiszczenia
dopłać
dopłacić
zapłacić
uregulować
dokonaj
dokonać
dokonania
uzupełnij
uzupełnić
uzupełnienia
wypełnij
wypełnić
wypełnienia
aktywuj
aktywować
reaktywuj
odnów
odnowić
przedłuż
przedłużyć
odbierz
odebrać
odebrania
otrzymać zwrot
złóż wniosek
złożyć wniosek
wniosek
zobacz dokument
wyświetl
wyświetlić
otwórz
otworzyć
przejdź
pobierz
pobrać
odsłuchaj
odsłuchać
zachowaj
zachować
zwolnij
zwolnić
odblokuj
odblokować
przywróć
przywrócić
przywrócenia
zwiększ
zwiększyć
powiększ
powiększyć
rozszerz
zaplanuj
zaplanować
umów
podpisz
podpisać
podaj
podać
odwiedź
