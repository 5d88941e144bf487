# excuse-cta, Polish
# Excuses and crude calls to act.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A to nie jest spam
A nie jest niechcianą wiadomością
A kliknij tutaj teraz
A znane z telewizji
A otwórz natychmiast
A skopiuj i wklej ten link
A przekaż wszystkim
A jeden z naszych partnerów
A kliknij już tutaj
B kliknij tutaj
B kliknij poniżej
B drogi przyjacielu
B zapisz się teraz
B aby zostać usuniętym odpowiedz
