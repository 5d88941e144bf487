# lexicon-old-price, Spanish
# What stands before the price that was.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

antes
en vez de
en lugar de
precio habitual
precio anterior
precio original
precio normal
pvp
pvpr
