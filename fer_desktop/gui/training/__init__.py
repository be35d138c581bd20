"""What the windows share that train models or compare them: the child processes that do the work, and their words."""
