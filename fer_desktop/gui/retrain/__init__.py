"""Settings ▸ Retrain…: data, plan, run, result. The training itself is a child process; no network is loaded here."""
