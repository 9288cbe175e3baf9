"""What people read of both programs: one translation system, money and dates, and the daily report on paper."""
