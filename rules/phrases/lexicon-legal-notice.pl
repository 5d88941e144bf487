# lexicon-legal-notice, Polish
# Phrases of the legal notice below a message.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

informacje poufne
wiadomość jest poufna
wyłącznie dla adresata
nie jest adresatem
nie są Państwo adresatem
jeśli otrzymali Państwo tę wiadomość omyłkowo
jeżeli otrzymali Państwo tę wiadomość przez pomyłkę
ta wiadomość i jej załączniki
niniejsza wiadomość i jej załączniki
kapitał zakładowy
zanim wydrukujesz
