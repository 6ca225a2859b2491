"""Checks: errors and warnings in documents whose parts are well formed, each a `Diagnostic`."""
