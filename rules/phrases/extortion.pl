# extortion, Polish
# Extortion: claims of a hacked device, demands in bitcoin.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A nagrałem cię
A nagrałem film
A dostęp do twojego systemu operacyjnego
A pełny dostęp do twojego urządzenia
A twoje urządzenie zostało zainfekowane
A mój trojan
A strony dla dorosłych
A wyślę nagranie do wszystkich
A portfel bitcoin
A zapłać w bitcoin
A masz # godzin na zapłatę
A jestem hakerem
A twoje konto zostało zhakowane
A znam twoje hasło
A obserwowałem cię
A obserwuję cię
A zhakowałem
A włamałem się
A kompromitując*
A intymne nagranie
A masturbujesz
A masturbacj*
A strony pornograficzne
A strony porno
A stron pornograficznych
A wyślę nagranie
A wyślę film
A wyślę wideo
A wyślę to nagranie
A twoich znajomych i rodziny
A adres bitcoin
A mój portfel bitcoin
A usunę nagranie
A usunę film
B przez twoją kamerę
B do wszystkich twoich kontaktów
B uzyskałem dostęp
B mam dostęp do wszystkich
B mam dostęp do twoich
B na wszystkich twoich urządzeniach
B nagranie z tobą
B film z tobą
B wideo z tobą
B adres portfela
B w bitcoinach
B w bitcoin
B usunę wszystko
B na policję
B twoja kamera
B twoją kamerę
B kamerkę internetową
B twoje kontakty
B twoich kontaktów
B zdalny dostęp
C złośliwe oprogramowanie
C trojan
C bitcoin
C haker
C zhakowane
C okup
