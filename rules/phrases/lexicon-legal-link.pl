# lexicon-legal-link, Polish
# Texts of links to terms, privacy notice and imprint, which count as no load of links.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

polityka prywatności
prywatność
regulamin
warunki korzystania
ochrona danych
nota prawna
polityka cookies
