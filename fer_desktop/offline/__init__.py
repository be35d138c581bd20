"""Files in, tables and pictures out. Every file is analysed; nothing is dropped and nothing here is live."""
