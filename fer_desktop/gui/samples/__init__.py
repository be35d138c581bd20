"""A person's own faces: taken in the live view, looked through, and taught to the model by a child process."""
