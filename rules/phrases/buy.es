# buy, Spanish
# Pressure to buy.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A compra ahora
A compre ahora
A compra ya
A pide el tuyo
A pídelo ya
A ordene ahora
A mejor precio garantizado
A precios imbatibles
A dos por uno solo
A haz clic para comprar
A precios de derribo
A todo debe irse
A añade al carrito ahora
A llévatelo ya
A cómpralo hoy
B mejor precio
B oferta especial
B oferta exclusiva
B gran oferta
B ganga*
B liquidación total
B rebajas finales
B código de descuento
B bajada de precio
B precios bajos
C comprar
C pedido
C tienda
C compra
C oferta
C precio
C rebajas
