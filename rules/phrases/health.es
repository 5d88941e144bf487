# health, Spanish
# Cures, slimming, pills.
#
# One phrase a line, behind its tier: A scores alone, B half as much, C only beside an A or B
# phrase; `- phrase` excludes: what stands inside it does not count. Case, accents and hyphens do
# not matter; `*` ends a word with any further letters, `#` stands for a number. To change this
# list put a copy of it into phrases/ beside your own rules and edit that: a file of the same
# name there takes the place of this one.

A pierde peso rápido
A adelgaza sin esfuerzo
A cura milagrosa
A derrite la grasa
A quema grasa abdominal
A sin receta médica
A medicamentos baratos
A pastillas para la erección
A alargamiento de pene
A frena la caída del cabello
A curar la diabetes
A elimina las arrugas ya
A adelgaza en días
A farmacia online sin receta
A secreto que ocultan los médicos
A Viagra
A Cialis
A Levitra
A Kamagra
B pérdida de peso
B pastillas para adelgazar
B quemagrasas
B remedio natural
B desintoxicación exprés
B aumenta la testosterona
B crema para el dolor
B gominolas keto
B aceite de cbd
B clínicamente probado
B Tadalafil
B Sildenafil
B Tramadol
B Xanax
B Phentermine
B Ozempic
C dieta
C suplemento*
C salud
C farmacia
C médico
