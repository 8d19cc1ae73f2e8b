"""What several tests share; never a test itself."""
