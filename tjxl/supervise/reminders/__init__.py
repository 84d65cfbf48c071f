"""催办: whom the office has to remind of what, how strongly, and the notices, texts and e-mail drafts for it.

`matters` says what stands against each unit, `rounds` what of it is to be reminded now and how strongly (both pure),
`wording` holds the texts an office may change, `letters` puts them together, `notice` and `drafts` make files of
them, `remind` is the use case.
"""
