# lexicon-lure-notice, Polish
# What honest and false notices say: parcels, payments, shared files, messages.
# Counted together with where links go; none of them means anything alone.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

zaległa faktura
nieopłacona faktura
należność
należności
udostępnił dokument
udostępnił ci
udostępniła dokument
udostępnił plik
udostępniono dokument
udostępniono plik
udostępniony dokument
udostępniony plik
udostępniono ci
przesłał dokument
przesłał plik
bezpieczny dokument
bezpieczna wiadomość
zaszyfrowana wiadomość
chroniony dokument
podpis elektroniczny
podpisu elektronicznego
podpisać elektronicznie
do podpisu
oczekuje na podpis
oczekuje na twój podpis
podpisania dokumentu
podpisz dokument
podpisać dokument
twój podpis
zeskanowany dokument
płatność nie powiodła
płatność nieudana
nieudana płatność
płatność została odrzucona
płatność odrzucona
odrzucona płatność
płatności nie udało
nie udało się pobrać
nie udało się przetworzyć
nie mogliśmy przetworzyć
nie mogliśmy pobrać
problem z płatnością
ostatnia płatność
ostatniej płatności
twoja subskrypcja
twojej subskrypcji
subskrypcja wygasła
subskrypcja wygasa
subskrypcja zostanie
subskrypcji
twój abonament
twoje członkostwo
odnowienie
odnowienia
przedłużenie
twoja paczka
twojej paczki
twoją paczkę
twoja przesyłka
twojej przesyłki
twoją przesyłkę
paczka
przesyłka
próba doręczenia
próba dostarczenia
próbę doręczenia
nie mogła zostać doręczona
nie została doręczona
nie została dostarczona
nie mogła zostać dostarczona
nie może zostać dostarczona
nie mogliśmy dostarczyć
nie udało się dostarczyć
nie udało się doręczyć
adres dostawy
adresu dostawy
adres jest niekompletny
niekompletny adres
niekompletnego adresu
numer domu
numeru domu
numer przesyłki
śledzenie przesyłki
śledzenia przesyłki
awizo
zamówienie zakupu
faktura
faktury
