"""Text to models and back: reading YAML and JSON, and saying exactly where a document is wrong.

Imports `errors`, `kernels` and `models`.
"""
