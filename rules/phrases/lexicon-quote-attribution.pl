# lexicon-quote-attribution, Polish
# The line above quoted text, without its colon.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

napisał(a)
Wiadomość oryginalna
Przekazana wiadomość
