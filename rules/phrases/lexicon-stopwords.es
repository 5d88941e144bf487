# lexicon-stopwords, Spanish
# Very frequent words, which tell the language of a text. None of them is frequent in another
# language that has such a list, also without accents.
#
# One word a line. To change this list put a copy of it into phrases/ beside your own rules and
# edit that: a file of the same name there takes the place of this one.

el
los
las
y
pero
sus
cuando
muy
sin
también
hasta
hay
donde
quien
usted
ustedes
nuestro
nuestra
nuestros
estos
puede
pueden
eso
esto
fue
han
ahora
gracias
tiene
otro
mismo
unos
mejor
hacer
según
mucho
ello
sido
