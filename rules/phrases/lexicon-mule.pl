# lexicon-mule, Polish
# What is asked of those who carry money or parcels for fraud: to take them in and pass them on. It
# tells beside lexicon-job or lexicon-easy-pay.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

przyjmować płatności
przyjmowanie płatności
odbierać płatności
odbieranie płatności
otrzymywać przelewy
przyjmowanie przelewów
przyjmować przelewy
odbierać paczki
odbieranie paczek
przesyłać dalej
wysyłać dalej
resztę przesłać
western union
moneygram
od każdej transakcji
będziesz otrzymywać przelewy
będziesz przyjmować
otrzymasz przelew*
otrzymywanie przelewów
zatrzymujesz #
zatrzymasz #
zachowujesz #
agent płatności
agent finansowy
naszym partnerom
