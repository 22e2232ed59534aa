"""What happens, told to people and machines: logs, and later metrics and traces."""
