# lexicon-formal-greeting, Spanish
# Greetings that name nobody, and are correct style between businesses.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

estimado señor o señora
estimado señor/señora
estimados señores
estimados señores y señoras
estimadas señoras y señores
muy señor mío
muy señores míos
muy señores nuestros
a quien corresponda
a quien pueda interesar
