"""Training of the models that the project ships. Nothing in `assistant` or `index` imports it."""
