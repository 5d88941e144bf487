# money, Polish
# Easy money, loans, investments.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A zarabiaj szybko
A łatwe pieniądze
A zostań bogaty
A podwój swój dochód
A wolność finansowa
A gwarantowany zysk
A gwarantowane zyski
A pozbądź się długów
A pożyczka od ręki
A pożyczka bez bik
A kredyt bez zaświadczeń
A inwestycja bez ryzyka
A zyski z kryptowalut
A dochód pasywny już dziś
A gotówka na koncie dziś
A szybkie pieniądze
A zarabianie w internecie
A podwój swoje bitcoin*
A airdrop
A natychmiastowa pożyczka
A automatyczny handel
B dodatkowy dochód
B niskie oprocentowanie
B konsolidacja długów
B okazja inwestycyjna
B wysoka stopa zwrotu
B oferta pożyczki
B handel bitcoinem
B szybka gotówka
B wstępnie zatwierdzony kredyt
B sygnały tradingowe
B dochód pasywny
C pożyczka
C kredyt
C inwestować
C dochód
C pieniądze
C ubezpieczenie
C lokata
C bitcoin
C token
