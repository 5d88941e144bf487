# lexicon-not-yours, Polish
# A purchase that the reader may not have made. It tells beside lexicon-renewal and a telephone
# number.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

nie autoryzował*
nieautoryzowan*
nie dokonał*
nie zamawiał*
nie rozpoznajesz
nie złożył*
nie zlecał*
