# pysqlite3 is the standard library's sqlite3 module built against a newer SQLite; it has no type information of its own.
