"""Taking over an old programme from CSV files: everything is checked first, then booked, and doing it twice is safe."""
