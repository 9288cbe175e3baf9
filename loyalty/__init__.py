"""What the programme means: pure rules without input, output, clock or Qt."""
