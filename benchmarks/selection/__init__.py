"""Parts of the benchmark of choosing stories."""
