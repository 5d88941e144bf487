# account-pressure, Polish
# Threats about an account, parcel or payment (phishing).
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A zweryfikuj swoje konto
A potwierdź swoje hasło
A twoje konto zostanie zawieszone
A twoja skrzynka jest pełna
A zaktualizuj dane płatności
A zweryfikuj skrzynkę
A nieopłacone cło
A nieopłacony mandat
A reaktywuj swoje konto
A potwierdź tożsamość w ciągu
A twoje hasło wygasa dziś
A uniknij zamknięcia konta
A nietypowe logowanie
A twoja paczka czeka
A płatność odrzucona
A twoje konto zostało zawieszone
A twoje konto zostało zablokowane
A twoje konto zostało ograniczone
A twoje konto zostanie zablokowane
A twoja pamięć jest pełna
A twoje pliki zostaną usunięte
A twoja płatność została odrzucona
A zaktualizuj metodę płatności
A potwierdź swoje konto
A potwierdź swoją tożsamość
A zweryfikuj swoją tożsamość
A fraza odzyskiwania
A nietypowa aktywność
A podejrzana aktywność
A nie udało się dostarczyć paczki
A opłata za przesyłkę
A dopłata do przesyłki
A potwierdź adres dostawy
A zwrot nadpłaty
A w przeciwnym razie konto
A zachowaj hasło
A konto zostanie zawieszone
A twoja paczka została zatrzymana
A niedopłata za przesyłkę
A niezapłacony mandat
B alert bezpieczeństwa
B konto zablokowane
B wymagana aktualizacja
B nieudana dostawa
B zwrot podatku czeka
B konto ograniczone
B karta zablokowana
B przekroczono limit skrzynki
B udostępniony dokument czeka
B ostatnie ostrzeżenie bezpieczeństwa
B zaktualizuj swoje dane
B twoje hasło wygasa
B ograniczony dostęp
B przywróć dostęp
B wymagane działanie
B natychmiastowe działanie
B zaległa płatność
B wymagana weryfikacja
B trwale usunięte
B potwierdź swoje dane
B zwrot podatku
B weryfikacja konta
B potwierdź tożsamość
C hasło
C konto
C faktura
C zweryfikować
C bezpieczeństwo
