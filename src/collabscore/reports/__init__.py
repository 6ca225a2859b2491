"""Reports: each result as a page of blocks, a module for each result. No other storey but `cli` imports it."""
