# lexicon-unsubscribe, Polish
# Words by which a recipient finds the way to unsubscribe.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

wypisz się
wypisz mnie
anuluj subskrypcję
rezygnacja z subskrypcji
zrezygnuj
zrezygnować z newslettera
nie chcę otrzymywać
przestać otrzymywać
zarządzaj preferencjami
preferencje wiadomości
ustawienia powiadomień
usuń mnie z listy
zarządzaj subskrypcją
cofnij zgodę
wypisać się
