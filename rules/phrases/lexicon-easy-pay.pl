# lexicon-easy-pay, Polish
# Good pay for hardly any work. Honest offers of a job have some of it; it tells beside
# lexicon-mule, or lexicon-job and a mailbox that anybody can have.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

od naszych klientów
naszych klientów
prowizja #
prowizję #
za transakcję
tygodniowo
dziennie
godzin tygodniowo
godziny tygodniowo
godzin dziennie
godziny dziennie
bez doświadczenia
doświadczenie nie jest
bez inwestycji
bez wkładu
bezpłatne szkolenie
dodatkowy dochód
dodatkowy zarobek
łatwe pieniądze
elastyczne godziny
elastyczny czas
godn* zaufania
telegram
whatsapp
dobrze płatn*
proste zadania
twoje konto bankowe
na twoje konto
własne konto
otrzymywać pieniądze
otrzymasz pieniądze
