# pysqlite3.dbapi2 offers what sqlite3.dbapi2 offers; only the exception classes are others at run time.
from sqlite3.dbapi2 import *
