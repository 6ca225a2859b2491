"""What a document may say: pydantic models of frameworks, vocabularies and candidates.

A model is frozen and refuses unknown keys; `checks` finds what no single field can know (a name
without a definition, a circle).
"""
