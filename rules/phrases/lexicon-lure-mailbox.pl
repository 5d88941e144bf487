# lexicon-lure-mailbox, Polish
# What deceivers say of the reader's mailbox, its password and what waits in it.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

poczty służbowej
konto pocztowe do
nieprzeczytane wiadomości
zaktualizować konto
twoja skrzynka
twojej skrzynki
twoją skrzynkę
skrzynka pocztowa
skrzynki pocztowej
skrzynkę pocztową
skrzynka odbiorcza
skrzynka jest
skrzynka została
skrzynka mailowa
skrzynki mailowej
skrzynki e-mail
skrzynka e-mail
konto e-mail
konta e-mail
konto pocztowe
konta pocztowego
konto mailowe
poczty elektronicznej
pojemność skrzynki
limit skrzynki
limit pojemności
limit miejsca
przestrzeń dyskowa
przestrzeni dyskowej
miejsca na dysku
limit przechowywania
hasło wygasa
hasło wygaśnie
hasło wygasło
hasło do poczty
hasło do skrzynki
hasło do twojej
hasła do poczty
hasła do skrzynki
ważność hasła
ważności hasła
wygaśnięcie hasła
wygaśnięciu hasła
zachować hasło
zachowaj hasło
zachować obecne hasło
zachować aktualne hasło
zachować dotychczasowe hasło
obecne hasło
aktualne hasło
dotychczasowe hasło
oczekujące wiadomości
oczekujących wiadomości
przychodzące wiadomości
przychodzących wiadomości
wiadomości przychodzące
wiadomości przychodzących
wiadomości oczekujące
wstrzymane wiadomości
wstrzymanych wiadomości
wiadomości zostały wstrzymane
niedostarczone wiadomości
niedostarczonych wiadomości
zablokowane wiadomości
nowe wiadomości
nowych wiadomości
odbierać wiadomości
odbieranie wiadomości
otrzymywać wiadomości
wysyłać i odbierać
wysyłać ani odbierać
wysyłanie i odbieranie
webmail
serwer pocztowy
serwera pocztowego
nowa wiadomość głosowa
wiadomość głosowa od
poczcie głosowej
nieodebrane połączenie
nowy faks
