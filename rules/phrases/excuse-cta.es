# excuse-cta, Spanish
# Excuses and crude calls to act.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A esto no es spam
A no es correo no deseado
A haga clic aquí ahora
A anunciado en tv
A abra inmediatamente
A copia y pega este enlace
A reenvía a todos
A uno de nuestros socios
A haz clic aquí ya
B haga clic aquí
B haz clic aquí
B haga clic abajo
B querido amigo
B regístrate ahora
