# lexicon-lure-account, Polish
# What deceivers say of accounts, cards, fees and refunds.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

względów bezpieczeństwa
opłata celna
konto zawieszone
aktualizację aplikacji
zweryfikuj swoje konto
zweryfikować konto
zweryfikować swoje konto
weryfikacja konta
weryfikacji konta
weryfikację konta
zweryfikuj tożsamość
zweryfikować tożsamość
zweryfikuj swoją tożsamość
potwierdź tożsamość
potwierdź swoją tożsamość
potwierdzić tożsamość
potwierdzenie tożsamości
potwierdź dane
potwierdź swoje dane
potwierdzić dane
potwierdzenie danych
potwierdzenia danych
zaktualizuj dane
zaktualizuj swoje dane
zaktualizować dane
zaktualizowania danych
aktualizacja danych
aktualizacji danych
aktualizację danych
weryfikacja danych
weryfikacji danych
weryfikację danych
dane osobowe
danych osobowych
dane karty
danych karty
dane płatności
danych płatności
dane płatnicze
danych płatniczych
metodę płatności
metody płatności
metoda płatności
sposób płatności
konto bankowe
konta bankowego
rachunek bankowy
rachunku bankowego
bankowość internetowa
bankowości internetowej
bankowość elektroniczna
bankowości elektronicznej
bankowość mobilna
bankowości mobilnej
system transakcyjny
dostęp do konta
dostępu do konta
dostęp do rachunku
dostęp do bankowości
twoje konto zostało
twoje konto jest
twoje konto zostanie
twojego konta
państwa konto
państwa konta
twoja karta została
twoja karta jest
twoja karta zostanie
nietypowa aktywność
podejrzana aktywność
podejrzane logowanie
nietypowe logowanie
podejrzana transakcja
podejrzaną transakcję
nieautoryzowany dostęp
nieautoryzowana transakcja
nieautoryzowaną
nowe urządzenie
nowego urządzenia
konto zablokowane
blokada konta
blokady konta
opłaty celnej
opłatę celną
cło
cła
należności celne
należności celnych
odprawa celna
odprawy celnej
dopłata
dopłaty
dopłatę
dopłacić
dopłać
opłata za przesyłkę
opłata za dostawę
opłaty za dostawę
opłaty za przesyłkę
opłata manipulacyjna
koszt przesyłki
koszty przesyłki
koszty dostawy
nieopłacona
niedopłata
niedopłaty
niedopłatę
opłatę w wysokości
opłaty w wysokości
opłata w wysokości
kwota #
kwotę #
kwoty #
kwocie #
wysokości #
zwrot podatku
zwrotu podatku
nadpłata podatku
nadpłatę podatku
nadpłata
nadpłaty
nadpłatę
zwrot w wysokości
zwrot środków
zwrotu środków
zwrot kwoty
zwrot nadpłaty
rozliczenie podatkowe
rozliczenia podatkowego
zeznanie podatkowe
zaległość
zaległości
niezapłacony mandat
mandat
profil zaufany
profilu zaufanego
fraza odzyskiwania
energię elektryczną
odłączenie
