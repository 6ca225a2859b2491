"""Reports: each result as a page of blocks, a module a result. Only `cli` imports them."""
