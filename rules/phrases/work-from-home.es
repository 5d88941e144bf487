# work-from-home, Spanish
# Work from home.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A trabaja desde casa y gana
A sé tu propio jefe
A sin experiencia necesaria
A gana # a la semana
A gana # al día
A negocio desde casa
A sistema de negocio online
A deja tu trabajo hoy
A trabaja desde casa
A gana dinero desde casa
A # euros por semana
A # euros al día
B trabajo desde casa
B ingresos extra
B horario flexible desde
