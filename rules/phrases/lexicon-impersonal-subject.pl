# lexicon-impersonal-subject, Polish
# Subjects that say nothing, where they are the whole subject.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

witam
cześć
dzień dobry
hej
pozdrowienia
ważne
ważna wiadomość
ważna informacja
pilne
informacja
informacje
info
wiadomość
nowa wiadomość
nowości
newsletter
brak tematu
bez tematu
test
drogi przyjacielu
uwaga
powiadomienie
proszę przeczytać
pytanie
drogi kliencie
