"""What is to do, and the jobs that keep it."""
