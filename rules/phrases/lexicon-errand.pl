# lexicon-errand, Polish
# How somebody who writes in the name of a chief sends for money: is the reader there, quickly,
# quietly, and don't call. People say each of it to one another; it tells beside what is asked for.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

czy jesteś dostępny
czy jesteś dostępna
czy jest pan dostępny
czy jest pani dostępna
czy jesteś w biurze
czy jest pan w biurze
czy jest pani w biurze
czy jesteś zajęty
czy masz chwilę
masz chwilę
czy ma pan chwilę
czy ma pani chwilę
potrzebuję, żebyś
potrzebuję twojej pomocy
potrzebuję pana pomocy
potrzebuję pani pomocy
potrzebuję przysługi
prośbę do
pilne zadanie
zlecenie
na spotkaniu
na zebraniu
na konferencji
nie mogę rozmawiać
nie mogę odebrać
nie dzwoń
proszę nie dzwonić
tylko mailem
tylko mailowo
tylko przez e-mail
twój numer telefonu
numer komórki
twój whatsapp
dyskretn*
dyskrecj*
poufn*
między nami
nikomu nie
niespodziank*
zwrócę
jak najszybciej
natychmiast
od razu
jeszcze dziś
jeszcze dzisiaj
wyślij mi kody
prześlij mi kody
liczę na
