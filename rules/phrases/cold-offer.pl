# cold-offer, Polish
# Unsolicited offers: search engines, leads, web design.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A pierwsza strona Google
A pozycjonowanie twojej strony
A pozycjonowanie Państwa strony
A więcej ruchu na stronie
A usługi SEO
A wysokiej jakości linki
A błędy na stronie internetowej
B pozycjonowanie stron
B pozyskiwanie klientów
B linki zwrotne
