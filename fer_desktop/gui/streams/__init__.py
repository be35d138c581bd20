"""Settings ▸ Streams: what is read, handed to other programs. Off unless a person turns it on."""
