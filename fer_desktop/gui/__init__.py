"""The window. Thin: it pulls frames and readings, shows them, and passes on what a person wants."""
