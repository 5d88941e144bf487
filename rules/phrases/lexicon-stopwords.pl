# lexicon-stopwords, Polish
# Very frequent words, which tell the language of a text. None of them is frequent in another
# language that has such a list, also without accents.
#
# One word a line. To change this list put a copy of it into phrases/ beside your own rules and
# edit that: a file of the same name there takes the place of this one.

w
nie
jest
jak
za
od
po
przez
ale
dla
czy
oraz
być
tak
już
tylko
tego
tym
tej
który
która
które
może
jego
bardzo
przy
państwa
lub
proszę
jako
można
będzie
także
został
przed
nam
aby
gdy
