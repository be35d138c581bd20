"""What a person chose, kept between runs: the schema and the file."""
