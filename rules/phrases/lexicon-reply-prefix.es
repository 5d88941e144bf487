# lexicon-reply-prefix, Spanish
# What mail programs put before the subject of a reply or forward.
#
# One entry a line. Case, accents and hyphens do not matter; `*` ends a word with any further
# letters. To change this list put a copy of it into phrases/ beside your own rules and edit
# that: a file of the same name there takes the place of this one.

Re
RV
Reenv
Fwd
