# health, Polish
# Cures, slimming, pills.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A schudnij szybko
A schudnij bez wysiłku
A cudowny lek
A spal tłuszcz
A spal tłuszcz z brzucha
A bez recepty
A tanie leki
A tabletki na potencję
A powiększanie penisa
A zatrzymaj wypadanie włosów
A wylecz cukrzycę
A usuń zmarszczki natychmiast
A szczupła w kilka dni
A apteka online bez recepty
A sekret ukrywany przez lekarzy
A Viagra
A Cialis
A Levitra
A Kamagra
B utrata wagi
B tabletki odchudzające
B spalacz tłuszczu
B naturalny środek
B szybki detoks
B zwiększ testosteron
B maść przeciwbólowa
B żelki keto
B olejek cbd
B klinicznie potwierdzone
B Tadalafil
B Sildenafil
B Tramadol
B Xanax
B Phentermine
B Ozempic
C dieta
C suplement*
C zdrowie
C apteka
C lekarz
