"""What a document may say: pydantic models of frameworks, vocabularies and candidates.

A model is frozen and refuses unknown keys; what no single field can know (a name that leads nowhere,
a circle) is found by `checks`.
"""
