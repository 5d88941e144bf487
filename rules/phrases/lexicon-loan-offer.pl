# lexicon-loan-offer, Polish
# Offers of loans. Banks and brokers write so too; it tells beside lexicon-loan-terms and a mailbox
# that anybody can have.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters, `#` stands for a number. To change this list put a copy of it into phrases/ beside your
# own rules and edit that: a file of the same name there takes the place of this one.

potrzebujesz pożyczki
potrzebujesz kredytu
potrzebuje pożyczki
oferta pożyczki
ofertę pożyczki
oferujemy pożyczki
udzielamy pożyczek
udzielam pożyczek
pożyczka prywatna
pożyczki prywatne
prywatna pożyczka
pożyczkodawc*
