"""The timeline under the living picture: the last minutes of each face."""
