"""Routes: one module here is one group of addresses, mounted by itself."""
