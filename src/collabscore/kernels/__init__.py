"""Numeric kernels: arrays in, arrays out.

They import numpy alone, know no names and no documents, and never change what they are given.
Axes: `n` candidates, `m` leaf criteria. Values run from 0 to 1; NaN is a missing value.
"""
