# cold-offer, Spanish
# Unsolicited offers: search engines, leads, web design.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A primera página de Google
A posicionamiento de su sitio
A posicionar su web
A más tráfico a su sitio
A servicios SEO
A enlaces de calidad
A errores en su sitio web
A rediseño de su sitio
B posicionamiento en buscadores
B generación de leads
B backlinks
