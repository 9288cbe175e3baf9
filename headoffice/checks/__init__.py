"""What verify looks at: everything that was derived is derived again and compared."""
