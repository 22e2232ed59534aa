"""One guest: owns the tasks, performs the core's actions, knows neither socket nor message names."""
