"""What tills send: verified, registered, booked to accounts, and answered in one transaction."""
