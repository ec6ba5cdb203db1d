"""The only way to a model. `ask` and `stream` in `gateway.call`; everything else here serves them."""
