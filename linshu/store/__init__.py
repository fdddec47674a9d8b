"""What is remembered? Everything SQLAlchemy: tables, reads with names, the bulk writer."""
