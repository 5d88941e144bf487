# lexicon-gift-card, Polish
# Gift cards, which are paid with and can't be called back.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

kart* podarunkow*
bon podarunkowy
bony podarunkowe
bonów podarunkowych
karty itunes
kart itunes
karty google play
kart google play
karty steam
kart steam
karty amazon
paysafecard*
zdrap
zdrapać
zdrapka
kod na odwrocie
kody na odwrocie
kody z odwrotu
