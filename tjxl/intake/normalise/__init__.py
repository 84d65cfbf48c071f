"""From what stands in a cell to a typed value, in named steps, for each kind of field a module.

Every step is a pure function: width and spaces (`values.fold`), words for about (`numerals.without_about`), numerals
(`numerals.leading_number`), scale and unit (`quantities`), the sign or the words for a percentage (`percents`), the
forms of a date (`dates`), synonyms (`choices`). What a step changes is a note with the original and the result; a
value that was said vaguely is a warning; what can be read in two ways is a question that names both and gives no
value; what nobody can read is an error. Nothing is guessed.
"""
