"""What an audit says (`model`), and one renderer a file."""
