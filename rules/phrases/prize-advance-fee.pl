# prize-advance-fee, Polish
# Prizes, inheritances and other fees in advance.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A wygrałeś
A wygrałaś
A jesteś zwycięzcą
A odbierz nagrodę
A odbierz swoją nagrodę
A zwycięzca loterii
A nieodebrane środki
A fundusz spadkowy
A drogi beneficjencie
A poufna propozycja biznesowa
A szczęśliwy zwycięzca
A zostałeś wybrany
A wylosowany spośród
A fundusz odszkodowawczy
A darowizna dla ciebie
A przelew środków na twoje konto
A milionów dolarów amerykańskich
A mój zmarły mąż
A mój zmarły klient
A najbliższy krewny
A nieodebrany spadek
A uśpione konto
A uwolnienie środków
A wypłata twojego funduszu
A obopólna korzyść
A transakcja bez ryzyka
A ta wiadomość może cię zaskoczyć
A twój adres e-mail wygrał
A powiadomienie o wygranej
A przekazać darowiznę
A chora na raka i
A zagraniczny beneficjent
A pożyczka na # procent
A poufna propozycja
A poufną propozycję
A twój adres został wylosowany
B gratulacje zwycięzco
B nagroda czeka
B wielkie losowanie
B nagroda pieniężna
B bon czeka
B szczęśliwy dzień
B porzucona suma
B zagraniczny partner
B miliony euro
B wydanie nagrody
B niech cię Bóg błogosławi
B duża suma pieniędzy
B cele charytatywne
B opłata manipulacyjna
B oferta pożyczki
B chwilówka
B zanim umrę
B mój zmarły
C gratulacje
C nagroda
C wygrana
C zwycięzca
C losowanie
