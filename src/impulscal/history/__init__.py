"""What was ever published: revisions (pure) and the database that keeps them."""
