"""The articles that are shipped: well formed, sourced, readable, each of its own."""
